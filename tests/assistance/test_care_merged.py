"""Two entries for one person, and two persons after all: who has which care file; 2021-01-04 is a Monday."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from schemas.assistance import care as words
from schemas.clock import DayStarted
from schemas.enrollment import MembersLeft, PersonsMerged
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care import merge_events as merge
from services.assistance.domain.care.care_file import care_stream
from tests.assistance.cared import (
    AFTER_NEXT,
    ANNA,
    BEN,
    CLARA,
    ELSEWHERE,
    FILE,
    FULLY,
    MONDAY,
    NEXT,
    PARTLY,
    PERSON,
    SEVENTY,
    TASKS,
    about,
    planned,
)
from tests.assistance.helped import HOUSEHOLD
from tests.assistance.two_persons import FIFTH, FOURTH, KEPT, LEFT, MERGED, THIRD, Two, kinds, told, visited


def test_the_file_goes_on_with_the_person_who_is_kept() -> None:
    two = Two().begin(PERSON, PARTLY)
    assert ["quota-missed", "ended", "person-merged", "file-taken-over"] == kinds(two.merge())
    assert {KEPT} == two.open_files()
    care = two.file(KEPT)
    assert care is not None
    his = {"person": KEPT, "household": ELSEWHERE}
    assert (ELSEWHERE, "severe_illness", MONDAY) == (care.household, care.category, care.judged)
    assert (replace(planned(ANNA, BEN), **his),) == care.plans


def test_his_weeks_go_on_with_the_visits_that_were_made() -> None:
    """Two visits before the merge and one after it are the three of the week."""
    two = Two().begin(PERSON, PARTLY)
    two.tell(visited(1, NEXT), NEXT)
    two.tell(visited(2, date(2021, 1, 12)), date(2021, 1, 12))
    two.merge()
    two.tell(visited(3, date(2021, 1, 14), KEPT), date(2021, 1, 14))
    (event,) = two.tell(DayStarted(date=AFTER_NEXT), AFTER_NEXT)
    assert did.CareQuotaMet(person=KEPT, household=ELSEWHERE, week=NEXT, done=3, required=3, tasks_done=0, tasks_required=3) == event


def test_a_week_that_was_missed_before_the_merge_is_corrected_after_it() -> None:
    two = Two().begin(PERSON, PARTLY)
    two.merge()
    events = [event for number in (4, 5, 6) for event in two.tell(visited(number, date(2021, 1, number), KEPT), date(2021, 1, 14))]
    assert ["visit-recorded", "visit-recorded", "visit-recorded", "quota-corrected"] == kinds(events)


def test_the_same_visit_told_once_more_for_the_person_who_is_kept_counts_once() -> None:
    two = Two().begin(PERSON, PARTLY)
    two.tell(visited(1, NEXT), NEXT)
    two.merge()
    assert [] == two.tell(visited(1, NEXT, KEPT), date(2021, 1, 14))


def test_of_two_files_that_of_the_duplicate_is_closed() -> None:
    two = Two().begin(PERSON, PARTLY).begin(KEPT, FULLY)
    assert ["quota-missed", "ended", "person-merged"] == kinds(two.merge())
    ended = [event for event in two.streams[care_stream(PERSON)] if isinstance(event, did.CareEnded)]
    assert [did.CareEnded(**about(), on=MERGED.on, reason="duplicate")] == ended
    assert {KEPT} == two.open_files()
    care = two.file(KEPT)
    assert care is not None
    assert ["full"] == [plan.care_dependency for plan in care.plans]


def test_a_file_without_a_plan_takes_that_of_the_duplicate_over() -> None:
    own = replace(FILE, category="other", household=ELSEWHERE)
    two = Two().begin(PERSON, PARTLY).begin(KEPT, (own,))
    two.merge()
    care = two.file(KEPT)
    assert care is not None
    assert ("other", [MONDAY]) == (care.category, [plan.counts_from for plan in care.plans])
    two.part()
    mine, his = two.file(KEPT), two.file(PERSON)
    assert mine is not None
    assert his is not None
    assert ((), None) == (mine.plans, mine.ended)
    assert ([MONDAY], None) == ([plan.counts_from for plan in his.plans], his.ended)


@pytest.mark.parametrize("history", [(), (FILE, did.CareEnded(**about(), on=NEXT, reason="decided"))], ids=["no file", "an ended one"])
def test_whoever_has_no_open_file_hands_nothing_on(history: tuple[Event, ...]) -> None:
    two = Two().begin(PERSON, history)
    assert ["person-merged"] == kinds(two.merge())
    assert set() == two.open_files()


def test_whatever_is_asked_about_the_duplicate_afterwards_names_who_he_is() -> None:
    two = Two()
    two.merge()
    (refused,) = two.tell(words.OpenCareFile(person=PERSON, category="other"), date(2021, 1, 14))
    assert ("care.person-merged", str(KEPT)) == (getattr(refused, "reason_code", ""), getattr(refused, "limit", ""))
    two.part()
    assert ["file-set"] == kinds(two.tell(words.OpenCareFile(person=PERSON, category="other"), date(2021, 1, 28)))


def test_merging_and_parting_twice_happens_once() -> None:
    two = Two().begin(PERSON, PARTLY)
    two.merge()
    assert [] == two.merge()
    two.part()
    assert [] == two.part()


def test_a_file_goes_back_as_it_has_become() -> None:
    """The new plan of the meantime, and the week that was judged there."""
    two = Two().begin(PERSON, PARTLY)
    two.merge()
    two.tell(
        words.SetCarePlan(
            person=KEPT,
            care_dependency="full",
            caregivers=(words.Caregiver(caregiver_id=CLARA, birth=date(1980, 5, 1)),),
            quantified_tasks=tuple(words.QuantifiedTask(task=task.name, times=task.times) for task in TASKS),
        ),
        AFTER_NEXT,
    )
    assert ["quota-missed", "quota-missed"] == kinds(two.tell(DayStarted(date=THIRD), THIRD))
    assert ["ended", "file-given-back", "person-unmerged", "file-taken-over"] == kinds(two.part())
    assert {PERSON} == two.open_files()
    care, kept = two.file(PERSON), two.file(KEPT)
    assert care is not None
    assert kept is not None
    assert (HOUSEHOLD, ["partial", "full"], AFTER_NEXT) == (
        care.household,
        [plan.care_dependency for plan in care.plans],
        care.judged,
    )
    assert "unmerged" == kept.ended_by
    (event,) = two.tell(DayStarted(date=FOURTH), FOURTH)
    assert (
        did.CareQuotaMissed(
            person=PERSON, household=HOUSEHOLD, week=THIRD, done=0, required=7, tasks_done=0, tasks_required=3, group=(CLARA,)
        )
        == event
    )


def test_the_file_that_was_closed_comes_back_and_its_weeks_between_count_for_nothing() -> None:
    two = Two().begin(PERSON, PARTLY).begin(KEPT, FULLY)
    two.merge()
    assert ["person-unmerged", "resumed"] == kinds(two.part())
    assert {PERSON, KEPT} == two.open_files()
    two.tell(DayStarted(date=FIFTH), FIFTH)
    assert [MONDAY, FOURTH] == told(two, PERSON)


def test_what_ended_for_the_one_did_not_end_for_the_other() -> None:
    """Who was kept died; that he was somebody else gives the other his file back."""
    two = Two().begin(PERSON, PARTLY)
    two.merge()
    two.tell(MembersLeft(household_id=ELSEWHERE, person_ids=(KEPT,), on=AFTER_NEXT, reason="died"), AFTER_NEXT)
    assert set() == two.open_files()
    two.part()
    assert {PERSON} == two.open_files()
    assert [FOURTH] == [getattr(event, "week", None) for event in two.tell(DayStarted(date=FIFTH), FIFTH)]


def test_an_end_that_somebody_decided_stands() -> None:
    two = Two().begin(PERSON, PARTLY)
    two.merge()
    two.tell(words.EndCare(person=KEPT, reason="why"), AFTER_NEXT)
    two.part()
    care = two.file(PERSON)
    assert care is not None
    assert (AFTER_NEXT, "decided") == (care.ended, care.ended_by)


def test_that_a_duplicate_left_his_household_says_nothing_of_his_file() -> None:
    two = Two().begin(PERSON, PARTLY)
    assert [] == two.tell(LEFT, LEFT.on)
    assert {PERSON} == two.open_files()


def test_an_old_message_that_names_no_household_leaves_the_file_where_it_was() -> None:
    two = Two().begin(PERSON, PARTLY)
    two.tell(PersonsMerged(keep_person_id=KEPT, duplicate_person_id=PERSON, on=MERGED.on, reason="decided"), MERGED.on)
    care = two.file(KEPT)
    assert care is not None
    assert HOUSEHOLD == care.household


def test_what_is_carried_says_the_weeks_and_their_visits() -> None:
    two = Two().begin(PERSON, PARTLY)
    two.tell(visited(1, MONDAY), MONDAY)
    two.merge()
    merged = next(event for event in two.streams[care_stream(PERSON)] if isinstance(event, merge.PersonMerged))
    carried = merge.Carried(
        household=HOUSEHOLD,
        category="severe_illness",
        plans=(planned(ANNA, BEN),),
        visits=(merge.CarriedVisit(UUID(int=1), MONDAY, (), ANNA),),
        missed=(MONDAY,),
        began=MONDAY,
        judged=MONDAY,
        weeks=(merge.CarriedWeek(MONDAY, 1, 3, 0, 3, "missed"),),
        since=MONDAY,
        watched=(SEVENTY,),
    )
    assert merge.PersonMerged(person=PERSON, into=KEPT, on=MERGED.on, carried=carried) == merged


OVER_AGE = "assistance.caregiver-over-age"


def test_who_was_told_to_be_over_the_limit_of_age_is_not_told_again_in_the_other_name() -> None:
    old = replace(planned(ANNA, BEN), caregivers=(did.Caregiver(ANNA, MONDAY, date(2021, 1, 6)), did.Caregiver(BEN, MONDAY)))
    two = Two().begin(PERSON, (FILE, old))
    assert OVER_AGE in kinds(two.tell(DayStarted(date=NEXT), NEXT))
    two.merge()
    assert OVER_AGE not in kinds(two.tell(DayStarted(date=AFTER_NEXT), AFTER_NEXT))
    two.part()
    assert OVER_AGE not in kinds(two.tell(DayStarted(date=THIRD), THIRD))
