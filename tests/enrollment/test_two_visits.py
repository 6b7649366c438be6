"""Of two visits the one that was held last stands, whichever is told first: a phone without a net sends late."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Final

import pytest
from msgspec.structs import replace

from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.case.leaving import open_guarantees
from services.enrollment.domain.household.state import Household
from tests.enrollment.zhang import FATHER, HELPED, MOTHER, PILOT, TODAY, WITH_CASE, county, given, income, visit

DAY: Final = timedelta(days=1)


def found(on: int, **what: object) -> ask.RecordVerification:
    """A visit of a day in January."""
    return replace(visit(by=f"visitor {on}", on=TODAY.replace(day=on), **what), id=f"visit of the {on}th")


WELL: Final = found(8, income=income(1_200_000, TODAY), unmet=())
IN_NEED: Final = found(10, income=income(100_000, TODAY + 5 * DAY), unmet=("housing", "water"))


@pytest.mark.parametrize("visits", list(permutations((WELL, IN_NEED))))
def test_what_the_later_visit_found_keeps_a_household_in(visits: tuple[ask.RecordVerification, ...]) -> None:
    state = given(*HELPED).when(*visits, county(on=TODAY + 6 * DAY)).state
    assert isinstance(state, Household)
    assert ("housing", "water") == open_guarantees(state, PILOT)
    assert (100_000, "visitor 10") == (
        state.earned and state.earned.income and state.earned.income.wage_fen,
        state.visited and state.visited.by,
    )
    assert 1 == state.episode
    assert "Enrolled" == type(state.stage).__name__


@pytest.mark.parametrize("visits", list(permutations((WELL, IN_NEED))))
def test_so_it_takes_one_in(visits: tuple[ask.RecordVerification, ...]) -> None:
    happened = given(*WITH_CASE).when(*visits, county(on=TODAY + 6 * DAY)).happened
    assert ["true"] == [event.evaluation.outcome for event in happened if isinstance(event, did.HouseholdEnrolled)]


def able(capacity: str | None) -> tuple[ask.Labour, ...]:
    return (ask.Labour(person=FATHER, capacity=capacity),)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the older one last"])
def test_what_somebody_can_do_is_what_the_later_visit_found(order: int) -> None:
    visits = (found(8, income=None, labour=able("full")), found(10, income=None, labour=able("none")))
    state = given(*HELPED).when(*visits[::order]).state
    assert isinstance(state, Household)
    assert {FATHER: "none", MOTHER: "none"} == {stay.person: stay.labour_capacity for stay in state.stays}


def test_an_older_visit_tells_an_income_that_no_later_one_asked_for() -> None:
    state = given(*HELPED).when(found(10, income=None, unmet=("water",)), found(8, income=income(1_000_000, TODAY))).state
    assert isinstance(state, Household)
    assert ("visitor 8", "visitor 10") == (state.earned and state.earned.by, state.visited and state.visited.by)


def test_a_visit_that_is_sent_again_after_a_later_one_brings_nothing_back() -> None:
    state = given(*HELPED).when(WELL, IN_NEED, replace(WELL, id="sent again")).state
    assert isinstance(state, Household)
    assert ("housing", "water") == open_guarantees(state, PILOT)


def test_an_older_visit_is_a_step_once_however_often_it_is_told() -> None:
    given(*HELPED).when(IN_NEED, WELL).when(replace(WELL, id="sent again")).then()
