"""What enrollment says of the departments' answers to assistance's referrals: their facts come in by its door alone."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from schemas.message import Day, Message, Text


class ReferralAnswered(Message):
    """The department on whose topic the answer came, and the local date `on` that it bears; its words stay with enrollment."""

    TYPE: ClassVar = "suishi.enrollment.event.referral-answered.v1"
    referral_id: UUID
    department: Text
    outcome: Literal["accepted", "declined"]
    on: Day
