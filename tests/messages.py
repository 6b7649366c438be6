"""A message as it comes through the door, and an event as it leaves the log, for tests of what lies between."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from pipeline.decider import Event
from pipeline.envelope import Envelope, Record
from pipeline.store import Metadata, Recorded
from schemas.message import Message

TODAY: Final = date(2021, 1, 5)
TOPIC: Final = "suishi.facts.health.v1"
EVENT_ID: Final = UUID(int=77)


def envelope(data: Message, identity: str = "message", *, subject: UUID | None = None, **other: Any) -> Envelope:  # noqa: ANN401
    """Said by `/department` at noon in Shandong."""
    digest = sha256(f"{other.get('source')} {identity}".encode()).digest()[:16]
    said = {
        "record": Record(TOPIC, 0, 0, 0, None, b"", ()),
        "id": identity,
        "source": "/department",
        "time": datetime.combine(TODAY, time(4), UTC),
        "subject": str(subject) if subject is not None else None,
        "actor": "clerk",
        "correlation": identity,
        "position": None,
        "digest": digest,
        "content": digest,
    }
    return Envelope(**{**said, **other, "data": data})


def recorded(event: Event, stream: UUID, *, position: int = 1, on: date = TODAY) -> Recorded:
    at = datetime.combine(on, time(4), UTC)
    return Recorded(position, stream, 1, event, EVENT_ID, Metadata("correlation", "cause", "clerk", "/test", on, at), at)
