"""A line that took effect judges open cases and enrolled households anew; what was decided before keeps its version."""

from __future__ import annotations

from pipeline.decider import Events
from services.enrollment.domain.commands import StartDay
from services.enrollment.domain.events import HouseholdReevaluated
from services.enrollment.domain.household.stages import CaseOpen, Enrolled
from services.enrollment.domain.household.state import State, Unregistered
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.judging.latest_day import judged_from
from services.enrollment.domain.pack.policy import Policy


def reevaluate(command: StartDay, state: State, policy: Policy) -> Events:
    """Once for each version of the line."""
    if isinstance(state, Unregistered):
        return ()
    on = judged_from(command.on, state, policy)
    if policy.line(state.village_code, on) == state.line:
        return ()
    match state.stage:
        case CaseOpen(case=case) | Enrolled(case=case):
            return (HouseholdReevaluated(case=case, episode=state.episode, evaluation=evaluate(state, on, policy)),)
        case _:
            return ()
