"""What changed facts make of a household: clues and their end, and what it is to an enrolment."""

from __future__ import annotations

from functools import reduce
from typing import cast

from pipeline.decider import Events
from services.enrollment.domain.case.leaving import recheck
from services.enrollment.domain.commands import AnyCommand, RecordFact
from services.enrollment.domain.discovery.clues import (
    came_back,
    has_source,
    in_need_again,
    left_behind,
    never_looked_at,
    new_clue,
    sources_changed,
)
from services.enrollment.domain.discovery.comings import case_joined, change_to_look_at, joined_by
from services.enrollment.domain.discovery.discovery_events import ClueJoined
from services.enrollment.domain.events import ClueClosed
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Coming, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State
from services.enrollment.domain.pack.policy import Policy


def consequences(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    """Outside, the first that speaks raises the clue: somebody is back, something new crosses, somebody was left unseen, it qualifies."""
    match after.stage:
        case Outside():
            found = came_back(command, state, after, policy) or new_clue(command, state, after, policy)
            found = left_behind(command, found, policy) or never_looked_at(command, state, after, policy)
            return found or in_need_again(command, state, after, policy)
        case ClueOpen() as stage:
            return _of_the_clue(command, state, after, stage, policy)
        case CaseOpen(case=case):
            return case_joined(command, state, after, case, policy)
        case Enrolled() as stage:
            joined = case_joined(command, state, after, stage.case, policy)
            return joined + recheck(command, state, cast("Household", reduce(evolve, joined, after)), stage, policy)


def _of_the_clue(command: AnyCommand, state: State, after: Household, stage: ClueOpen, policy: Policy) -> Events:
    changes = sources_changed(state, after, stage, policy)
    if (change := change_to_look_at(command, changes)) is not None:
        return (*changes, joined_by(change, stage.clue))
    if has_source(command, state, after, stage, policy) or any(isinstance(event, ClueJoined) for event in changes):
        return changes
    if isinstance(command, RecordFact) and isinstance(state, Household) and state.members > after.members:
        # with him died what spoke for the household, and not what it cost those who stay
        return (*changes, joined_by(Coming(command.fact), stage.clue))
    same = isinstance(state, Household) and (state.stays, state.village_code) == (after.stays, after.village_code)
    return (ClueClosed(clue=stage.clue, reason="facts-corrected" if same else "household-changed"),)
