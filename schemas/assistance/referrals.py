"""What is asked of departments, and what they answer."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from schemas.enrollment import HouseholdEvent
from schemas.message import Day, Message, PersonalLongText, Text


class AnswerReferral(Message):
    """Somebody writes down what the department answered; a department itself answers by its fact `referral-answered`."""

    TYPE: ClassVar = "suishi.assistance.command.answer-referral.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    referral_id: UUID
    outcome: Literal["accepted", "declined"]
    reason: PersonalLongText


class ReferralEvent(HouseholdEvent):
    """About the question whether a department does a measure."""

    referral_id: UUID
    measure_id: UUID
    department: Text


class ReferralSent(ReferralEvent):
    """The department is asked for a measure of this kind, against these risks, and has until `due` to answer."""

    TYPE: ClassVar = "suishi.assistance.event.referral-sent.v1"
    kind: Text
    answers: tuple[Text, ...]
    due: Day


class ReferralAnswered(ReferralEvent):
    """The department takes the measure on, or does not; the last answer stands."""

    TYPE: ClassVar = "suishi.assistance.event.referral-answered.v1"
    outcome: Literal["accepted", "declined"]
    on: Day


class ReferralOverdue(ReferralEvent):
    """Nobody answered until `due`; told once, to whoever answers at this `level`."""

    TYPE: ClassVar = "suishi.assistance.event.referral-overdue.v1"
    due: Day
    level: Text
