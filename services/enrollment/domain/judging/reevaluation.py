"""A line or a pack that took effect judges anew, also who is outside; what was decided before keeps its version."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.decider import Events
from services.enrollment.domain.commands import StartDay
from services.enrollment.domain.discovery.clues import found_by_line, found_by_pack
from services.enrollment.domain.events import ClueRaised, HouseholdReevaluated
from services.enrollment.domain.household.stages import CaseOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.judging.latest_day import judged_from
from services.enrollment.domain.pack.lines import Assignment, Line
from services.enrollment.domain.pack.policy import Policy
from services.enrollment.domain.policies import Policies


def reevaluate(command: StartDay, state: State, policies: Policies) -> Events:
    """Once for each version of the line, and outside for each pack; a case and an enrolment keep theirs."""
    if isinstance(state, Unregistered) or state.ended is not None:
        return ()
    policy = policies.of(command, state)
    on = judged_from(command.on, state, policy)
    line = policy.line(state.village_code, on)
    match state.stage:
        case Outside():
            changed = policies.before(state, command)
            found = _by_pack(replace(command, on=on), line, state, changed, policy) if changed is not None else ()
            return found or _by_line(replace(command, on=on), line, state, policy)
        case CaseOpen(case=case) | Enrolled(case=case) if line != state.line:
            return (HouseholdReevaluated(case=case, episode=state.episode, evaluation=evaluate(state, on, policy)),)
        case _:
            return ()


def _by_pack(command: StartDay, line: Line, state: Household, changed: tuple[Assignment, Policy], policy: Policy) -> Events:
    """On its day, or the next where that was told already; who was visited under it, or raised a clue by it, was looked at as it wants."""
    assignment, earlier = changed
    if command.told is not None and assignment.valid_from < command.told:
        return ()
    if assignment == state.assignment or (state.visited is not None and state.visited.on >= assignment.valid_from):
        return ()
    together = line if line.valid_from >= assignment.valid_from else None
    before = (earlier.without(line) if together is not None else None) or earlier
    found = found_by_pack(command, state, before, policy)
    by = {"assignment": assignment, "line": together}
    return tuple(replace(event, **by) if isinstance(event, ClueRaised) else event for event in found)


def _by_line(command: StartDay, line: Line, state: Household, policy: Policy) -> Events:
    return found_by_line(command, line, state, policy) if line != state.line else ()
