"""A department's answers to one referral: enrollment hands them on, whose referral it was and what follows is assistance's to decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import field
from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.value import Value
from services.enrollment.domain.asked import Command


class HandOnAnswer(Command, frozen=True, kw_only=True):
    """`department` is the one on whose topic the answer came; `reason_sha256` is the digest of the text in the vault."""

    referral: UUID
    department: str
    outcome: Literal["accepted", "declined"]
    reason_sha256: str


class ReferralAnswered(Event, frozen=True):
    """Told by the message `reference` at the UTC instant `at`. A row of the log as in `events`."""

    TOPIC: ClassVar = "enrollment.referral-answered"
    referral: UUID
    department: str
    outcome: Literal["accepted", "declined"]
    reason_sha256: str
    at: datetime
    reference: str


class Answers(Value, frozen=True):
    """When, and by which message, each department answered last."""

    latest: Mapping[str, tuple[datetime, str]] = field(default_factory=dict[str, tuple[datetime, str]])


def evolve(state: Answers, event: ReferralAnswered) -> Answers:
    return replace(state, latest={**state.latest, event.department: (event.at, event.reference)})


def decide(command: HandOnAnswer, state: Answers) -> tuple[ReferralAnswered, ...]:
    """The latest answer of a department stands, whatever the order of arrival."""
    before = state.latest.get(command.department)
    if before is not None and before >= (command.at, command.id):
        return ()
    return (
        ReferralAnswered(
            referral=command.referral,
            department=command.department,
            outcome=command.outcome,
            reason_sha256=command.reason_sha256,
            at=command.at,
            reference=command.id,
        ),
    )
