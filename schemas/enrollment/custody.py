"""What is asked and told about the data that the vault holds of a person."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from schemas.message import Message, PersonalLongText, Text, Word


class RecordReading(Message):
    """Somebody read in plain what is sealed: `what` is a person, or a dead letter, by its id; who it was is the actor."""

    TYPE: ClassVar = "suishi.enrollment.command.record-reading.v1"
    what: Text
    purpose: Word


class RequestErasure(Message):
    """Asks that nobody can read any more who this person was."""

    TYPE: ClassVar = "suishi.enrollment.command.request-erasure.v1"
    person_id: UUID
    reason: PersonalLongText


class ConfirmErasure(Message):
    """Another named person agrees, and it is done."""

    TYPE: ClassVar = "suishi.enrollment.command.confirm-erasure.v1"
    person_id: UUID


class ErasureRequested(Message):
    """Somebody asked for the erasure of a person; another has to confirm it."""

    TYPE: ClassVar = "suishi.enrollment.event.erasure-requested.v1"
    person_id: UUID


class PersonErased(Message):
    """Who this person was can be read no more; nor who those were that had been found to be one with him (`also_person_ids`)."""

    TYPE: ClassVar = "suishi.enrollment.event.person-erased.v1"
    person_id: UUID
    also_person_ids: tuple[UUID, ...] | None = None
