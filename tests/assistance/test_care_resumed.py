"""A death that was told and is no death: the file of the living goes on; 2021-01-04 is a Monday."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_commands import AnyCareCommand
from services.assistance.domain.care.care_file import CareFile
from tests.assistance.cared import (
    AFTER_NEXT,
    BEN,
    ELSEWHERE,
    FILE,
    MONDAY,
    NEXT,
    PARTLY,
    about,
    absence,
    corrected,
    day,
    end,
    leave,
    missed,
    open_file,
    resume,
    resumed,
    seen,
    visit,
    week,
)
from tests.assistance.helped import given
from tests.laws import law

WEDNESDAY, THIRD, FOURTH = date(2021, 1, 6), date(2021, 1, 25), date(2021, 2, 1)
DIED = did.CareEnded(**about(), on=WEDNESDAY, reason="died")


def test_the_file_of_the_living_goes_on_with_its_plan() -> None:
    story = given(*PARTLY, DIED).when(resume(date(2021, 1, 13)))
    story.then(resumed(date(2021, 1, 13), MONDAY, AFTER_NEXT))
    care = story.state.care
    assert care is not None
    assert (None, "severe_illness", PARTLY[1:]) == (care.ended, care.category, care.plans)


def test_a_file_without_a_plan_goes_on_without_one() -> None:
    given(FILE, DIED).when(resume(date(2021, 1, 13))).then(resumed(date(2021, 1, 13), MONDAY, AFTER_NEXT, planned=False))


def test_it_goes_on_once() -> None:
    given(*PARTLY, DIED).when(resume(NEXT), resume(NEXT)).then()
    given(*PARTLY).when(resume(NEXT)).then()
    given().when(resume(NEXT)).then()


@pytest.mark.parametrize("reason", ["decided", "moved-out", "withdrawn", "split"])
def test_no_other_end_is_undone(reason: did.Ending) -> None:
    given(*PARTLY, did.CareEnded(**about(), on=WEDNESDAY, reason=reason)).when(resume(NEXT)).then()


def test_what_somebody_decided_since_the_death_stands() -> None:
    decided = did.CareEnded(**about(), on=WEDNESDAY, reason="decided", reason_sha256="why")
    given(*PARTLY, DIED).when(end(NEXT)).then(decided)
    given(*PARTLY, DIED, decided).when(end(NEXT)).then()
    given(*PARTLY, DIED, decided).when(resume(NEXT)).then()


def test_a_file_that_was_opened_again_meanwhile_stays_as_it_is() -> None:
    given(*PARTLY, DIED).when(open_file(on=NEXT), resume(NEXT)).then()


@pytest.mark.parametrize(("known", "counts_from"), [(NEXT, NEXT), (date(2021, 1, 12), AFTER_NEXT)], ids=["on a Monday", "on a Tuesday"])
def test_the_weeks_of_the_error_are_held_against_no_quota(known: date, counts_from: date) -> None:
    """He died on Wednesday 2021-01-06, as was said; a week is counted again when it is open whole."""
    story = given(*PARTLY, DIED).when(resume(known), day(FOURTH))
    judged = [event.week for event in story.happened if isinstance(event, did.CareQuotaMissed)]
    assert [week for week in (NEXT, AFTER_NEXT, THIRD) if week >= counts_from] == judged


def test_weeks_before_the_error_stay_as_they_were_told() -> None:
    """The first week was missed before he was said to have died in the second one."""
    died = did.CareEnded(**about(), on=date(2021, 1, 13), reason="died")
    story = given(*PARTLY, missed(MONDAY, 0), died).when(resume(date(2021, 1, 20)))
    story.when(day(FOURTH)).then(missed(THIRD, 0))
    late = [visit(number, date(2021, 1, number), on=FOURTH) for number in (4, 5, 6)]
    story.when(*late).then(seen(6, WEDNESDAY, week(MONDAY, 3)), corrected(MONDAY, 3))


def test_a_week_that_an_error_told_late_took_back_is_missed_again() -> None:
    """Death and withdrawal were read when three weeks were judged; the second one lay in the error."""
    judged = [missed(MONDAY, 0), missed(NEXT, 0), missed(AFTER_NEXT, 0)]
    taken_back = [corrected(week, 0, required=0, tasks_required=0) for week in (NEXT, AFTER_NEXT)]
    died = did.CareEnded(**about(), on=NEXT, reason="died")
    story = given(*PARTLY, *judged).when(leave(NEXT, on=THIRD))
    story.then(*taken_back, died)
    story.when(resume(date(2021, 1, 13))).then(resumed(date(2021, 1, 13), NEXT, AFTER_NEXT), missed(AFTER_NEXT, 0))
    story.when(resume(date(2021, 1, 13)), day(FOURTH)).then(missed(THIRD, 0))


def test_a_visit_between_is_recorded_and_nothing_is_required() -> None:
    at_home = date(2021, 1, 7)
    given(*PARTLY, DIED, resumed(NEXT, MONDAY, NEXT)).when(visit(1, at_home, on=NEXT)).then(
        seen(1, at_home, {**week(MONDAY, 1, required=0), "tasks_required": 0})
    )


def test_an_absence_goes_on_as_before() -> None:
    story = given(*PARTLY).when(absence(MONDAY, date(2021, 1, 31)), leave(WEDNESDAY), resume(NEXT), day(AFTER_NEXT))
    story.then(missed(NEXT, 0, group=(BEN,)))


def test_he_lives_where_enrollment_says() -> None:
    """The marriage came after the death that was none."""
    story = given(*PARTLY, DIED).when(resume(NEXT, ELSEWHERE))
    story.then(resumed(NEXT, MONDAY, NEXT, ELSEWHERE))
    story.when(leave(date(2021, 1, 5), "married", ELSEWHERE)).then()


def test_another_death_ends_it_again() -> None:
    again = did.CareEnded(**about(), on=AFTER_NEXT, reason="died")
    given(*PARTLY, DIED, resumed(NEXT, MONDAY, NEXT)).when(leave(AFTER_NEXT)).then(missed(NEXT, 0), again)
    given(*PARTLY, DIED, resumed(NEXT, MONDAY, NEXT), again).when(resume(date(2021, 1, 26))).then(
        resumed(date(2021, 1, 26), AFTER_NEXT, FOURTH)
    )


visits = st.builds(
    lambda number, on: visit(number, MONDAY + timedelta(days=on), on=FOURTH),
    st.integers(0, 40),
    st.one_of(st.integers(0, 1), st.integers(14, 27)),
)


@law
@for_all(st.lists(visits, max_size=12, unique_by=lambda one: one.visit), st.data())
def test_in_any_order_the_same_weeks_are_missed_in_the_end(made: list[AnyCareCommand], data: st.DataObject) -> None:
    """Death and withdrawal keep their order, they come from one household; visits and days come between them as they like."""
    said: list[AnyCareCommand] = [leave(WEDNESDAY, on=NEXT), resume(date(2021, 1, 13))]
    days: list[AnyCareCommand] = [day(MONDAY + timedelta(weeks=number)) for number in range(1, 5)]
    shuffled = data.draw(st.permutations([*made, *days]))
    first = data.draw(st.integers(0, len(shuffled)))
    second = data.draw(st.integers(first, len(shuffled)))
    mixed = [*shuffled[:first], said[0], *shuffled[first:second], *said, *shuffled[second:], said[1]]
    plain, other = outcome([*said, *made, *days]), outcome([*mixed, *made, days[-1]])
    assert missed_in(plain) == missed_in(other)
    assert (None, plain.plans, plain.household) == (other.ended, other.plans, other.household)


def outcome(asked: list[AnyCareCommand]) -> CareFile:
    care = given(*PARTLY).when(*asked).state.care
    assert care is not None
    return care


def missed_in(care: CareFile) -> tuple[set[date], set[date]]:
    return {monday for monday, kept in care.weeks.items() if kept.missed}, {
        one.on for kept in care.weeks.values() for one in kept.visits.values()
    }
