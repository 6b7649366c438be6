"""What the rules know of a referral."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID, uuid5

from pipeline.value import Value


class Referral(Value, frozen=True):
    """`due` is the last local date in time; `overdue` says that the silence was told."""

    id: UUID
    department: str
    due: date
    overdue: bool = False


class UnmatchedAnswer(Value, frozen=True):
    """What a department answered `on` a local date to a referral that nobody has sent yet; it counts when somebody does."""

    referral: UUID
    department: str
    outcome: Literal["accepted", "declined"]
    on: date


def referral_id(measure: UUID) -> UUID:
    return uuid5(measure, "referral")
