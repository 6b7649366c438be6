"""What changed facts make of a household: clues and their end, risks, an exit proposed or taken back, deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias
from uuid import uuid5

from pipeline.decider import Event
from services.enrollment.domain.commands import AnyCommand, Fact
from services.enrollment.domain.evaluation import crossing, evaluate, risks
from services.enrollment.domain.events import (
    ClueClosed,
    ClueRaised,
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
            return _new_clue(command, state, after, policy)
        case ClueOpen(clue=clue, answered=answered):
            supported = any(fact.id not in answered for fact in crossing(after, policy).values())
            return () if supported else (*ended(after, "verify", command.on), ClueClosed(clue=clue, reason="facts-corrected"))
        case CaseOpen():
            return ()
        case Enrolled() as stage:
            return _recheck(command, after, stage, policy)


def _new_clue(command: AnyCommand, state: State, after: Household, policy: Policy) -> Events:
    """Something crosses in a series in which nothing did."""
    before = crossing(state, policy) if isinstance(state, Household) else {}
    fresh = [fact for series, fact in crossing(after, policy).items() if series not in before]
    return _raise_clue(command, fresh[0], before.values(), policy) if fresh else ()


def _raise_clue(command: AnyCommand, fact: Fact, before: Iterable[Fact], policy: Policy) -> Events:
    due = policy.due("verify", command.on)
    risk = policy.signals[fact.signal].risk if fact.signal is not None else "other"
    # the same fact stands again when its correction is withdrawn, and must raise another clue
    clue = uuid5(fact.id, f"clue {command.id}")
    answered = tuple(sorted(other.id for other in before))
    return (ClueRaised(clue=clue, risk=risk, fact=fact, due=due, answered=answered), DeadlineStarted(kind="verify", due=due))


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
