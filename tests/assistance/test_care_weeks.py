"""Visits against the quota of their week: once each, in any order, told late; each side of every limit."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from services.assistance.domain.care.care_commands import RecordCareVisit
from tests.assistance.cared import (
    AFTER_NEXT,
    ANNA,
    BEN,
    FILE,
    FULLY,
    MONDAY,
    NEXT,
    OPENED,
    OVER,
    PARTLY,
    corrected,
    day,
    met,
    missed,
    planned,
    refused,
    seen,
    set_plan,
    visit,
    week,
)
from tests.assistance.helped import given


def days(*numbers: int) -> list[RecordCareVisit]:
    """A visit on each of these days of January 2021."""
    return [visit(number, date(2021, 1, number)) for number in numbers]


def test_a_visit_counts_for_the_week_of_its_day() -> None:
    given(*PARTLY).when(visit(1, date(2021, 1, 10))).then(seen(1, date(2021, 1, 10), week(MONDAY, 1)))
    given(*PARTLY).when(visit(1, NEXT)).then(seen(1, NEXT, week(NEXT, 1)))


def test_the_same_visit_counts_once() -> None:
    given(*PARTLY).when(visit(1, MONDAY), visit(1, MONDAY, on=NEXT)).then()


@pytest.mark.parametrize(
    "other", [visit(1, date(2021, 1, 5)), visit(1, MONDAY, "laundry"), visit(1, MONDAY, caregiver=BEN)], ids=["day", "tasks", "caregiver"]
)
def test_another_visit_of_the_same_id_is_refused(other: RecordCareVisit) -> None:
    given(*PARTLY).when(visit(1, MONDAY), other).then(refused("care.visit-differs"))


@pytest.mark.parametrize(("visits", "expected"), [((4, 5), missed(MONDAY, 2)), ((4, 5, 6), met(MONDAY, 3))], ids=["two", "three"])
def test_three_visits_a_week_are_the_quota_of_the_partly_dependent(visits: tuple[int, ...], expected: object) -> None:
    (happened,) = given(*PARTLY).when(*days(*visits), day(NEXT)).happened
    assert expected == happened


def test_two_visits_of_a_day_are_two_visits_of_the_week() -> None:
    twice = [visit(1, MONDAY), visit(2, MONDAY), visit(3, date(2021, 1, 5))]
    given(*PARTLY).when(*twice, day(NEXT)).then(met(MONDAY, 3))


def test_every_day_is_the_quota_of_the_fully_dependent() -> None:
    given(*FULLY).when(*days(4, 5, 6, 7, 8, 9, 10), day(NEXT)).then(met(MONDAY, 7, required=7))
    given(*FULLY).when(*days(4, 5, 6, 7, 8, 9), day(NEXT)).then(missed(MONDAY, 6, required=7, group=(ANNA,)))


def test_two_visits_of_a_day_are_one_day() -> None:
    again = visit(99, date(2021, 1, 9))
    given(*FULLY).when(*days(4, 5, 6, 7, 8, 9), again, day(NEXT)).then(missed(MONDAY, 6, required=7, group=(ANNA,)))


def test_a_week_is_judged_on_the_day_after_its_sunday_and_once() -> None:
    given(*PARTLY).when(day(date(2021, 1, 10))).then()
    given(*PARTLY).when(day(NEXT)).then(missed(MONDAY, 0))
    given(*PARTLY).when(day(NEXT), day(NEXT)).then()
    given(*PARTLY).when(day(NEXT), day(date(2021, 1, 17))).then()


def test_days_that_were_skipped_judge_each_week_once_and_in_order() -> None:
    given(*PARTLY).when(*days(11, 12, 13), day(date(2021, 1, 27))).then(missed(MONDAY, 0), met(NEXT, 3), missed(AFTER_NEXT, 0))


def test_a_week_that_the_plan_covers_in_part_is_not_judged() -> None:
    from_tuesday = (FILE, planned(ANNA, BEN, from_day=date(2021, 1, 5), counts_from=NEXT))
    given(*from_tuesday).when(visit(1, date(2021, 1, 5))).then(
        seen(1, date(2021, 1, 5), {**week(MONDAY, 1, required=0), "tasks_required": 0})
    )
    given(*from_tuesday).when(day(NEXT)).then()
    given(*from_tuesday).when(day(AFTER_NEXT)).then(missed(NEXT, 0))


def test_a_visit_that_comes_late_corrects_the_week_that_was_told_missed() -> None:
    late = date(2021, 1, 13)
    told = given(*PARTLY).when(*days(4, 5), day(NEXT))
    told.when(visit(6, date(2021, 1, 6), on=late)).then(seen(6, date(2021, 1, 6), week(MONDAY, 3)), corrected(MONDAY, 3))


def test_a_week_is_corrected_once_and_only_when_it_is_complete() -> None:
    late = date(2021, 1, 13)
    told = given(*PARTLY).when(*days(4), day(NEXT))
    told.when(visit(5, date(2021, 1, 5), on=late)).then(seen(5, date(2021, 1, 5), week(MONDAY, 2)))
    more = [visit(number, date(2021, 1, number), on=late) for number in (5, 6, 7)]
    told.when(*more).then(seen(7, date(2021, 1, 7), week(MONDAY, 4)))


def test_a_visit_that_comes_late_for_a_week_that_was_met_corrects_nothing() -> None:
    told = given(*PARTLY).when(*days(4, 5, 6), day(NEXT))
    told.when(visit(7, date(2021, 1, 7), on=NEXT)).then(seen(7, date(2021, 1, 7), week(MONDAY, 4)))


def test_a_visit_tomorrow_is_refused_and_one_today_is_not() -> None:
    given(*PARTLY).when(visit(1, date(2021, 1, 6), on=date(2021, 1, 5))).then(refused("care.visit-in-future", "2021-01-05"))
    given(*PARTLY).when(visit(1, date(2021, 1, 5), on=date(2021, 1, 5))).then(seen(1, date(2021, 1, 5), week(MONDAY, 1)))


def test_a_visit_before_the_plan_is_refused_and_one_on_its_first_day_is_not() -> None:
    given(*OPENED).when(visit(1, MONDAY)).then(refused("care.no-plan"))
    given(*PARTLY).when(visit(1, date(2021, 1, 3), on=MONDAY)).then(refused("care.before-plan", "2021-01-04"))
    given(*PARTLY).when(visit(1, MONDAY)).then(seen(1, MONDAY, week(MONDAY, 1)))


def test_a_visit_after_the_end_is_refused_and_one_on_its_day_is_not() -> None:
    """The week in which care ended is held against no quota."""
    ended, last = (*PARTLY, OVER), date(2021, 1, 13)
    given(*ended).when(visit(1, date(2021, 1, 14))).then(refused("care.ended", "2021-01-13"))
    given(*ended).when(visit(1, last)).then(seen(1, last, {**week(NEXT, 1, required=0), "tasks_required": 0}))


def test_a_visit_of_a_week_before_the_end_corrects_it_still() -> None:
    told = given(*PARTLY).when(*days(4, 5), day(NEXT)).given()
    history = (*told.history, *told.happened, OVER)
    given(*history).when(visit(6, date(2021, 1, 6), on=date(2021, 1, 20))).then(
        seen(6, date(2021, 1, 6), week(MONDAY, 3)), corrected(MONDAY, 3)
    )


def test_a_week_is_corrected_for_twelve_weeks_and_no_longer() -> None:
    """The Monday twelve weeks after 2021-01-04 is 2021-03-29."""
    first, last, after = visit(1, MONDAY, on=date(2021, 4, 4)), date(2021, 4, 4), date(2021, 4, 5)
    given(*PARTLY).when(first).then(seen(1, MONDAY, week(MONDAY, 1)))
    given(*PARTLY).when(visit(1, MONDAY, on=after)).then(refused("care.visit-too-late", "2021-01-11"))
    given(*PARTLY).when(day(last), visit(1, MONDAY, on=last)).then(seen(1, MONDAY, week(MONDAY, 1)))
    given(*PARTLY).when(day(after), visit(1, MONDAY, on=last)).then(refused("care.visit-too-late", "2021-01-11"))


def test_the_id_of_a_visit_of_long_ago_is_refused_and_counts_nothing() -> None:
    """The visit itself, told once more, is too late; another one of its id is named as what it is."""
    thirteen_weeks = MONDAY + timedelta(weeks=13)
    story = given(*PARTLY).when(visit(1, MONDAY), day(thirteen_weeks))
    story.when(visit(1, MONDAY, on=thirteen_weeks)).then(refused("care.visit-too-late", "2021-01-11"))
    story.when(visit(1, thirteen_weeks)).then(refused("care.visit-id-used"))
    story.when(visit(2, thirteen_weeks)).then(seen(2, thirteen_weeks, week(thirteen_weeks, 1)))


def test_the_id_of_a_visit_is_known_as_long_as_its_week_may_be_corrected() -> None:
    twelve_weeks = MONDAY + timedelta(weeks=12)
    story = given(*PARTLY).when(visit(1, NEXT), day(twelve_weeks))
    story.when(visit(1, twelve_weeks)).then(refused("care.visit-differs"))
    story.when(visit(1, NEXT, on=twelve_weeks)).then()


def test_what_nobody_can_correct_any_more_is_forgotten() -> None:
    """A year of two visits a week leaves twelve weeks in the state."""
    story = given(*PARTLY)
    for number in range(52):
        monday = MONDAY + timedelta(weeks=number)
        story = story.when(visit(2 * number, monday), visit(2 * number + 1, monday), day(monday + timedelta(weeks=1)))
    care = story.state.care
    assert care is not None
    assert (12, date(2021, 12, 27)) == (len(care.weeks), care.judged)
    assert {UUID(int=number) for number in range(80, 104)} == {one for kept in care.weeks.values() for one in kept.visits}


def test_the_plans_of_weeks_that_can_be_corrected_are_kept() -> None:
    """The oldest week that may be corrected is held against the plan of then, though three came after it."""
    story = given(*PARTLY)
    for number, group in enumerate([(ANNA, BEN), (BEN, ANNA), (ANNA, BEN)], 1):
        monday = MONDAY + timedelta(weeks=number)
        story = story.when(day(monday), set_plan(*group, dependency="partial", on=monday))
    care = story.when(day(MONDAY + timedelta(weeks=14))).state.care
    assert care is not None
    assert [MONDAY + timedelta(weeks=2), MONDAY + timedelta(weeks=3)] == [plan.counts_from for plan in care.plans]


@pytest.mark.parametrize(("times", "counted"), [(0, 0), (1, 1), (2, 2), (3, 2)])
def test_a_task_is_done_as_often_as_it_was_and_no_more_often_than_was_asked(times: int, counted: int) -> None:
    """Laundry is to be done twice."""
    given(*PARTLY).when(visit(1, MONDAY, *["laundry"] * times), day(NEXT)).then(missed(MONDAY, 1, tasks_done=counted))


def test_what_is_done_of_the_tasks_decides_nothing_about_the_visits() -> None:
    every = [visit(number, date(2021, 1, number), "laundry", "bathing") for number in (4, 5)]
    given(*PARTLY).when(*every, day(NEXT)).then(missed(MONDAY, 2, tasks_done=3))
    given(*PARTLY).when(*days(4, 5, 6), day(NEXT)).then(met(MONDAY, 3, tasks_done=0))


def test_a_day_of_the_week_before_or_after_makes_no_day_of_this_one() -> None:
    """Six days of the week, and the Sunday before it or the Monday after it."""
    six = days(5, 6, 7, 8, 9, 10)
    begun = (FILE, planned(ANNA, dependency="full", required=7, from_day=date(2020, 12, 28), counts_from=date(2020, 12, 28)))
    before = missed(date(2020, 12, 28), 1, required=7, group=(ANNA,))
    this = missed(MONDAY, 6, required=7, group=(ANNA,))
    given(*begun).when(visit(3, date(2021, 1, 3)), *six, day(NEXT)).then(before, this)
    given(*FULLY).when(*six, visit(11, NEXT), day(NEXT)).then(this)
    given(*FULLY).when(*six, visit(4, MONDAY, on=NEXT), day(NEXT)).then(met(MONDAY, 7, required=7))


def test_tasks_that_were_done_are_counted_up_to_what_the_plan_asks_for() -> None:
    """Laundry is to be done twice and bathing once; cooking is no task of the plan."""
    made = [visit(1, MONDAY, "laundry", "cooking"), visit(2, date(2021, 1, 5), "laundry", "laundry", "bathing")]
    given(*PARTLY).when(*made, day(NEXT)).then(missed(MONDAY, 2, tasks_done=3))
    given(*PARTLY).when(made[0], day(NEXT)).then(missed(MONDAY, 1, tasks_done=1))
