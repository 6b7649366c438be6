"""What became of asking a department for a measure. Rows of the log as in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event


class ReferralSent(Event, frozen=True):
    """The department is asked for the measure and has until `due`, the last local date in time."""

    TOPIC: ClassVar = "assistance.referral-sent"
    referral: UUID
    measure: UUID
    department: str
    kind: str
    answers: tuple[str, ...]
    due: date


class ReferralAnswered(Event, frozen=True):
    """`reason_sha256` is None where nobody gave a reason here."""

    TOPIC: ClassVar = "assistance.referral-answered"
    referral: UUID
    measure: UUID
    department: str
    outcome: Literal["accepted", "declined"]
    on: date
    reason_sha256: str | None = None


class ReferralOverdue(Event, frozen=True):
    """Nobody answered until `due`: whoever is at `level` must know."""

    TOPIC: ClassVar = "assistance.referral-overdue"
    referral: UUID
    measure: UUID
    department: str
    due: date
    level: str


ReferralEvent: TypeAlias = ReferralSent | ReferralAnswered | ReferralOverdue
