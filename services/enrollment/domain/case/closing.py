"""What the end of a case, an appeal against it, and a case that goes on change in what is known of a household."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from services.enrollment.domain.case.procedure_events import AppealFiled, CaseReopened
from services.enrollment.domain.household.progress import Appeal, Closed, Progress
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Outside
from services.enrollment.domain.household.state import Household


def closed(state: Household, case: UUID, by: str) -> Household:
    """Somebody decided that it ends, and an appeal may say that he was wrong."""
    end = Closed(case, by, None, state.claimed, state.standing())
    if isinstance(stage := state.stage, CaseOpen):
        end = replace(end, stood_at=stage.progress, known=stage.known, visited=stage.visited)
    return replace(outside(state), closed=end)


def outside(state: Household) -> Household:
    return replace(state, stage=Outside(), closed=None, running=state.running.outside())


def filed(state: Household, event: AppealFiled) -> Household:
    """In the middle of a case it may be against the end of the one before."""
    before = state.closed
    deciders = {event.decided_by, before.by if before is not None else ""}
    has_ended = isinstance(state.stage, Outside | ClueOpen) or (before is not None and before.case == event.case)
    return replace(state, appeal=Appeal(event.appeal, frozenset(deciders - {""}), event.by, before if has_ended else None))


def upheld(state: Household, appeal: Appeal) -> Household:
    """What somebody had named counts again."""
    before = appeal.ended(state.closed)
    claimed = before.claimed if before is not None else frozenset[str]()
    return replace(state, appeal=None, closed=before, claimed=state.claimed | claimed)


def reopened(state: Household, event: CaseReopened) -> Household:
    before = state.closed or Closed(event.case, "", None)
    stood_at = (before.stood_at or Progress()).without(event.undone)
    return replace(state, stage=CaseOpen(event.case, stood_at, known=before.known, visited=before.visited), closed=None)
