"""Events about benefits of two layers of assistance that one person has at the same time: internal ids only."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from schemas.enrollment.events import HouseholdEvent
from schemas.message import Day, Reference, Text, Value


class HeldBenefit(Value):
    """A benefit that was granted, and the layer that it belongs to; `fact_source` and `fact_id` name the department's message."""

    benefit: Text
    layer: Text
    fact_source: Reference
    fact_id: Reference


class BenefitConflictDetected(HouseholdEvent):
    """A person, or without `person_id` the whole household, has benefits of two layers.

    The `lower` one should end on `suggested_end`, the first day with both; a named person at the department decides.
    """

    TYPE: ClassVar = "suishi.enrollment.event.benefit-conflict-detected.v1"
    person_id: UUID | None = None
    higher: HeldBenefit
    lower: HeldBenefit
    suggested_end: Day


class BenefitConflictEnded(HouseholdEvent):
    """Both are no longer granted to him here; `higher` and `lower` are the benefits."""

    TYPE: ClassVar = "suishi.enrollment.event.benefit-conflict-ended.v1"
    person_id: UUID | None = None
    higher: Text
    lower: Text
