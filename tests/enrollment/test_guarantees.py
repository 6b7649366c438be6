"""Nobody leaves while a guarantee is unmet: what a visit found, and what a department says since."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.enrollment.domain.case.leaving import open_guarantees
from services.enrollment.domain.events import StepReturned
from services.enrollment.domain.fact import Fact
from tests.enrollment.zhang import (
    ENOUGH,
    FATHER,
    HELPED,
    LEAVING,
    MOTHER,
    PILOT,
    TODAY,
    VILLAGE,
    WITH_CLUE,
    county,
    fact,
    given,
    income,
    record,
    refused,
    visit,
)

TOMORROW = TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("told_by", "open_still"),
    [
        (fact("safe before", TODAY - timedelta(days=1), series="house", signal="house"), ("housing",)),
        (fact("safe at noon", TODAY, series="house", signal="house"), ("housing",)),
        (fact("safe since", TOMORROW, series="house", signal="house"), ()),
        (fact("unsafe since", TOMORROW, series="house", signal="house", present=True), ("housing",)),
        (fact("dry since", TOMORROW, series="water", signal="water"), ("housing",)),
    ],
)
def test_a_guarantee_is_open_until_its_department_says_later_that_it_is_mended(told_by: Fact, open_still: tuple[str, ...]) -> None:
    unsafe = given(*WITH_CLUE).when(visit(unmet=("housing",)), record(told_by, TOMORROW)).state
    assert open_still == open_guarantees(unsafe, PILOT)


@pytest.mark.parametrize(("series", "whole_village", "open_still"), [("water:own", False, ()), ("water", True, ("water",))])
def test_water_that_is_safe_in_the_village_is_not_that_of_the_house(series: str, whole_village: bool, open_still: tuple[str, ...]) -> None:  # noqa: FBT001
    safe = fact("safe", TOMORROW, series=series, signal="water", village_code=VILLAGE, whole_village=whole_village)
    dry = given(*WITH_CLUE).when(visit(unmet=("water",)), record(safe, TOMORROW)).state
    assert open_still == open_guarantees(dry, PILOT)


def test_a_child_who_is_back_at_school_mends_nothing_while_another_one_is_not() -> None:
    son, daughter = (
        fact(f"{child} out", TODAY - timedelta(days=1), series="dropout", signal="dropout", kind="junior", present=True, person=child)
        for child in (FATHER, MOTHER)
    )
    seen = given(*WITH_CLUE).when(record(son), record(daughter), visit(unmet=("education",)))
    one, both = (fact(f"{child} back", TOMORROW, series="dropout", signal="dropout", person=child) for child in (FATHER, MOTHER))
    assert ("education",) == open_guarantees(seen.when(record(one, TOMORROW)).state, PILOT)
    assert () == open_guarantees(seen.when(record(one, TOMORROW), record(both, TOMORROW)).state, PILOT)


def test_what_a_department_says_of_something_else_mends_nothing() -> None:
    """The senior stage is no compulsory school, under this pack."""
    senior = fact("no senior school", TOMORROW, series="dropout", signal="dropout", kind="senior", present=True)
    assert ("education",) == open_guarantees(given(*WITH_CLUE).when(visit(unmet=("education",)), record(senior, TOMORROW)).state, PILOT)


def test_where_nobody_looked_no_guarantee_is_known_to_be_open() -> None:
    assert () == open_guarantees(given(*WITH_CLUE).state, PILOT)


@pytest.mark.parametrize(
    ("told_by", "opened"),
    [
        (fact("unsafe", TOMORROW, series="house", signal="house", kind="D", present=True), "housing"),
        (fact("no water", TOMORROW, series="water", signal="water", present=True), "water"),
        (fact("no school", TOMORROW, series="dropout", signal="dropout", kind="junior", present=True), "education"),
    ],
)
def test_nobody_leaves_while_a_department_says_that_a_guarantee_is_unmet(told_by: Fact, opened: str) -> None:
    """Until it says that it is mended, or somebody looks and finds it met."""
    story = given(*HELPED).when(record(told_by, TOMORROW), record(ENOUGH, TOMORROW))
    assert (opened,) == open_guarantees(story.state, PILOT)
    assert "enrollment.exit-proposed" not in [event.TOPIC for event in story.happened]
    mended = replace(told_by, id=UUID(int=9), time=told_by.time + timedelta(hours=1), present=False, kind=None)
    assert "enrollment.exit-proposed" in [event.TOPIC for event in story.when(record(mended, TOMORROW)).happened]
    looked = visit(on=TOMORROW + timedelta(days=1), by="inspector", income=income(1_200_000))
    assert "enrollment.exit-proposed" in [event.TOPIC for event in story.when(looked).happened]


def test_what_a_department_said_before_the_last_visit_the_visit_answers() -> None:
    before = fact("unsafe", TODAY - timedelta(days=1), series="house", signal="house", kind="D", present=True)
    assert () == open_guarantees(given(*HELPED).when(record(before, TOMORROW)).state, PILOT)


def test_an_exit_is_taken_back_when_a_department_says_that_a_guarantee_is_unmet_and_proposed_again_when_it_is_mended() -> None:
    unsafe = fact("unsafe", TOMORROW, series="house", signal="house", kind="D", present=True)
    told = given(*LEAVING).when(record(unsafe, TOMORROW))
    back = told.happened[-1]
    assert isinstance(back, StepReturned)
    assert ("exit", "exit.guarantee-open") == (back.step, back.reason_code)
    told.when(county(on=TOMORROW)).then(refused("state.does-not-fit", "decision", "propose-exit"))
    mended = replace(unsafe, id=UUID(int=9), time=unsafe.time + timedelta(hours=1), present=False, kind=None)
    assert "enrollment.exit-proposed" in [event.TOPIC for event in told.when(record(mended, TOMORROW)).happened]
