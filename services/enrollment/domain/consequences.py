"""What changed facts make of a household: clues and their end, risks, an exit proposed or taken back, deadlines."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from pipeline.decider import Event
from services.enrollment.domain.clues import followed, new_clue
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.evaluation import crossing, evaluate, risks
from services.enrollment.domain.events import (
    ClueClosed,
    DeadlineBreached,
    DeadlineMet,
    DeadlineStarted,
    ExitProposed,
    RiskAdded,
    RiskResolved,
    StepReturned,
)
from services.enrollment.domain.policy import Policy
from services.enrollment.domain.state import CaseOpen, ClueOpen, Enrolled, Household, Outside, State

Events: TypeAlias = tuple[Event, ...]


def consequences(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    match after.stage:
        case Outside():
            return new_clue(command, state, after, policy)
        case ClueOpen(clue=clue) as stage:
            changes = followed(state, after, stage, policy)
            return (
                changes if changes is not None else (*ended(after, "verify", command.on), ClueClosed(clue=clue, reason="facts-corrected"))
            )
        case CaseOpen():
            return ()
        case Enrolled() as stage:
            return _recheck(command, after, stage, policy)


def _recheck(command: AnyCommand, after: Household, stage: Enrolled, policy: Policy) -> Events:
    """The moment the facts no longer hold, an exit is proposed; the moment they hold again, it is taken back."""
    changes = _risks(after, stage, policy)
    evaluation = evaluate(after, command.on, policy)
    if stage.exit_proposed and evaluation.outcome != "false":
        back = StepReturned(case=stage.case, step="exit", reason_code="facts.hold-again")
        return (*changes, *ended(after, "exit-decision", command.on), back)
    blocked = after.without_labour and policy.exit_blocked_without_labour
    if stage.exit_proposed or evaluation.outcome != "false" or not stage.helped or blocked:
        return changes
    due = policy.due("exit-decision", command.on)
    proposed = ExitProposed(case=stage.case, episode=after.episode, method="help", due=due, evaluation=evaluation)
    return (*changes, proposed, DeadlineStarted(kind="exit-decision", due=due))


def _risks(after: Household, stage: Enrolled, policy: Policy) -> Events:
    present = risks(crossing(after, policy), policy)
    added = tuple(RiskAdded(risk=risk) for risk in sorted(present - stage.risks))
    return added + tuple(RiskResolved(risk=risk) for risk in sorted(stage.risks - present))


def ended(state: Household, kind: str, on: date) -> Events:
    """An answer after the last day is a breach, whether or not the day that breached it was told before."""
    due = state.deadlines.get(kind)
    if due is None:
        return ()
    return (DeadlineMet(kind=kind),) if on <= due else (DeadlineBreached(kind=kind, due=due),)
