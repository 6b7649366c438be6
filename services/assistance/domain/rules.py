"""What follows from a command; refused is an event, nothing to do is `()`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import assert_never
from uuid import UUID, uuid5

from msgspec.structs import replace

from pipeline.decider import Event
from services.assistance.domain.commands import AdvanceMeasure, AnswerRisk, AnyCommand, AssignCadre, ClosePlan, Help, OpenPlan
from services.assistance.domain.events import (
    CadreAssigned,
    CommandRefused,
    MeasureAccepted,
    MeasureDelivered,
    MeasureEnded,
    MeasureProposed,
    MeasureStarted,
    PlanClosed,
    PlanOpened,
)
from services.assistance.domain.policy import Policy
from services.assistance.domain.state import NEXT, State, Step


def decide(command: AnyCommand, state: State, policy: Policy) -> tuple[Event, ...]:
    match command:
        case AssignCadre(cadre=cadre, from_day=day):
            later = state.cadre is None or ((day, cadre) != state.cadre and day >= state.cadre[0])
            return (CadreAssigned(cadre=cadre, from_day=day),) if later else ()
        case OpenPlan():
            return _open(command, state, policy)
        case AnswerRisk(risk=risk, on=on):
            if state.plan is None or measure_id(state.plan.id, risk) in state.plan.measures:
                return ()
            return (_propose(state.plan.id, risk, on, policy),)
        case AdvanceMeasure():
            return _advance(command, state)
        case ClosePlan(on=on):
            if state.plan is None:
                return ()
            ended = tuple(MeasureEnded(measure=measure, on=on) for measure in state.plan.measures)
            return (*ended, PlanClosed(plan=state.plan.id, on=on))
        case _:
            assert_never(command)


def measure_id(plan: UUID, answers: str) -> UUID:
    return uuid5(plan, answers)


def _open(command: OpenPlan, state: State, policy: Policy) -> tuple[Event, ...]:
    plan = uuid5(command.case, f"plan {command.episode}")
    if state.plan is not None:
        return () if state.plan.id == plan else (CommandRefused(command=command.id, reason_code="plan.already-open"),)
    if command.episode <= state.episode:
        return ()
    begun = {one.answers for one in command.before}
    proposed = [_propose(plan, answers, command.on, policy) for answers in dict.fromkeys(("base", *command.risks))]
    base, *measures = (replace(one, taken_over=(one.answers or ("base",))[0] in begun) for one in proposed)
    opened = PlanOpened(plan=plan, episode=command.episode, base=base.measure, measures=tuple(m.measure for m in measures))
    return (opened, base, *measures, *(event for one in command.before for event in _begun(plan, one, command.on)))


def _begun(plan: UUID, before: Help, on: date) -> tuple[Event, ...]:
    """How far a measure had come before this log; nobody here saw the evidence."""
    measure = measure_id(plan, before.answers)
    started = (MeasureAccepted(measure=measure, on=on), MeasureStarted(measure=measure, on=on))
    return started if before.to == "started" else (*started, MeasureDelivered(measure=measure, on=on, evidence_sha256=None))


def _propose(plan: UUID, answers: str, on: date, policy: Policy) -> MeasureProposed:
    base = answers == "base"
    answer = policy.answers.get(answers, policy.base)
    return MeasureProposed(
        measure=measure_id(plan, answers),
        plan=plan,
        kind=answer.kind,
        department=answer.department,
        answers=() if base else (answers,),
        base=base,
        due=on + timedelta(days=policy.first_measure_days),
    )


def _advance(command: AdvanceMeasure, state: State) -> tuple[Event, ...]:
    measures: Mapping[UUID, Step] = state.plan.measures if state.plan is not None else {}
    now = measures.get(command.measure)
    if now is None:
        return (CommandRefused(command=command.id, reason_code="measure.not-open"),)
    if NEXT.get(now) != command.to:
        passed = list(NEXT.values())
        repeated = now in passed and passed.index(command.to) <= passed.index(now)
        return () if repeated else (CommandRefused(command=command.id, reason_code="measure.not-ready"),)
    match command.to:
        case "accepted":
            return (MeasureAccepted(measure=command.measure, on=command.on),)
        case "started":
            return (MeasureStarted(measure=command.measure, on=command.on),)
        case "delivered":
            return (MeasureDelivered(measure=command.measure, on=command.on, evidence_sha256=command.evidence_sha256),)
