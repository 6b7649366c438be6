"""Another line or another pack on a past day, over what was known: who would have entered, who would have left, and by which criterion."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from audit.question import Question
from audit.what_if.compare import Changed, Difference, InForce, WhatIf
from audit.what_if.period import through
from pipeline.decider import Event
from pipeline.store import Recorded
from services.enrollment import packs
from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Income
from services.enrollment.domain.pack.lines import Line, Published
from tests.audit.test_as_of import CASE, ENROLLED, HOUSEHOLD, JUDGED, REGISTERED, illness, log, noon
from tests.commands.conftest import run
from tests.read_models import read_models

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


def asked(  # noqa: PLR0913 - everything that may be asked
    line_fen: int | None = None, pack: str | None = None, *, against: str | None = None, first: date = THE_DAY, last: date = THE_DAY,
    known: str = "06-30", position: int | None = None,
) -> WhatIf:  # fmt: skip
    return WhatIf(noon(known), first, last, position, line_fen, pack, against)


def found_of(recorded: list[Recorded], question: WhatIf, rules: InForce = RULES) -> Difference | None:
    """On the one day."""
    found = through(recorded, question, rules)[1]
    return found[0] if found else None


ABOVE: Final = household(("02-10", "02-10", visited(24_000)))
BELOW: Final = household(("02-10", "02-10", visited(11_000)))
ABOVE_AND_IN: Final = household(("02-10", "02-10", visited(24_000)), ("02-20", "02-20", ENROLLED))
BELOW_AND_IN: Final = household(("02-10", "02-10", visited(11_000)), ("02-20", "02-20", ENROLLED))


def test_a_higher_line_takes_in_who_was_above_it() -> None:
    """Two persons with 24,000 yuan: not below two lines of 6,000, but below two of 13,000."""
    found = found_of(ABOVE, asked(1_300_000))
    assert found is not None
    assert (HOUSEHOLD, "370323001001", "entered") == (found.household, found.village_code, found.way)
    assert (Changed("income.reference-below-line", "false", "true", 2_400_000, 1_200_000, 2_600_000, 2_400_000),) == found.changed


def test_a_lower_line_lets_out_who_was_below_it() -> None:
    found = found_of(BELOW_AND_IN, asked(100_000))
    assert found is not None
    assert ("left", "true", "false") == (found.way, found.changed[0].before, found.changed[0].after)


def test_who_is_in_already_does_not_enter_and_who_is_not_in_does_not_leave() -> None:
    """Of each the criteria are the same as of those who do."""
    stays, stays_out = found_of(ABOVE_AND_IN, asked(1_300_000)), found_of(BELOW, asked(100_000))
    enters, leaves = found_of(ABOVE, asked(1_300_000)), found_of(BELOW_AND_IN, asked(100_000))
    assert stays is not None
    assert stays_out is not None
    assert enters == replace(stays, way="entered")
    assert leaves == replace(stays_out, way="left")
    assert ("may-stay", "may-not-enter") == (stays.way, stays_out.way)


def test_who_is_enrolled_within_a_period_would_first_have_entered_and_then_have_stayed() -> None:
    spells = through(ABOVE_AND_IN, asked(1_300_000, first=date(2021, 2, 1), last=date(2021, 3, 1)), RULES)[1]
    assert [
        ("entered", date(2021, 2, 10), date(2021, 2, 19)),
        ("may-stay", date(2021, 2, 20), date(2021, 3, 1)),
    ] == [(one.way, one.since, one.until) for one in spells]


def test_the_line_that_was_in_force_changes_nothing() -> None:
    assert None is found_of(BELOW, asked(600_000))


def test_what_nobody_knew_is_never_taken_for_a_no() -> None:
    unvisited, said = household(), household(("02-10", "02-10", visited(24_000)))
    visited_late = [*said[:-1], replace(said[-1], recorded_at=noon("05-01"))]
    assert None is found_of(unvisited, asked(1_300_000))
    assert None is found_of(visited_late, asked(1_300_000, known="04-30"))
    assert None is not found_of(visited_late, asked(1_300_000, known="05-01"))


def test_a_line_that_was_published_is_what_the_other_one_is_held_against() -> None:
    published = RULES._replace(published=Published((Line("370323", date(2021, 2, 1), 1_300_000),)))
    found = found_of(ABOVE_AND_IN, asked(600_000), published)
    assert found is not None
    assert "left" == found.way


def test_one_pack_is_held_against_another() -> None:
    """The national pack has the sudden severe difficulty, which may be above the line: a bill above 70 % of the income."""
    found = found_of(ABOVE, asked(pack=NATIONAL, against=PILOT))
    back = found_of(ABOVE, asked(pack=PILOT, against=NATIONAL))
    assert found is not None
    assert back is not None
    assert ("entered", "may-not-enter") == (found.way, back.way)
    (rigid,) = (one for one in found.changed if one.id == "expense.rigid")
    assert (None, "true", 2_500_000) == (rigid.before, rigid.after, rigid.value)


def test_who_is_not_in_the_register_is_not_judged() -> None:
    assert (False, []) == through(household()[1:], asked(1_300_000), RULES)
    assert (True, []) == through(household(), asked(1_300_000), RULES)


def test_who_would_be_in_as_another_type_is_named_with_both() -> None:
    """By the national pack: below a line of 6,000 a marginal household; below none of 2,000, but with a bill above 70 % of the income."""
    below = asked(200_000, NATIONAL, against=NATIONAL)
    (found,) = through(BELOW, below, RULES)[1]
    assert ("other-type", "marginal", "sudden-difficulty") == (found.way, found.type_before, found.type_after)


MARCH: Final = [date(2021, 3, 1) + timedelta(days=number) for number in range(31)]


def test_in_a_period_a_spell_goes_on_from_its_first_day_to_its_last() -> None:
    """Visited on 10 February with too much for a line of 6,000; from 1 April one of 13,000 is in force, and nothing differs."""
    published = RULES._replace(published=Published((Line("370323", date(2021, 4, 1), 1_300_000),)))
    (spell,) = through(ABOVE, asked(1_300_000, first=date(2021, 2, 1), last=date(2021, 5, 1)), published)[1]
    assert ("entered", date(2021, 2, 10), date(2021, 3, 31)) == (spell.way, spell.since, spell.until)
    assert (Changed("income.reference-below-line", "false", "true", 2_400_000, 1_200_000, 2_600_000, 2_400_000),) == spell.changed


def test_who_would_have_gone_another_way_later_has_two_spells() -> None:
    published = RULES._replace(
        published=Published((Line("370323", date(2021, 3, 5), 1_300_000), Line("370323", date(2021, 3, 9), 600_000)))
    )
    spells = through(ABOVE, asked(600_000, first=MARCH[0], last=MARCH[-1]), published)[1]
    assert [("may-not-enter", MARCH[4], MARCH[7])] == [(one.way, one.since, one.until) for one in spells]
    spells = through(ABOVE, asked(1_300_000, first=MARCH[0], last=MARCH[-1]), published)[1]
    assert [(MARCH[0], MARCH[3]), (MARCH[8], MARCH[30])] == [(one.since, one.until) for one in spells]


@given(st.integers(100_000, 3_000_000), st.dates(date(2021, 1, 1), date(2021, 4, 30)), st.integers(0, 40))
def test_a_period_says_of_each_day_what_is_said_of_the_day_alone(line: int, first: date, more: int) -> None:
    last = first + timedelta(days=more)
    spells = through(ABOVE, asked(line, first=first, last=last), RULES)[1]
    for number in range(more + 1):
        day = first + timedelta(days=number)
        alone = found_of(ABOVE, asked(line, first=day, last=day))
        assert ([] if alone is None else [alone.way]) == [one.way for one in spells if one.since <= day <= one.until]


def test_what_came_behind_the_position_is_not_heard() -> None:
    assert None is found_of(ABOVE, asked(1_300_000, position=3))
    assert None is not found_of(ABOVE, asked(1_300_000, position=4))


async def test_a_kept_question_is_answered_by_the_pack_that_was_usual_then(prepared: str, tmp_path: Path) -> None:
    """By the pilot a line of 13,000 takes the household in; by the national pack its bill has done so before."""
    async with read_models(prepared, "enrollment") as models:
        for one in ABOVE:
            if one.event is not OPENED:
                await models.write(one.stream, one.event, on=one.metadata.valid_on)
    place, file = {"SUISHI_DATABASE": prepared, "SUISHI_KAFKA": "127.0.0.1:1"}, tmp_path / "answer.json"
    question = ("audit", "what-if", "--line", "13000", "--on", THE_DAY, "--out", file)
    assert "entered 1" in run(*question, SUISHI_PACK=PILOT, **place).stdout
    chinese = run("audit", "what-if", "--line", "13000", "--on", THE_DAY, "--lang", "zh", SUISHI_PACK=PILOT, **place)
    assert chinese.stdout.splitlines()[-1].endswith("评定 1 户：纳入 1，退出 0，在册可留 0，不再可纳入 0，类型改变 0，待核查 0。")
    again = run("audit", "what-if", "--again", file, SUISHI_PACK=NATIONAL, **place)
    assert (0, f"the same to the byte as in {file}.\n") == (again.returncode, again.stdout)

    file.write_bytes(file.read_bytes().replace(b'"usual": "example-pilot"', b'"usual": "of-another-county"'))
    again = run("audit", "what-if", "--again", file, SUISHI_PACK=PILOT, **place)
    assert (2, True) == (
        again.returncode,
        again.stderr.startswith(f"suishi: the policy pack by which {file} was answered cannot be used here: "),
    )


def test_what_was_kept_before_a_question_named_its_usual_pack_is_the_same() -> None:
    kept = json.encode(asked(1_300_000))
    assert b"usual" not in kept
    assert kept == json.encode(json.decode(kept, type=WhatIf))


def test_a_question_is_the_same_after_it_was_kept() -> None:
    question = asked(1_300_000, NATIONAL, against=PILOT, position=7)
    kept = json.encode(question)
    assert question == json.decode(kept, type=WhatIf)
    assert b'"from":"2021-03-01","to":"2021-03-01"' in kept
    assert Question(noon("06-30"), THE_DAY, THE_DAY, 7) == json.decode(kept, type=Question)


async def test_who_is_in_already_is_told_apart_in_both_languages_and_to_a_machine(prepared: str) -> None:
    async with read_models(prepared, "enrollment") as models:
        for one in ABOVE_AND_IN:
            await models.write(one.stream, one.event, on=one.metadata.valid_on)
    place = {"SUISHI_DATABASE": prepared, "SUISHI_KAFKA": "127.0.0.1:1", "SUISHI_PACK": PILOT}
    question = ("audit", "what-if", "--line", "13000", "--on", THE_DAY)
    english = run(*question, **place).stdout.splitlines()
    assert [f"{HOUSEHOLD}  370323001001  may stay", "370323001  may stay 1"] == [english[0], english[-2]]
    assert english[-1].endswith("of 1 households: entered 0, left 0, may stay 1, may not enter 0, other type 0, to verify 0.")
    chinese = run(*question, "--lang", "zh", **place).stdout.splitlines()
    assert [f"{HOUSEHOLD}  370323001001  在册可留", "370323001  在册可留 1"] == [chinese[0], chinese[-2]]
    assert chinese[-1].endswith("评定 1 户：纳入 0，退出 0，在册可留 1，不再可纳入 0，类型改变 0，待核查 0。")
    told = json.decode(run(*question, "--json", **place).stdout)
    assert ({"370323001": {"may-stay": 1}}, "may-stay") == (told["towns"], told["differences"][0]["way"])
