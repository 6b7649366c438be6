"""What changed facts make of a household: clues and their end, and what it is to an enrolment."""

from __future__ import annotations

from pipeline.decider import Events
from services.enrollment.domain.case.leaving import recheck
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.discovery.clues import came_back, followed, in_need_again, left_behind, new_clue
from services.enrollment.domain.events import ClueClosed
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.pack.policy import Policy


def consequences(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    match after.stage:
        case Outside():
            found = came_back(command, state, after, policy) or new_clue(command, state, after, policy) or left_behind(command, policy)
            return found or in_need_again(command, state, after, policy)
        case ClueOpen(clue=clue) as stage:
            changes = followed(state, after, stage, policy)
            same = isinstance(state, Household) and state.stays == after.stays
            closed = ClueClosed(clue=clue, reason="facts-corrected" if same else "household-changed")
            return changes if changes is not None else (closed,)
        case CaseOpen():
            return ()
        case Enrolled() as stage:
            return recheck(command, after, stage, policy)
