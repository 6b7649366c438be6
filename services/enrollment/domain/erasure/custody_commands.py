"""What is asked about the data that the vault holds of a person."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.enrollment.domain.asked import Command


class CustodyCommand(Command, frozen=True, kw_only=True):
    """Base of the commands of this module."""


class RecordReading(CustodyCommand, frozen=True, kw_only=True):
    """Somebody read in plain what is sealed: `what` is a person or a dead letter by its id."""

    what: str
    purpose: str


class RequestErasure(CustodyCommand, frozen=True, kw_only=True):
    """`in_register` where he is a member of a household.

    `last` is the last local date on which anything was said or recorded of him, None of whom the vault does not know.
    """

    person: UUID
    in_register: bool
    last: date | None
    reason_sha256: str


class ConfirmErasure(CustodyCommand, frozen=True, kw_only=True):
    """`also` are the entries of the vault that are one with him: a duplicate that was merged, a number that was corrected."""

    person: UUID
    in_register: bool
    last: date | None
    also: tuple[UUID, ...] = ()


AnyCustodyCommand: TypeAlias = RecordReading | RequestErasure | ConfirmErasure
