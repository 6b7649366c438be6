"""The border of what is asked and told about the data in the vault; pure."""

from __future__ import annotations

from datetime import date
from typing import Any, assert_never
from uuid import UUID

from pipeline.uuid5 import uuid5
from pipeline.value import Value
from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain.erasure import custody_commands as commands
from services.enrollment.domain.erasure import custody_events as events
from services.enrollment.domain.erasure.custody_commands import AnyCustodyCommand
from services.enrollment.translate.free_text import digest_of_text

CUSTODY = UUID("5d1f7c0a-6f4e-5d43-9c0b-1b8f2f6d7a31")


class Kept(Value, frozen=True):
    """What the register knows of a person: whether he is in it, and the last local date on which anything was said or recorded of him.

    Both count all who are one with him; `also` are those, without him.
    """

    in_register: bool = False
    last: date | None = None
    also: tuple[UUID, ...] = ()


def custody_stream(what: str) -> UUID:
    """Of what is in the vault: a person's or a dead letter's, whose own id is another stream."""
    return uuid5(CUSTODY, what)


def to_custody(data: Message, kept: Kept, asked: dict[str, Any]) -> tuple[UUID, AnyCustodyCommand] | None:
    match data:
        case words.RecordReading(what=what, purpose=purpose):
            return custody_stream(what), commands.RecordReading(**asked, what=what, purpose=purpose)
        case words.RequestErasure(person_id=person):
            stream = custody_stream(str(person))
            return stream, commands.RequestErasure(**asked, **_known(person, kept), reason_sha256=digest_of_text(data))
        case words.ConfirmErasure(person_id=person):
            return custody_stream(str(person)), commands.ConfirmErasure(**asked, **_known(person, kept), also=kept.also)
        case _:
            return None


def _known(person: UUID, kept: Kept) -> dict[str, Any]:
    return {"person": person, "in_register": kept.in_register, "last": kept.last}


def of_custody(stored: events.AnyCustodyEvent) -> Message | None:
    """Who read what is for the log alone."""
    match stored:
        case events.ErasureRequested(person=person):
            return words.ErasureRequested(person_id=person)
        case events.PersonErased(person=person, also=also):
            return words.PersonErased(person_id=person, also_person_ids=also or None)
        case events.DataRead():
            return None
        case _:
            assert_never(stored)
