"""The door out for layers of assistance: their stored events become public messages; pure."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain.judging.layer_events import BenefitConflictDetected, BenefitConflictEnded, Held, LayerEvent


def of_layers(household: UUID, event: LayerEvent) -> Message:
    match event:
        case BenefitConflictDetected(person=person, higher=higher, lower=lower, end_on=day):
            two = {"higher": _held(higher), "lower": _held(lower)}
            return words.BenefitConflictDetected(household_id=household, person_id=person, **two, suggested_end=day)
        case BenefitConflictEnded(person=person, higher=higher, lower=lower):
            return words.BenefitConflictEnded(household_id=household, person_id=person, higher=higher, lower=lower)
        case _:
            assert_never(event)


def _held(held: Held) -> words.HeldBenefit:
    return words.HeldBenefit(benefit=held.benefit, layer=held.layer, fact_source=held.source, fact_id=held.reference)
