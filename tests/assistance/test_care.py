"""A care file from its opening to its end, and who looks after the person; each command happens, is refused, is ignored when repeated."""

from __future__ import annotations

from datetime import date
from typing import get_args
from uuid import UUID

import pytest

from pipeline.decider import Event
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_commands import AnyCareCommand, Candidate
from tests.assistance.cared import (
    AFTER_NEXT,
    ANNA,
    BEN,
    CLARA,
    DORA,
    ELSEWHERE,
    FILE,
    FULLY,
    MONDAY,
    NEXT,
    OPENED,
    OVER,
    PARTLY,
    PERSON,
    about,
    absence,
    corrected,
    day,
    end,
    leave,
    missed,
    open_file,
    planned,
    refused,
    resume,
    set_plan,
    visit,
)
from tests.assistance.helped import HOUSEHOLD, given

TUESDAY, WEDNESDAY, SUNDAY = date(2021, 1, 5), date(2021, 1, 6), date(2021, 1, 10)
STATES = {"nothing": (), "a file": OPENED, "a plan": PARTLY, "ended": (*PARTLY, OVER)}
NO = "command-refused"
PAIRS: list[tuple[str, AnyCareCommand, tuple[str, ...]]] = [
    ("open the file", open_file(on=AFTER_NEXT), ("care-file-set", "", "", "care-file-set")),
    ("set a plan", set_plan(ANNA, BEN), (NO, "care-plan-set", "", NO)),
    ("record a visit", visit(1, TUESDAY), (NO, NO, "care-visit-recorded", "care-visit-recorded")),
    ("record an absence", absence(TUESDAY, SUNDAY), (NO, NO, "caregiver-absent", NO)),
    ("end care", end(MONDAY), (NO, "care-ended", "care-ended", "")),
    ("follow the person", leave(MONDAY), ("", "care-ended", "care-ended", "")),
    ("resume the file", resume(AFTER_NEXT), ("", "", "", "")),
    ("judge the weeks", day(NEXT), ("", "", "care-quota-missed", "care-quota-missed")),
]
TOLD = [
    pytest.param(history, command, expected, id=f"{name}: {state}")
    for name, command, row in PAIRS
    for (state, history), expected in zip(STATES.items(), row, strict=True)
]


@pytest.mark.parametrize(("history", "command", "expected"), TOLD)
def test_of_every_command_in_every_state_it_is_known_what_follows(
    history: tuple[Event, ...], command: AnyCareCommand, expected: str
) -> None:
    happened = given(*history).when(command).happened
    assert expected.split() == [event.TOPIC.removeprefix("assistance.") for event in happened]


def test_no_command_is_forgotten() -> None:
    assert set(get_args(AnyCareCommand)) == {type(command) for _, command, _ in PAIRS}


def test_a_file_is_opened_by_category_once() -> None:
    given().when(open_file()).then(FILE)
    given(FILE).when(open_file()).then()


def test_a_file_gets_another_category() -> None:
    given(FILE).when(open_file("other", on=TUESDAY)).then(did.CareFileSet(**about(), category="other", on=TUESDAY))


def test_a_category_that_the_pack_does_not_have_is_refused_with_those_that_it_has() -> None:
    categories = "severe_disability, severe_illness, severe_mental_disorder, left_behind_child, other"
    given().when(open_file("severe_anything")).then(refused("care.category-unknown", categories))


def test_nobody_has_a_plan_without_a_file() -> None:
    given().when(set_plan(ANNA, BEN)).then(refused("care.no-file"))


@pytest.mark.parametrize(
    ("group", "limit"),
    [((ANNA,), "2-3"), ((ANNA, BEN), None), ((ANNA, BEN, CLARA), None), ((ANNA, BEN, CLARA, DORA), "2-3")],
    ids=["one", "two", "three", "four"],
)
def test_two_or_three_look_after_the_partly_dependent(group: tuple[UUID, ...], limit: str | None) -> None:
    given(FILE).when(set_plan(*group)).then(planned(*group) if limit is None else refused("care.group-size", limit))


def test_one_post_looks_after_the_fully_dependent() -> None:
    given(FILE).when(set_plan(ANNA, dependency="full")).then(FULLY[1])
    given(FILE).when(set_plan(ANNA, BEN, dependency="full")).then(refused("care.group-size", "1"))


def test_an_age_that_nobody_said_is_told_missing_and_refuses_nobody() -> None:
    (event,) = given(FILE).when(set_plan(Candidate(ANNA), BEN)).happened
    assert isinstance(event, did.CarePlanSet)
    assert ((ANNA,), (ANNA, BEN)) == (event.ages_unknown, tuple(one.id for one in event.caregivers))


def test_a_plan_counts_from_its_first_whole_week() -> None:
    given(FILE).when(set_plan(ANNA, BEN, from_day=TUESDAY)).then(planned(ANNA, BEN, from_day=TUESDAY, counts_from=NEXT))
    given(FILE).when(set_plan(ANNA, BEN, from_day=SUNDAY)).then(planned(ANNA, BEN, from_day=SUNDAY, counts_from=NEXT))
    given(FILE).when(set_plan(ANNA, BEN, from_day=NEXT)).then(planned(ANNA, BEN, from_day=NEXT, counts_from=NEXT))


