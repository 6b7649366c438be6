"""The border of referrals: a department's answer comes in as a fact and goes out to assistance; pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pipeline.envelope import Envelope
from pipeline.uuid5 import uuid5
from schemas import enrollment as words
from schemas.clock import COUNTY_TIME
from schemas.facts import ReferralAnswered
from services.enrollment.domain.reporting import referral_answers
from services.enrollment.domain.reporting.referral_answers import HandOnAnswer
from services.enrollment.translate.facts import department_of
from services.enrollment.translate.free_text import digest_of_text


def answers_stream(referral: UUID) -> UUID:
    """Where the answers to a referral are."""
    return uuid5(referral, "answer")


def to_answer(envelope: Envelope, data: ReferralAnswered, asked: dict[str, Any]) -> tuple[UUID, HandOnAnswer]:
    """`asked` are the fields of every command."""
    answer = HandOnAnswer(
        **asked,
        referral=data.referral_id,
        department=department_of(envelope.record.topic),
        outcome=data.outcome,
        reason_sha256=digest_of_text(data),
    )
    return answers_stream(data.referral_id), answer


def to_public(event: referral_answers.ReferralAnswered) -> words.ReferralAnswered:
    return words.ReferralAnswered(
        referral_id=event.referral,
        department=event.department,
        outcome=event.outcome,
        on=event.at.astimezone(COUNTY_TIME).date(),
    )
