"""The day from which a household is judged is no day before the latest that is known of it, whatever it is that is known."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import pytest
from msgspec.structs import replace

from services.enrollment.domain.clocks.running import Running
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.judging.latest_day import judged_from
from services.enrollment.domain.pack.lines import Line
from tests.enrollment.national import POLICIES as NATIONAL
from tests.enrollment.national import kinds
from tests.enrollment.zhang import HELPED, MOTHER, PILOT, REGISTERED, declared, fact, given, record

NEW_YEAR: Final = date(2021, 1, 1)
FIFTH: Final = date(2021, 1, 5)


@pytest.mark.parametrize(
    ("known", "day"),
    [
        ({}, NEW_YEAR),
        ({"latest": FIFTH}, FIFTH),
        ({"line": Line("", FIFTH, 600_000)}, FIFTH),
        ({"running": Running(due={"verify": date(2021, 1, 8)})}, FIFTH),  # three days
        ({"running": Running(due={"verify": date(2021, 1, 4)})}, NEW_YEAR),
    ],
)
def test_nobody_is_judged_for_a_day_before(known: dict[str, Any], day: date) -> None:
    state = given(*REGISTERED).state
    assert isinstance(state, Household)
    assert day == judged_from(NEW_YEAR, replace(state, line=None) if not known else replace(state, **known), PILOT)


@pytest.mark.parametrize("dies", [date(2021, 1, 7), date(2021, 1, 8)])
def test_a_death_that_is_told_the_day_before_divides_the_income_as_one_of_today_does(dies: date) -> None:
    """9,000 yuan are too little for two and enough for one, the line being 6,000; but the dead may have earned them."""
    told = fact("died", date(2021, 1, 7), person=MOTHER, name="person-died", series="person-died", valid_on=dies)
    story = given(*HELPED).when(record(declared(900_000), FIFTH), record(told, date(2021, 1, 7)))
    assert ["fact-recorded", "members-left"] == kinds(*story.happened)
    assert isinstance(story.state, Household)
    judged = evaluate(story.state, judged_from(date(2021, 1, 7), story.state, PILOT), PILOT)
    assert ("unknown", 600_000) == (judged.outcome, judged.criteria[1].threshold)
    last = story.when(record(declared(900_000, "alone", told=date(2021, 1, 8)), date(2021, 1, 8)))
    assert ["fact-recorded", "exit-proposed", "deadline-started"] == kinds(*last.happened)


@pytest.mark.parametrize(("day", "judged"), [(date(2021, 1, 2), date(2021, 1, 2)), (date(2021, 1, 3), NEW_YEAR)])
@pytest.mark.parametrize("comes", [True, False])
def test_who_comes_or_goes_later_than_tomorrow_changes_nothing_today(day: date, judged: date, comes: bool) -> None:  # noqa: FBT001
    state = given(*REGISTERED).state
    assert isinstance(state, Household)
    one = replace(state.stays[0], since=day) if comes else replace(state.stays[0], until=day)
    assert judged == judged_from(NEW_YEAR, replace(state, line=None, stays=(one, *state.stays[1:])), PILOT)


@pytest.mark.parametrize("kind", ["before-exit", "income-stable"])
def test_what_has_to_last_six_months_began_when_they_are_over(kind: str) -> None:
    state = given(*REGISTERED).state
    assert isinstance(state, Household)
    waiting = replace(state, running=Running(minima={kind: date(2021, 7, 5)}))
    assert judged_from(NEW_YEAR, waiting, NATIONAL.packs[NATIONAL.default]) == FIFTH
