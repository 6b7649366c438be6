"""Whoever objects to a notice: the review that answers him has its time, and what stood still goes on, on both ways."""

from dataclasses import replace as changed
from datetime import date

import pytest

from services.enrollment.domain import DECIDER
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
)
from services.enrollment.domain.commands import AnyCommand
from tests.enrollment import test_leaving
from tests.enrollment.national import (
    JANUARY,
    POLICIES,
    POSTED,
    answer,
    appeal,
    disagree,
    given,
    kinds,
    post,
    review,
    told,
    visit,
    withdraw,
)
from tests.enrollment.zhang import morning
from tests.specification import Specification

DISAGREES, APPEALS = disagree(on=JANUARY[8]), appeal(on=JANUARY[8])


@pytest.mark.parametrize("outcome", ["rejected", "approved"])
@pytest.mark.parametrize("first", [(DISAGREES, APPEALS), (APPEALS, DISAGREES)])
def test_after_an_appeal_only_the_review_that_answers_an_objection_goes_on(first: tuple[AnyCommand, ...], outcome: str) -> None:
    """The other clocks stand still as long as the objection is open."""
    answered = given(*POSTED).when(*first).when(answer(outcome, on=JANUARY[11]))
    assert ["deadline-met", "appeal-decided", "deadline-resumed"] == kinds(*answered.happened)
    assert DeadlineResumed(kind="review", due=JANUARY[16]) == answered.happened[-1]
    answered.when(morning(JANUARY[17])).then(DeadlineBreached(kind="review", due=JANUARY[16]))


def test_an_objection_does_not_stop_the_clock_of_an_appeal() -> None:
    paused = given(*POSTED).when(appeal(on=JANUARY[8]), disagree(on=JANUARY[8])).happened
    assert ["review"] == [event.kind for event in paused if isinstance(event, DeadlinePaused)]


def test_on_the_way_out_the_review_that_answers_an_objection_has_its_time_too() -> None:
    """Nothing else says that it is late: the time of the decision stands still."""
    third, fourth = date(2021, 8, 3), date(2021, 8, 4)
    objected = given(*test_leaving.VISITED).when(review(on=third), post(on=third), disagree(on=fourth))
    assert ["objection-raised", "step-returned", "deadline-paused", "deadline-paused", "deadline-started"] == kinds(*objected.happened)
    assert DeadlineStarted(kind="review", due=date(2021, 8, 9)) == objected.happened[-1]
    objected.when(morning(date(2021, 8, 10))).then(DeadlineBreached(kind="review", due=date(2021, 8, 9)))
    met, _, *resumed = objected.when(review(on=date(2021, 8, 6), name="second")).happened
    assert DeadlineMet(kind="review") == met
    assert ["exit-decision", "income-staleness"] == [event.kind for event in resumed if isinstance(event, DeadlineResumed)]
    rejected = objected.when(review("rejected", on=date(2021, 8, 6), name="second")).happened
    assert {"exit-decision", "review"} == {event.kind for event in rejected if isinstance(event, DeadlineMet)}


def test_a_visit_that_is_done_again_takes_no_time_from_the_review_that_answers_an_objection() -> None:
    back = visit("returned", on=JANUARY[9], return_to="verification")
    story = given(*POSTED).when(DISAGREES).when(back)
    assert ["step-returned", "deadline-started", "deadline-paused"] == kinds(*story.happened)
    story.when(morning(JANUARY[14])).then(DeadlineBreached(kind="review", due=JANUARY[13]))


def test_where_the_pack_gives_the_review_no_time_an_objection_stops_no_clock() -> None:
    national = POLICIES.packs[POLICIES.default]
    pack = national.model_copy(update={"deadlines": {kind: rule for kind, rule in national.deadlines.items() if kind != "review"}})
    story = Specification(DECIDER, changed(POLICIES, packs={**POLICIES.packs, POLICIES.default: pack})).given(*POSTED)
    assert ["objection-raised", "step-returned"] == kinds(*story.when(DISAGREES).happened)


def test_the_clock_goes_on_where_an_exit_is_taken_back_that_somebody_objected_to() -> None:
    """It stood still for a day, of the year that the visit of 2 August gave it."""
    third, fourth = date(2021, 8, 3), date(2021, 8, 4)
    objected = told(review(on=third), post(on=third), disagree(on=fourth), after=test_leaving.VISITED)
    taken_back = given(*objected).when(withdraw(on=date(2021, 8, 5)))
    assert [DeadlineResumed(kind="income-staleness", due=date(2022, 8, 3))] == [
        event for event in taken_back.happened if isinstance(event, DeadlineResumed)
    ]
    again = taken_back.when(morning(date(2022, 8, 4))).happened
    assert DeadlineBreached(kind="income-staleness", due=date(2022, 8, 3)) in again
