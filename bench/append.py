"""Appending in batches of 100, and one by one: our store with all its promises, the library's recorder, and COPY."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from msgspec import to_builtins

from bench.library import Person, Register
from bench.timing import Round
from county.outgoing import Outgoing
from pipeline.envelope import Envelope, Record, read
from pipeline.kernel import StructMapper
from pipeline.postgres import PostgresStore, event_id
from pipeline.store import Commit, Metadata, NewEvent
from schemas.facts import Fact
from schemas.topics import ALLOWED
from services.enrollment.domain.events import FactRecorded
from services.enrollment.translate.facts import FACT_IDS, to_fact

BATCH: Final = 100
COPIED: Final = "CREATE TABLE copied (LIKE enrollment.stored_events INCLUDING ALL)"
COPIED_SO_FAR: Final = "SELECT coalesce(max(notification_id), 0) FROM copied"


@dataclass(frozen=True, slots=True)
class Appended:
    """A fact as an event to append, with the message it came by."""

    envelope: Envelope
    new: NewEvent


def to_append(told: Iterable[Outgoing], count: int) -> list[Appended]:
    """The first `count` facts, each once and in a stream of its own."""
    found: dict[UUID, Appended] = {}
    for message in told:
        record = Record(message.topic, 0, len(found), 0, message.key, message.value, tuple(message.headers))
        envelope = read(record, ALLOWED[message.topic])
        if isinstance(envelope, Envelope) and isinstance(envelope.data, Fact):
            person = uuid5(FACT_IDS, message.key.decode())
            fact = to_fact(envelope, envelope.data, person)
            why = Metadata(envelope.correlation, envelope.id, envelope.actor, envelope.source, fact.valid_on, envelope.time)
            found[fact.id] = Appended(envelope, NewEvent(fact.id, 1, FactRecorded(fact=fact), why))
        if len(found) == count:
            break
    return list(found.values())


async def by_ours(store: PostgresStore, batches: Sequence[Sequence[Appended]]) -> Round:
    """Inbox, events with metadata and dense positions, and offsets in one transaction; no read model."""
    commits = [
        Commit(
            inbox={one.envelope.digest: one.envelope.content for one in batch},
            events=[one.new for one in batch],
            offsets={(one.envelope.record.topic, 0): one.envelope.record.offset + 1 for one in batch},
        )
        for batch in batches
    ]
    began, count = time.monotonic(), 0
    for commit in commits:
        count += len(await store.commit(commit))
    return Round(count, time.monotonic() - began)


def by_library(register: Register, batches: Sequence[Sequence[Appended]]) -> Round:
    """From events to rows, as the library's own `save` does it."""
    events = [[_of_library(one) for one in batch] for batch in batches]
    began, count = time.monotonic(), 0
    for batch in events:
        stored = [register.mapper.to_stored_event(one) for one in batch]
        count += len(register.recorder.insert_events(stored) or ())
    return Round(count, time.monotonic() - began)


def _of_library(one: Appended) -> Any:  # noqa: ANN401 - the library makes the class of the event at run time
    fact = to_builtins(one.new.event)["fact"]
    made: Any = getattr(Person, "FactRecorded")  # noqa: B009 - no type checker knows it
    return made(originator_id=one.new.stream, originator_version=1, timestamp=one.envelope.time, fact=fact)


async def by_copy(connection: Any, batches: Sequence[Sequence[Appended]]) -> Round:  # noqa: ANN401 - an asyncpg connection
    """Our rows, made beforehand, into a table with our indexes."""
    base = await connection.fetchval(COPIED_SO_FAR)
    mapper, position = StructMapper(), base
    rows: list[list[tuple[object, ...]]] = []
    for batch in batches:
        rows.append([row(mapper, one.new, number, one.envelope.time) for number, one in enumerate(batch, position + 1)])
        position += len(batch)
    began = time.monotonic()
    for batch in rows:
        await connection.copy_records_to_table("copied", records=batch)
    return Round(position - base, time.monotonic() - began)


def row(mapper: StructMapper, new: NewEvent, position: int, recorded_at: datetime, pack_hash: bytes = b"") -> tuple[object, ...]:
    """The columns of our log."""
    why = new.metadata
    return (
        new.stream, new.version, new.event.TOPIC, mapper.to_state(new.event), position,
        event_id("enrollment", new.stream, new.version), why.correlation, why.causation, why.actor, why.source,
        1, why.valid_on, why.occurred_at, recorded_at, pack_hash,
    )  # fmt: skip
