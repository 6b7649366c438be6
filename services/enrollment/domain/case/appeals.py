"""Whoever disagrees: an appeal stops the clock, and one that is right reopens the review."""

from __future__ import annotations

from typing import Literal
from uuid import UUID, uuid5

from pipeline.decider import Events
from services.enrollment.domain.actors import is_one_of
from services.enrollment.domain.case.procedure_commands import DecideAppeal, FileAppeal
from services.enrollment.domain.case.procedure_events import AppealDecided, AppealFiled, CaseReopened
from services.enrollment.domain.case.steps import opened
from services.enrollment.domain.discovery.comings import comes_to
from services.enrollment.domain.events import CaseOpened, ClueClosed, StepReturned
from services.enrollment.domain.household.progress import Appeal, Closed, Progress
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.pack.procedure import REVIEW_ONWARDS, rule_of
from services.enrollment.domain.refusal import does_not_fit, refused


def file_appeal(command: FileAppeal, state: Household, policy: Policy) -> Events:
    """One at a time, against a decision on this household, while there is a case, an enrolment, or the last one's end to look at."""
    if state.ended is not None:
        return refused(command, "household.ended")
    if state.appeal is not None:
        return does_not_fit(command, state, policy, "appeal.already-open")
    if not isinstance(state.stage, CaseOpen | Enrolled) and state.closed is None:
        return does_not_fit(command, state, policy, "appeal.nothing-decided")
    if command.against is None:
        return refused(command, "appeal.no-decision", ("file-appeal",))
    appeal = uuid5(state.id, f"appeal {command.id}")
    filed = AppealFiled(
        appeal=appeal,
        decision=command.decision,
        by=command.by,
        grounds_sha256=command.text_sha256,
        decided_by=command.against.by,
        case=command.against.case,
    )
    return (filed,)


def decide_appeal(command: DecideAppeal, state: Household, policy: Policy) -> Events:
    appeal = state.appeal
    if appeal is None:
        return does_not_fit(command, state, policy)
    if is_one_of(command.by, {*appeal.decided_by, appeal.filed}):
        return refused(command, "decision.same-person", ("decide-appeal",))
    if command.outcome == "returned":
        return refused(command, "appeal.not-returned", ("decide-appeal",))
    decided = AppealDecided(appeal=appeal.id, outcome=command.outcome, by=command.by, reason_sha256=command.text_sha256)
    return (decided, *(_reopened(command, appeal, state, policy) if command.outcome == "approved" else ()))


def _reopened(command: DecideAppeal, appeal: Appeal, state: Household, policy: Policy) -> Events:
    """A rejected or withdrawn case goes on at its review; after an enrolment or a clue, a case of its own begins; an open one goes first.

    For whom an open clue was kept, the case goes on for, too.
    A way out without a review has nothing to go back to, so that the proposal is taken back. Without a proposal an enrolment stands
    until somebody voids it or proposes its end, which an appeal that is right gives him reason to.
    """
    match state.stage, appeal.ended(state.closed):
        case _ if state.ended is not None:
            return ()
        case Enrolled(case=case, exit_proposed=True), _ if rule_of(policy.procedure.exit, "review") is None:
            return (_returned(command, case, "exit"),)
        case ((CaseOpen(case=case, progress=progress) | Enrolled(case=case, exit_proposed=True, progress=progress)), _):
            undone = _undone(progress)
            return (_returned(command, case, "review", undone),) if undone else ()
        case Outside(), Closed() as closed:
            return (_goes_on(command, closed, uuid5(appeal.id, "case"), state, policy),)
        case ClueOpen(clue=clue, case=case, kept=kept), Closed() as closed:
            goes_on = _goes_on(command, closed, case, state, policy)
            return (ClueClosed(clue=clue, reason="case-opened"), goes_on, *(() if kept is None else (comes_to(kept, goes_on.case),)))
        case _:
            return ()


def _goes_on(command: DecideAppeal, closed: Closed, new: UUID, state: Household, policy: Policy) -> CaseReopened | CaseOpened:
    if closed.stood_at is None:
        return opened(new, state, command.on, policy)
    return CaseReopened(case=closed.case, episode=state.episode, undone=_undone(closed.stood_at))


def _returned(command: DecideAppeal, case: UUID, step: Literal["review", "exit"], undone: tuple[str, ...] = ()) -> StepReturned:
    return StepReturned(
        case=case,
        step=step,
        reason_code="appeal.approved",
        undone=undone,
        by=command.by,
        reason_sha256=command.text_sha256,
        command=command.id,
    )


def _undone(progress: Progress) -> tuple[str, ...]:
    return tuple(step for step in REVIEW_ONWARDS if step in progress.done or (step == "notice" and progress.posted_until is not None))
