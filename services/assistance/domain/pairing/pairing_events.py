"""Where a household is, who answers for it, and since when nobody does. Rows of the log as in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event


class HouseholdPlaced(Event, frozen=True):
    """It lives in this village from `on` on."""

    TOPIC: ClassVar = "assistance.household-placed"
    village_code: str
    category: str
    on: date


class HouseholdEnded(Event, frozen=True):
    """Nobody is a member any more from `on` on."""

    TOPIC: ClassVar = "assistance.household-ended"
    on: date


class CadreAssigned(Event, frozen=True):
    """`until` is the last day, where it was known."""

    TOPIC: ClassVar = "assistance.cadre-assigned"
    cadre: UUID
    from_day: date
    until: date | None = None


class CadreReleased(Event, frozen=True):
    """The pairing that began on `from_day` is over: `on` is the first day on which he does not answer."""

    TOPIC: ClassVar = "assistance.cadre-released"
    cadre: UUID
    from_day: date
    on: date
    reason: Literal["left", "moved", "ended"]


class CadreLeft(Event, frozen=True):
    """Whomever he was paired with before, the cadre answers for nobody from the local date `on` on; in a stream of his own."""

    TOPIC: ClassVar = "assistance.cadre-left"
    cadre: UUID
    on: date


class CadreMissing(Event, frozen=True):
    """The household must have a paired cadre and nobody answers on `on`; the last one answered until the day before `since`."""

    TOPIC: ClassVar = "assistance.cadre-missing"
    on: date
    since: date | None = None


class CadreAnswers(Event, frozen=True):
    """From the local date `on` this cadre answers for the household, None: nobody; what the dated pairings come to on that day."""

    TOPIC: ClassVar = "assistance.cadre-answers"
    cadre: UUID | None
    on: date


PairingEvent: TypeAlias = HouseholdPlaced | HouseholdEnded | CadreAssigned | CadreReleased | CadreLeft | CadreMissing | CadreAnswers
