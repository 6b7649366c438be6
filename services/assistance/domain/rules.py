"""What follows from a command; refused is an event, nothing to do is `()`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Events
from services.assistance.domain.advancing import advance, decline
from services.assistance.domain.care import rules as care
from services.assistance.domain.care.care_commands import CareCommand
from services.assistance.domain.care.merge_commands import PersonCommand
from services.assistance.domain.commands import (
    AdvanceMeasure,
    AnswerRisk,
    AnyCommand,
    CheckPlan,
    ClosePlan,
    DeclineMeasure,
    Draft,
    DraftPlan,
    EndMeasure,
    Help,
    OpenPlan,
    ResolveRisk,
    TellDay,
)
from services.assistance.domain.events import (
    MeasureAccepted,
    MeasureDelivered,
    MeasureEnded,
    MeasureProposed,
    MeasureStarted,
    PlanClosed,
    PlanOpened,
    PlanRevised,
    RiskLeftUnanswered,
)
from services.assistance.domain.lateness import begins_by, late
from services.assistance.domain.pairing.pairing import pair
from services.assistance.domain.pairing.pairing_commands import EndHousehold, PairingCommand
from services.assistance.domain.plan_ids import base_name, draft_name, measure_id, plan_id, risk_name
from services.assistance.domain.policy import Policy
from services.assistance.domain.referrals.referral_commands import AnswerReferral
from services.assistance.domain.referrals.referring import meant_by, not_counted
from services.assistance.domain.refusal import refused
from services.assistance.domain.state import Measure, Plan, State
from services.assistance.domain.told_days import tell
from services.assistance.domain.visits.visit_commands import VisitCommand
from services.assistance.domain.visits.visits import visit


def decide(command: AnyCommand, state: State, policy: Policy) -> Events:
    match command:
        case OpenPlan():
            return _open(command, state, policy)
        case AnswerRisk():
            return _answer(command, state.plan, policy) if state.plan is not None else ()
        case AdvanceMeasure():
            return advance(command, state)
        case DeclineMeasure():
            return decline(command, state)
        case EndMeasure(measure=measure, reason_sha256=reason):
            known = state.measures.get(measure)
            if known is None or known.step == "declined":
                return refused(command, "measure.not-open")
            return (MeasureEnded(measure=measure, on=command.on, reason_sha256=reason),) if known.is_open else ()
        case DraftPlan():
            return _draft(command, state, policy)
        case ResolveRisk(risk=risk, on=on):
            return _resolve(risk, state.plan, on, policy) if state.plan is not None else ()
        case ClosePlan(on=on):
            return _close(state.plan, on, policy) if state.plan is not None else ()
        case CheckPlan(on=on):
            return late(state, on, policy)
        case TellDay(on=on):
            return tell(on, state.told_day)
        case AnswerReferral():
            meant = meant_by(command, state)
            return (not_counted(command, meant),) if isinstance(meant, str) else decide(meant, state, policy)
        case EndHousehold(day=day, for_good=True):
            return (*pair(command, state, policy), *(MeasureEnded(measure=one, on=day, because="household-ended") for one in state.running))
        case PairingCommand():
            return pair(command, state, policy)
        case VisitCommand():
            return visit(command, state, policy)
        case CareCommand() | PersonCommand():
            return care.decide(command, state.care, policy.care, state.same_as)
        case _:
            assert_never(command)


def _open(command: OpenPlan, state: State, policy: Policy) -> Events:
    plan = plan_id(command.case, command.episode)
    if state.plan is not None:
        return () if state.plan.id == plan else refused(command, "plan.already-open")
    if command.episode <= state.episode:
        return ()
    begun = {one.answers for one in command.before}
    base, *more = _bases(plan, command.came, policy)
    base = replace(base, taken_over="base" in begun)
    risks = dict.fromkeys(command.risks)
    measures = [replace(_propose(plan, risk, risk, command.came, policy), taken_over=risk in begun) for risk in risks]
    opened = PlanOpened(
        plan=plan,
        episode=command.episode,
        base=base.measure,
        measures=tuple(m.measure for m in measures),
        before=state.last,
        more_bases=tuple(m.measure for m in more),
    )
    return (opened, base, *more, *measures, *(event for one in command.before for event in _begun(plan, one, command)))


def _begun(plan: UUID, before: Help, command: OpenPlan) -> Events:
    """How far a measure had come before this log; nobody here saw the evidence."""
    measure, on, episode = measure_id(plan, before.answers), command.on, command.episode
    started = (MeasureAccepted(measure=measure, on=on), MeasureStarted(measure=measure, on=on, episode=episode))
    if before.to == "started":
        return started
    return (*started, MeasureDelivered(measure=measure, on=on, evidence_sha256=None, episode=episode))


def _bases(plan: UUID, came: date, policy: Policy) -> Iterable[MeasureProposed]:
    for number, item in enumerate(policy.base, 1):
        yield MeasureProposed(
            measure=measure_id(plan, base_name(number)),
            plan=plan,
            kind=item.kind,
            department=item.department,
            answers=(),
            base=True,
            due=begins_by(item.kind, came, policy),
            owner=item.owner,
        )


def _propose(plan: UUID, name: str, risk: str, came: date, policy: Policy) -> MeasureProposed:
    answer = policy.answers.get(risk, policy.base[0])
    return MeasureProposed(
        measure=measure_id(plan, name),
        plan=plan,
        kind=answer.kind,
        department=answer.department,
        answers=(risk,),
        base=False,
        due=begins_by(answer.kind, came, policy),
    )


def _answer(command: AnswerRisk, plan: Plan, policy: Policy) -> Events:
    """Once, and again where what answered it is over, or had been delivered before the risk was resolved that is there again."""
    risk = command.risk
    back = (PlanRevised(plan=plan.id, risk=risk, on=command.on, open=True),) if risk in plan.resolved else ()
    before = [measure for measure in plan.measures.values() if risk in measure.answers]
    if any(measure.is_open and risk not in measure.served for measure in before):
        return back
    return (*back, _propose(plan.id, risk_name(risk, len(before) + 1), risk, command.came, policy))


def _draft(command: DraftPlan, state: State, policy: Policy) -> Events:
    """Measures and reasons that somebody adds to the open plan, all of them or none."""
    plan = state.plan
    if plan is None:
        return refused(command, "plan.not-open")
    named = {risk for draft in command.measures for risk in draft.answers} | {one.risk for one in command.unanswered}
    if not named <= plan.risks:
        return refused(command, "risk.not-in-plan")
    names = (draft_name(command.source, command.id, number) for number in range(len(command.measures)))
    drafted = (_drafted(plan.id, name, draft, command.came, policy) for name, draft in zip(names, command.measures, strict=True))
    proposed = tuple(one for one in drafted if one.measure not in plan.measures)
    told = (RiskLeftUnanswered(plan=plan.id, risk=one.risk, reason_sha256=one.reason_sha256) for one in command.unanswered)
    return (*proposed, *(one for one in told if plan.unanswered.get(one.risk) != one.reason_sha256))


def _drafted(plan: UUID, name: str, draft: Draft, came: date, policy: Policy) -> MeasureProposed:
    return MeasureProposed(
        measure=measure_id(plan, name),
        plan=plan,
        kind=draft.kind,
        department=draft.department,
        answers=draft.answers,
        base=False,
        due=begins_by(draft.kind, came, policy, draft.from_day),
        amount_fen=draft.amount_fen,
        from_day=draft.from_day,
        to_day=draft.to_day,
    )


def _resolve(risk: str, plan: Plan, on: date, policy: Policy) -> Events:
    """What answers no other risk that is left and reached nobody yet is over, unless it began and ends by itself."""
    if risk not in plan.risks or risk in plan.resolved:
        return ()
    gone = plan.resolved | {risk}
    ended = (
        MeasureEnded(measure=identity, on=on, because="risk-resolved")
        for identity, measure in plan.measures.items()
        if risk in measure.answers and gone.issuperset(measure.answers) and _stops(measure, policy)
    )
    return (PlanRevised(plan=plan.id, risk=risk, on=on, open=False), *ended)


def _stops(measure: Measure, policy: Policy) -> bool:
    return measure.is_open and measure.step != "delivered" and not _runs_on(measure, policy)


def _close(plan: Plan, on: date, policy: Policy) -> Events:
    """Out at once: all stops that day but what has begun and ends by itself."""
    running = tuple(identity for identity, measure in plan.measures.items() if measure.is_open and _runs_on(measure, policy))
    return (*_ended(plan, running, on), PlanClosed(plan=plan.id, on=on, running=running))


def _ended(plan: Plan, running: tuple[UUID, ...], on: date) -> Iterable[MeasureEnded]:
    for identity, measure in plan.measures.items():
        if measure.is_open and identity not in running:
            yield MeasureEnded(measure=identity, on=on, because="plan-closed")


def _runs_on(measure: Measure, policy: Policy) -> bool:
    return measure.kind in policy.natural_end and measure.step in {"started", "delivered"}
