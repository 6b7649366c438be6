"""Whose stream does a message concern? Every message of assistance names its household."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas.enrollment import HouseholdEvent


class Found(Value, frozen=True):
    household: UUID | None


async def identify(envelopes: Sequence[Envelope]) -> list[Found]:
    return [Found(_household(envelope)) for envelope in envelopes]


def _household(envelope: Envelope) -> UUID | None:
    if isinstance(envelope.data, HouseholdEvent):
        return envelope.data.household_id
    return UUID(envelope.subject) if envelope.data.HOUSEHOLD_IS_SUBJECT else None