def test_a_plan_set_anew_leaves_the_weeks_that_were_judged() -> None:
    again = given(*PARTLY, missed(MONDAY, 0)).when(set_plan(ANNA, CLARA, from_day=MONDAY, on=NEXT))
    again.then(planned(ANNA, CLARA, from_day=MONDAY, counts_from=NEXT))


def test_the_same_plan_set_again_after_a_judged_week_changes_nothing() -> None:
    given(*PARTLY, missed(MONDAY, 0)).when(set_plan(ANNA, BEN, from_day=MONDAY, on=NEXT)).then()


def test_a_plan_begins_no_earlier_than_a_visit_may_be_told() -> None:
    """Twelve weeks before Monday 2021-01-04."""
    early = date(2020, 10, 12)
    given(FILE).when(set_plan(ANNA, BEN, from_day=early)).then(planned(ANNA, BEN, from_day=early, counts_from=early))
    given(FILE).when(set_plan(ANNA, BEN, from_day=date(2020, 10, 11))).then(refused("care.plan-too-early", "2020-10-12"))


def test_the_end_judges_the_weeks_before_it() -> None:
    over = did.CareEnded(**about(), on=AFTER_NEXT, reason="decided", reason_sha256="why")
    given(*PARTLY).when(end(AFTER_NEXT)).then(missed(MONDAY, 0), missed(NEXT, 0), over)


def test_the_week_in_which_care_ends_is_held_against_no_quota() -> None:
    on_sunday = did.CareEnded(**about(), on=SUNDAY, reason="decided", reason_sha256="why")
    given(*PARTLY).when(end(SUNDAY)).then(on_sunday)
    given(*PARTLY, on_sunday).when(day(AFTER_NEXT)).then()
    on_monday = did.CareEnded(**about(), on=NEXT, reason="decided", reason_sha256="why")
    given(*PARTLY).when(end(NEXT)).then(missed(MONDAY, 0), on_monday)


def test_a_death_ends_care_from_its_day_and_takes_back_what_was_missed_since() -> None:
    died = did.CareEnded(**about(), on=WEDNESDAY, reason="died")
    told_late = leave(WEDNESDAY, on=AFTER_NEXT)
    given(*PARTLY, missed(MONDAY, 0)).when(told_late).then(corrected(MONDAY, 0, required=0, tasks_required=0), died)
    given(*PARTLY, missed(MONDAY, 0), missed(NEXT, 0)).when(leave(NEXT, on=AFTER_NEXT)).then(
        corrected(NEXT, 0, required=0, tasks_required=0), did.CareEnded(**about(), on=NEXT, reason="died")
    )


def test_whoever_marries_takes_his_file_along() -> None:
    moved = did.CareFileSet(**about(ELSEWHERE), category="severe_illness", on=NEXT)
    given(*PARTLY).when(leave(NEXT, "married", ELSEWHERE)).then(moved)
    given(*PARTLY, moved).when(leave(NEXT, "married", ELSEWHERE)).then()


def test_an_earlier_move_that_comes_late_moves_no_file() -> None:
    moved = did.CareFileSet(**about(ELSEWHERE), category="severe_illness", on=NEXT)
    given(*PARTLY, moved).when(leave(date(2021, 1, 8), "married", UUID(int=102))).then()


def test_whoever_left_before_his_file_was_opened_where_he_had_been_takes_it_along_from_its_first_day() -> None:
    """A split of the 31st is told on the 5th; the file is of the 4th."""
    went = did.CareFileSet(**about(ELSEWHERE), category="severe_illness", on=MONDAY)
    given().when(open_file(), leave(date(2020, 12, 31), "split", ELSEWHERE, on=date(2021, 1, 5))).then(went)


def test_the_way_back_opens_the_file_again_and_needs_a_plan_of_its_own() -> None:
    again = did.CareFileSet(**about(), category="other", on=AFTER_NEXT)
    given(*PARTLY, OVER).when(open_file("other", on=AFTER_NEXT)).then(again)
    given(*PARTLY, OVER, again).when(visit(9, AFTER_NEXT)).then(refused("care.no-plan"))
    given(*PARTLY, OVER, again).when(set_plan(ANNA, BEN, on=AFTER_NEXT)).then(
        planned(ANNA, BEN, from_day=AFTER_NEXT, counts_from=AFTER_NEXT)
    )


def test_a_refusal_goes_to_the_household_of_the_file_or_to_the_one_that_was_named() -> None:
    moved = did.CareFileSet(**about(ELSEWHERE), category="severe_illness", on=NEXT)
    answers = [given(*history).when(visit(1, TUESDAY)).happened[0] for history in ((), (FILE, moved))]
    assert [HOUSEHOLD, ELSEWHERE] == [getattr(answer, "household", None) for answer in answers]
    assert [PERSON, PERSON] == [getattr(answer, "person", None) for answer in answers]


def test_a_plan_from_partly_to_fully_dependent_leaves_the_present_week_to_the_old_one() -> None:
    fully = planned(ANNA, dependency="full", required=7, from_day=WEDNESDAY, counts_from=NEXT)
    given(*PARTLY).when(set_plan(ANNA, dependency="full", on=WEDNESDAY)).then(fully)
    given(*PARTLY, fully).when(day(AFTER_NEXT)).then(missed(MONDAY, 0), missed(NEXT, 0, required=7, group=(ANNA,)))
