"""What changed facts make of a household: clues and their end, and what it is to an enrolment."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.case.leaving import recheck
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.discovery.clues import (
    came_back,
    case_joined,
    followed,
    in_need_again,
    joined_by,
    left_behind,
    never_looked_at,
    new_clue,
    unspoken,
)
from services.enrollment.domain.events import ClueClosed
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.pack.policy import Policy


def consequences(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    match after.stage:
        case Outside():
            found = came_back(command, state, after, policy) or new_clue(command, state, after, policy)
            found = left_behind(command, found, policy) or never_looked_at(command, state, after, policy)
            return found or in_need_again(command, state, after, policy)
        case ClueOpen() as stage:
            return _of_the_clue(command, state, after, stage, policy)
        case CaseOpen() as stage:
            return case_joined(command, stage)
        case Enrolled() as stage:
            return recheck(command, state, after, stage, policy)


def _of_the_clue(command: AnyCommand, state: State, after: Household, stage: ClueOpen, policy: Policy) -> Events:
    changes = followed(state, after, stage, policy)
    if (change := unspoken(command, changes or ())) is not None:
        return (*(followed(state, after, replace(stage, kept=True), policy) or ()), joined_by(change, stage.clue))
    same = isinstance(state, Household) and state.stays == after.stays
    closed = ClueClosed(clue=stage.clue, reason="facts-corrected" if same else "household-changed")
    return changes if changes is not None else (closed,)
