"""What a message means to assistance beyond what it says itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from msgspec import field

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas.enrollment import HouseholdEvent, ReferralAnswered
from services.assistance.domain.referrals.referral_commands import AnswerReferral


class Found(Value, frozen=True):
    """`pairings` are the households whose pairing a day or a cadre who leaves may concern, `late` those in whose plan something is late.

    `answers` are those of departments that were read before the message that asks for them, `kept` those of an earlier batch.
    Of a pairing, `left` are the days on which its cadre left, as far as that was told before.
    `today` is the last day that began before the message, None where none ever did.
    Of a day, `care` are the care files with a week to judge or a caregiver at the limit of age: person and household by stream.
    Of two persons who are one, or two after all, `way` is who is kept, and from there everybody in whose place he is.
    """

    household: UUID | None
    pairings: tuple[UUID, ...] = ()
    late: tuple[UUID, ...] = ()
    care: Mapping[UUID, tuple[UUID, UUID]] = field(default_factory=dict[UUID, tuple[UUID, UUID]])
    way: tuple[UUID, ...] = ()
    answers: tuple[Envelope, ...] = ()
    kept: tuple[AnswerReferral, ...] = ()
    left: tuple[date, ...] = ()
    today: date | None = None


def found_by_name(envelope: Envelope, referred: Mapping[UUID, UUID]) -> Found:
    """The household that the message itself names, or that of its referral; one that nobody knows is refused in a stream of its own."""
    if isinstance(envelope.data, ReferralAnswered):
        return Found(referred.get(envelope.data.referral_id, envelope.data.referral_id))
    if isinstance(envelope.data, HouseholdEvent):
        return Found(envelope.data.household_id)
    return Found(UUID(envelope.subject) if envelope.data.HOUSEHOLD_IS_SUBJECT and envelope.subject is not None else None)
