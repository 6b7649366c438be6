"""Whoever was right gets what he was right about: whatever happened while his appeal was open, it changes something."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.domain.case.procedure_events import AppealDecided, CaseReopened
from services.enrollment.domain.clocks.deadline_events import DeadlineMet, DeadlineResumed, DeadlineStarted
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.household.stages import CaseOpen, Enrolled
from services.enrollment.domain.household.state import Household
from tests.enrollment import national, zhang
from tests.enrollment.national import AT_COUNTY, JANUARY, answer, appeal, authorise, given, kinds, told
from tests.enrollment.zhang import (
    CASE,
    LEAVING,
    REGISTERED,
    applies,
    case_of,
    clue_of,
    declared,
    dismiss,
    dropped,
    fact,
    morning,
    record,
    refused,
    visit,
    withdraw,
)

# --- On a way out that has no review to reopen, the exit is taken back ---

OUT_APPEALED: Final = zhang.given(*LEAVING).when(appeal(on=JANUARY[6]))
TAKEN_BACK: Final = did.StepReturned(
    case=CASE, step="exit", reason_code="appeal.approved", by="officer:wang", reason_sha256="answer", command="answer"
)


def test_an_exit_is_taken_back_where_an_appeal_was_right_and_the_way_out_has_no_review() -> None:
    decided, *_ = [one for one in OUT_APPEALED.when(answer(on=JANUARY[7])).happened if isinstance(one, AppealDecided)]
    OUT_APPEALED.when(answer(on=JANUARY[7])).then(dropped("exit-decision", None, "appeal.approved", JANUARY[7]), decided, TAKEN_BACK)


def test_nobody_is_let_out_by_the_proposal_that_an_appeal_took_back() -> None:
    OUT_APPEALED.when(answer(on=JANUARY[7]), zhang.county(on=JANUARY[7])).then(refused("state.does-not-fit", "decision", "propose-exit"))


def test_what_is_told_after_the_appeal_may_propose_an_exit_of_its_own() -> None:
    richer = declared(1_300_000, "richer", until=JANUARY[8], told=JANUARY[8])
    happened = OUT_APPEALED.when(answer(on=JANUARY[7]), record(richer, JANUARY[8])).happened
    assert [date(2021, 1, 13)] == [event.due for event in happened if isinstance(event, did.ExitProposed)]


def test_an_appeal_that_was_wrong_leaves_the_exit_proposed() -> None:
    state = OUT_APPEALED.when(answer("rejected", on=JANUARY[7])).state
    assert isinstance(state, Household)
    assert isinstance(state.stage, Enrolled)
    assert state.stage.exit_proposed


# --- A clue that was raised meanwhile leads to the case that the appeal opens ---

HOUSE: Final = fact("house", JANUARY[18], signal="house", present=True)
FEBRUARY: Final = {number: date(2021, 2, number) for number in range(1, 29)}
COLD_HOUSE: Final = fact("cold house", FEBRUARY[3], signal="house", present=True)
REJECTED: Final = told(national.county("rejected", on=JANUARY[15]), after=AT_COUNTY)
WITH_NEW_CLUE: Final = given(*told(appeal(on=JANUARY[16]), record(HOUSE, JANUARY[18]), after=REJECTED))


def test_a_rejected_case_goes_on_though_a_clue_was_raised_meanwhile() -> None:
    story = WITH_NEW_CLUE.when(answer(on=JANUARY[20]))
    (decided,) = [event for event in story.happened if isinstance(event, AppealDecided)]
    story.then(
        DeadlineMet(kind="appeal-decision"),
        # the visit was made in the case that goes on
        dropped("verify", None, "appeal.approved", JANUARY[20]),
        decided,
        did.ClueClosed(clue=clue_of(HOUSE), reason="case-opened"),
        CaseReopened(case=CASE, episode=1, undone=("review", "notice", "township")),
        DeadlineResumed(kind="whole-entry", due=date(2021, 2, 4)),
        DeadlineStarted(kind="review", due=JANUARY[25]),
    )


def test_the_case_that_goes_on_does_not_end_with_the_fact_that_raised_the_clue() -> None:
    state = WITH_NEW_CLUE.when(answer(on=JANUARY[20]), withdraw(HOUSE, JANUARY[21])).state
    assert isinstance(state, Household)
    assert isinstance(state.stage, CaseOpen)
    assert CASE == state.stage.case


def test_an_application_that_is_heard_meanwhile_is_accepted_with_the_case_that_goes_on() -> None:
    story = given(*told(appeal(on=JANUARY[18]), applies(on=JANUARY[18]), after=REJECTED)).when(answer(on=JANUARY[20]))
    assert DeadlineMet(kind="accept") in story.happened


def test_an_appeal_that_was_wrong_leaves_the_clue_open() -> None:
    assert "clue-closed" not in kinds(*WITH_NEW_CLUE.when(answer("rejected", on=JANUARY[20])).happened)


@pytest.mark.parametrize("no", [national.visit("rejected", on=JANUARY[6]), dismiss(by="visitor:li", on=JANUARY[6])])
def test_whoever_was_turned_down_at_a_clue_gets_the_case_of_the_one_that_was_raised_meanwhile(no: AnyCommand) -> None:
    turned_down = given(*REGISTERED).when(applies(on=JANUARY[5]), no, appeal(on=JANUARY[7], against=Decision(by="visitor:li")))
    story = turned_down.when(record(HOUSE, JANUARY[18]), answer(on=JANUARY[19]))
    assert [case_of(clue_of(HOUSE))] == [event.case for event in story.happened if isinstance(event, did.CaseOpened)]
    assert "clue-closed" in kinds(*story.happened)


def test_what_somebody_applied_for_counts_again_in_the_case_that_goes_on() -> None:
    """The clue of a fact names no risk of an application, and this one's fact is taken back."""
    rejected = zhang.given(*REGISTERED).when(applies(risks=("education",)), visit(), zhang.county("rejected"))
    appealed = rejected.when(appeal(on=JANUARY[6]), record(HOUSE, JANUARY[7]), answer(on=JANUARY[8]), withdraw(HOUSE, JANUARY[9]))
    enrolled = appealed.when(zhang.county(on=JANUARY[10], by="officer:sun")).happened
    assert [("education",)] == [event.risks for event in enrolled if isinstance(event, did.HouseholdEnrolled)]


