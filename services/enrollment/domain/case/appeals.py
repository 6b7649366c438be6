"""Whoever disagrees: an appeal stops the clock, and one that is right reopens the review."""

from __future__ import annotations

from uuid import UUID, uuid5

from pipeline.decider import Events
from services.enrollment.domain.actors import is_one_of
from services.enrollment.domain.case.procedure_commands import DecideAppeal, FileAppeal
from services.enrollment.domain.case.procedure_events import AppealDecided, AppealFiled, CaseReopened
from services.enrollment.domain.case.steps import opened
from services.enrollment.domain.events import StepReturned
from services.enrollment.domain.household.progress import Appeal, Progress
from services.enrollment.domain.household.stages import CaseOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.pack.procedure import REVIEW_ONWARDS
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
        appeal=appeal, decision=command.decision, by=command.by, grounds_sha256=command.text_sha256, decided_by=command.against.by
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
    """A rejected or withdrawn case goes on at its review; after an enrolment or a clue, a case of its own begins; a new one goes first.

    An enrolment stands until somebody voids it or proposes its end, which an appeal that is right gives him reason to.
    """
    match state.stage, state.closed:
        case _ if state.ended is not None:
            return ()
        case ((CaseOpen(case=case, progress=progress) | Enrolled(case=case, exit_proposed=True, progress=progress)), _):
            return _reviewed_again(command, case, progress)
        case Outside(), closed if closed is not None and closed.stood_at is not None:
            return (CaseReopened(case=closed.case, episode=state.episode, undone=_undone(closed.stood_at)),)
        case Outside(), closed if closed is not None:
            return (opened(uuid5(appeal.id, "case"), state, command.on, policy),)
        case _:
            return ()


def _reviewed_again(command: DecideAppeal, case: UUID, progress: Progress) -> Events:
    undone = _undone(progress)
    back = StepReturned(
        case=case,
        step="review",
        reason_code="appeal.approved",
        undone=undone,
        by=command.by,
        reason_sha256=command.text_sha256,
        command=command.id,
    )
    return (back,) if undone else ()


def _undone(progress: Progress) -> tuple[str, ...]:
    return tuple(step for step in REVIEW_ONWARDS if step in progress.done or (step == "notice" and progress.posted_until is not None))
