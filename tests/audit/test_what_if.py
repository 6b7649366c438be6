"""Another line or another pack on a past day, over what was known: who would have entered, who would have left, and by which criterion."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec.structs import replace

from audit.what_if.compare import Changed, InForce, WhatIf, compare, state_on
from pipeline.decider import Event
from pipeline.store import Recorded
from services.enrollment import packs
from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Income
from services.enrollment.domain.household.state import State
from services.enrollment.domain.pack.lines import Line, Published
from tests.audit.test_as_of import CASE, HOUSEHOLD, JUDGED, REGISTERED, illness, log, noon

PILOT, NATIONAL = "example-pilot", "example-national-2021"
RULES: Final = InForce(packs.load_all(PILOT))
THE_DAY: Final = date(2021, 3, 1)
BILL: Final = did.FactRecorded(fact=replace(illness("01-08", "01-10"), signal="inpatient"))
OPENED: Final = did.CaseOpened(case=CASE, episode=1, pack=PILOT)


def visited(yuan: int) -> Event:
    """Two visitors found what both members had in 2020, and every guarantee met."""
    income = Income(date(2020, 1, 1), date(2020, 12, 31), yuan * 100, 0, 0, 0, 0, 0, 0)
    return did.StepCompleted(
        case=CASE, step="verification", by="visitor:li", at=noon("02-10"), income=income, unmet=(), findings_sha256="", evaluation=JUDGED
    )


def household(*more: tuple[str, str, Event]) -> list[Recorded]:
    return log(("01-05", "01-05", REGISTERED), ("01-08", "01-10", BILL), ("02-01", "02-01", OPENED), *more)


def on_the_day(recorded: list[Recorded], known: str = "06-30") -> State:
    return state_on(recorded, THE_DAY, noon(known))


ABOVE: Final = on_the_day(household(("02-10", "02-10", visited(24_000))))
BELOW: Final = on_the_day(household(("02-10", "02-10", visited(11_000))))


def test_a_higher_line_takes_in_who_was_above_it() -> None:
    """Two persons with 24,000 yuan: not below two lines of 6,000, but below two of 13,000."""
    found = compare(ABOVE, THE_DAY, RULES, None, WhatIf(line_fen=1_300_000))
    assert found is not None
    assert (HOUSEHOLD, "370323001001", "entered") == (found.household, found.village_code, found.way)
    assert (Changed("income.reference-below-line", "false", "true", 2_400_000, 1_200_000, 2_600_000, 2_400_000),) == found.changed


def test_a_lower_line_lets_out_who_was_below_it() -> None:
    found = compare(BELOW, THE_DAY, RULES, None, WhatIf(line_fen=100_000))
    assert found is not None
    assert ("left", "true", "false") == (found.way, found.changed[0].before, found.changed[0].after)


def test_the_line_that_was_in_force_changes_nothing() -> None:
    assert None is compare(BELOW, THE_DAY, RULES, None, WhatIf(line_fen=600_000))


def test_what_nobody_knew_is_never_taken_for_a_no() -> None:
    unvisited, visited_late = on_the_day(household()), household(("02-10", "05-01", visited(24_000)))
    assert None is compare(unvisited, THE_DAY, RULES, None, WhatIf(line_fen=1_300_000))
    assert None is compare(on_the_day(visited_late, "04-30"), THE_DAY, RULES, None, WhatIf(line_fen=1_300_000))
    assert None is not compare(on_the_day(visited_late, "05-01"), THE_DAY, RULES, None, WhatIf(line_fen=1_300_000))


def test_a_line_that_was_published_is_what_the_other_one_is_held_against() -> None:
    published = RULES._replace(published=Published((Line("370323", date(2021, 2, 1), 1_300_000),)))
    found = compare(ABOVE, THE_DAY, published, None, WhatIf(line_fen=600_000))
    assert found is not None
    assert "left" == found.way


def test_one_pack_is_held_against_another() -> None:
    """The national pack has the sudden severe difficulty, which may be above the line: a bill above 70 % of the income."""
    found = compare(ABOVE, THE_DAY, RULES, PILOT, WhatIf(pack=NATIONAL))
    back = compare(ABOVE, THE_DAY, RULES, NATIONAL, WhatIf(pack=PILOT))
    assert found is not None
    assert back is not None
    assert ("entered", "left") == (found.way, back.way)
    (rigid,) = (one for one in found.changed if one.id == "expense.rigid")
    assert (None, "true", 2_500_000) == (rigid.before, rigid.after, rigid.value)


def test_who_is_not_in_the_register_is_not_judged() -> None:
    assert None is compare(on_the_day(household()[1:]), THE_DAY, RULES, None, WhatIf(line_fen=1_300_000))