def test_what_an_earlier_clue_named_counts_in_no_case_that_is_open_already() -> None:
    turned_down = zhang.given(*REGISTERED).when(applies(risks=("education",)), dismiss(), record(HOUSE, JANUARY[7]), visit(on=JANUARY[7]))
    enrolled = turned_down.when(appeal(on=JANUARY[8]), answer(on=JANUARY[9]), zhang.county(on=JANUARY[10])).happened
    assert [("housing",)] == [event.risks for event in enrolled if isinstance(event, did.HouseholdEnrolled)]


# --- Whatever happens meanwhile, an appeal is late once ---


def test_an_appeal_that_is_late_is_late_once_though_a_case_opens_meanwhile() -> None:
    late = given(*told(appeal(on=JANUARY[16]), morning(FEBRUARY[1]), after=REJECTED))
    case = late.when(record(COLD_HOUSE, FEBRUARY[3]), authorise(FEBRUARY[4]))
    assert ["clue-closed", "case-opened", "step-completed", "deadline-started", "deadline-paused"] == kinds(*case.happened)
    assert ["compare"] == [event.kind for event in case.happened if isinstance(event, DeadlineStarted)]
    case.when(morning(date(2021, 3, 1))).then()


def test_the_next_appeal_has_a_deadline_of_its_own() -> None:
    late = given(*told(appeal(on=JANUARY[16]), morning(FEBRUARY[1]), record(COLD_HOUSE, FEBRUARY[3]), after=REJECTED))
    again = late.when(answer("rejected", on=FEBRUARY[4]), appeal(on=FEBRUARY[5])).happened
    assert DeadlineStarted(kind="appeal-decision", due=FEBRUARY[20]) in again


# --- A case that goes on keeps the pack under which it was opened; its village has the pilot's now, which has no such deadlines ---


@pytest.mark.parametrize("meanwhile", [(), (record(HOUSE, JANUARY[18]),)], ids=["nothing else", "a clue meanwhile"])
def test_a_case_that_goes_on_has_the_deadlines_of_its_own_pack(meanwhile: tuple[AnyCommand, ...]) -> None:
    story = zhang.given(*REJECTED).when(appeal(on=JANUARY[16]), *meanwhile, answer(on=JANUARY[20]))
    assert (
        DeadlineStarted(kind="review", due=JANUARY[25]),
        DeadlineStarted(kind="whole-entry", due=FEBRUARY[4]),
    ) == story.happened[-2:]
    assert DeadlineMet(kind="review") in story.when(national.review(on=JANUARY[22], name="again")).happened


def test_a_case_that_goes_on_by_a_clue_that_is_late_starts_nothing_that_is_late_already() -> None:
    late = given(*REJECTED).when(record(HOUSE, JANUARY[18]), morning(FEBRUARY[3]), appeal(on=FEBRUARY[3]))
    happened = late.when(answer(on=FEBRUARY[4])).happened
    assert ["review"] == [event.kind for event in happened if isinstance(event, DeadlineStarted)]
