"""The `eventsourcing` library as persistence kernel, imported here and nowhere else in the services.

Our events are msgspec structs without identity; the library's rows add the stream and its version.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
import orjson
from eventsourcing.persistence import IntegrityError, JSONTranscoder, Mapper, MapperDeserialisationError, StoredEvent
from eventsourcing.popo import POPOProcessRecorder
from eventsourcing.utils import TopicError, register_topic, resolve_topic

from pipeline.decider import Event
from pipeline.store import NewerRelease, Unreadable

__all__ = [
    "IntegrityError",
    "POPOProcessRecorder",
    "StoredEvent",
    "StreamEvent",
    "StructMapper",
    "refuse_unfit",
    "register",
]

# Only a state whose class has versions says which it is of.
VERSIONED: Final = b'"class_version"'
ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True)
class StreamEvent:
    """An event at its place: `originator_id` is the stream, `originator_version` counts from 1."""

    originator_id: UUID
    originator_version: int
    event: Event


def register(events: Iterable[type[Event]]) -> None:
    """Make every stored topic known at start, so that a missing class is found before the first message."""
    for event in events:
        register_topic(event.TOPIC, event)


class StructMapper(Mapper[UUID]):
    """Stored state is the event's JSON; `class_version` and `upcast_vN_vM` work as in the library.

    Raises `MapperDeserialisationError` for a state that does not fit its class.
    """

    def __init__(self) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: StreamEvent) -> StoredEvent:  # pyright: ignore[reportIncompatibleMethodOverride] - ours know no stream
        event = domain_event.event
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, event.TOPIC, self.to_state(event))

    def to_domain_event(self, stored_event: StoredEvent) -> StreamEvent:  # pyright: ignore[reportIncompatibleMethodOverride] - ours know no stream
        try:
            event = self.to_event(stored_event.topic, stored_event.state)
        except Exception as error:
            place = f"stream {stored_event.originator_id}, version {stored_event.originator_version}"
            message = f"The stored {stored_event.topic} ({place}) does not fit its class; deploy the release that wrote it: {error}"
            raise MapperDeserialisationError(message) from error
        return StreamEvent(UUID(str(stored_event.originator_id)), stored_event.originator_version, event)

    def to_history(self, rows: Iterable[tuple[str, bytes]]) -> list[Event] | Unreadable:
        """The events of one stream, from topics and states; raises `NewerRelease`."""
        try:
            return [self.to_event(topic, state) for topic, state in rows]
        except NewerRelease:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it concerns this stream and no other
            return Unreadable(f"{type(error).__name__} while reading its history")

    def to_state(self, event: Event) -> bytes:
        """The state of one row."""
        state = ENCODER.encode(event)
        version = event.class_version
        return state if version == 1 else orjson.dumps({**orjson.loads(state), "class_version": version})

    def to_event(self, topic: str, state: bytes) -> Event:
        """The event of one row; raises `NewerRelease`."""
        try:
            event_class: type[Event] = resolve_topic(topic)
        except TopicError:
            raise NewerRelease(topic) from None
        newest = event_class.class_version
        if newest == 1 and VERSIONED not in state:
            return _decoder(event_class).decode(state)
        values: dict[str, Any] = orjson.loads(state)
        written = values.pop("class_version", 1)
        if written > newest:
            raise NewerRelease(topic, written)
        for version in range(written, newest):
            getattr(event_class, f"upcast_v{version}_v{version + 1}")(values)
        return msgspec.convert(values, event_class)


def refuse_unfit(event: Event) -> None:
    """What could not be read back must never be written; raises `msgspec.ValidationError` or `TypeError`."""
    _decoder(type(event)).decode(ENCODER.encode(event))


@cache
def _decoder(event_class: type[Event]) -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(event_class)
