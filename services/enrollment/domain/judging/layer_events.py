"""Benefits that nobody may have at the same time, and what is to be done about them; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from pipeline.value import Value


class Held(Value, frozen=True):
    """A benefit that was granted, its layer, and the fact that says so: our id and the department's source and reference."""

    benefit: str
    layer: str
    fact: UUID
    source: str
    reference: str


class BenefitConflictDetected(Event, frozen=True):
    """`lower` is of a layer below that of `higher`, and should end on the local date `end_on`, the first with both.

    `person` is None where the whole household has both.
    """

    TOPIC: ClassVar = "enrollment.benefit-conflict-detected"
    person: UUID | None
    higher: Held
    lower: Held
    end_on: date


class BenefitConflictEnded(Event, frozen=True):
    """He no longer has both benefits here, or is no longer here."""

    TOPIC: ClassVar = "enrollment.benefit-conflict-ended"
    person: UUID | None
    higher: str
    lower: str


LayerEvent: TypeAlias = BenefitConflictDetected | BenefitConflictEnded
