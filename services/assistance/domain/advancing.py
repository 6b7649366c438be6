"""A measure goes from step to step: taken on or declined by its department, begun, delivered."""

from __future__ import annotations

from pipeline.decider import Events
from services.assistance.domain.commands import AdvanceMeasure, DeclineMeasure
from services.assistance.domain.events import MeasureAccepted, MeasureDeclined, MeasureDelivered, MeasureStarted
from services.assistance.domain.refusal import refused
from services.assistance.domain.state import NEXT, Measure, Plan, State


def advance(command: AdvanceMeasure, state: State) -> Events:
    known = state.measures.get(command.measure)
    if known is not None and command.to == "accepted" and _may_come_back(known, state.plan):
        return (MeasureAccepted(measure=command.measure, on=command.on),)
    if known is None or not known.is_open:
        return refused(command, "measure.not-open")
    if NEXT.get(known.step) != command.to:
        passed = list(NEXT.values())
        repeated = known.step in passed and passed.index(command.to) <= passed.index(known.step)
        return () if repeated else refused(command, "measure.not-ready")
    match command.to:
        case "accepted":
            return (MeasureAccepted(measure=command.measure, on=command.on),)
        case "started":
            return (MeasureStarted(measure=command.measure, on=command.on, episode=known.episode),)
        case "delivered":
            proof = command.evidence_sha256
            return (MeasureDelivered(measure=command.measure, on=command.on, evidence_sha256=proof, episode=known.episode),)


def _may_come_back(known: Measure, plan: Plan | None) -> bool:
    """Whoever declined may take it on after all, as long as the household needs it."""
    needed = plan is not None and (not known.answers or not plan.resolved.issuperset(known.answers))
    return known.step == "declined" and needed


def decline(command: DeclineMeasure, state: State) -> Events:
    """What has begun is ended, no more declined."""
    known = state.measures.get(command.measure)
    if known is None or known.step == "ended":
        return refused(command, "measure.not-open")
    if known.step == "declined":
        return ()
    if known.step not in {"proposed", "accepted"}:
        return refused(command, "measure.begun")
    return (MeasureDeclined(measure=command.measure, on=command.on, reason_sha256=command.reason_sha256),)
