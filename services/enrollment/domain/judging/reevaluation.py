"""A line that took effect judges anew, also who was looked at and is outside; what was decided before keeps its version."""

from __future__ import annotations

from pipeline.decider import Events
from services.enrollment.domain.commands import StartDay
from services.enrollment.domain.discovery.clues import found_by_line
from services.enrollment.domain.events import HouseholdReevaluated
from services.enrollment.domain.household.stages import CaseOpen, Enrolled, Outside
from services.enrollment.domain.household.state import State, Unregistered
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.judging.latest_day import judged_from
from services.enrollment.domain.pack.policy import Policy


def reevaluate(command: StartDay, state: State, policy: Policy) -> Events:
    """Once for each version of the line."""
    if isinstance(state, Unregistered) or state.ended is not None:
        return ()
    on = judged_from(command.on, state, policy)
    line = policy.line(state.village_code, on)
    if line == state.line:
        return ()
    match state.stage:
        case Outside():
            return found_by_line(command, line, on, state, policy)
        case CaseOpen(case=case) | Enrolled(case=case):
            return (HouseholdReevaluated(case=case, episode=state.episode, evaluation=evaluate(state, on, policy)),)
        case _:
            return ()
