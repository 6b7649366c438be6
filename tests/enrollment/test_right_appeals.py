"""Whoever was right gets what he was right about: whatever happened while his appeal was open, it changes something."""

from __future__ import annotations

from datetime import date
from typing import Final

from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import AppealDecided
from services.enrollment.domain.household.stages import Enrolled
from services.enrollment.domain.household.state import Household
from tests.enrollment import zhang
from tests.enrollment.national import JANUARY, answer, appeal
from tests.enrollment.zhang import CASE, LEAVING, declared, dropped, record, refused

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
