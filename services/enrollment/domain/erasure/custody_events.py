"""What happened to the data that the vault holds of a person; rows of the log like those in `events`, and nothing personal in them."""

from __future__ import annotations

from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event


class CustodyEvent(Event, frozen=True):
    """Base of the events of this module."""


class DataRead(CustodyEvent, frozen=True):
    """Who read is the actor of the event."""

    TOPIC: ClassVar = "enrollment.data-read"
    what: str
    purpose: str


class ErasureRequested(CustodyEvent, frozen=True):
    TOPIC: ClassVar = "enrollment.erasure-requested"
    person: UUID
    by: str
    reason_sha256: str


class PersonErased(CustodyEvent, frozen=True):
    """From now on nobody can read who he was: the vault destroys his key as soon as it sees this, and again after an old backup.

    `also` are the entries that were one with him, destroyed with his.
    """

    TOPIC: ClassVar = "enrollment.person-erased"
    person: UUID
    by: str
    requested_by: str
    also: tuple[UUID, ...] = ()


AnyCustodyEvent: TypeAlias = DataRead | ErasureRequested | PersonErased
