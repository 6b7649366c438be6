"""The store over PostgreSQL: one schema and one role per service, one transaction per consumed batch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from pipeline.decider import Event
from pipeline.kernel import StructMapper
from pipeline.projection import Project
from pipeline.set_aside import pack, unpack
from pipeline.store import (
    Checkpoint,
    Commit,
    Fenced,
    Gap,
    Metadata,
    NewEvent,
    Partition,
    Recorded,
    SetAside,
    StreamMoved,
    Unreadable,
    Unwritable,
)
from pipeline.uuid5 import uuid5

# A writer that is stopped or cut off asks nothing any more: the server then takes the lock, and the row of the head, from it.
FROZEN: Final = "10s"
EVENT_IDS: Final = UUID("0d9a2f6e-6c5b-5f0e-9a55-5f3e0f3c7c11")
ESCAPED_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

# One statement: the head is locked and moved first, the inbox is written before the events, and a fenced writer matches no head,
# so that nothing of it moves.
APPEND: Final = """
WITH head AS (
    UPDATE log_head SET position = position + $1, recorded_at = greatest(recorded_at, clock_timestamp())
    WHERE epoch = $2 RETURNING position - $1 AS base, recorded_at
), taken AS (
    INSERT INTO inbox (digest, content, recorded_at)
    SELECT i.digest, i.content, head.recorded_at FROM head, unnest($3::bytea[], $4::bytea[]) AS i (digest, content)
    RETURNING 1
), inbox_first AS (SELECT count(*) AS messages FROM taken
), appended AS (
    INSERT INTO stored_events (originator_id, originator_version, topic, state, event_id, correlation, causation, actor, source,
        valid_on, occurred_at, notification_id, schema_version, recorded_at, pack_hash)
    SELECT e.stream, e.version, e.topic, e.state, e.event_id, e.correlation, e.causation, e.actor, e.source,
        e.valid_on, e.occurred_at, head.base + e.ordinality, e.class_version, head.recorded_at, $17
    FROM head, inbox_first, unnest($5::uuid[], $6::bigint[], $7::text[], $8::bytea[], $9::uuid[], $10::text[], $11::text[],
        $12::text[], $13::text[], $14::date[], $15::timestamptz[], $16::int[]) WITH ORDINALITY
        AS e (stream, version, topic, state, event_id, correlation, causation, actor, source, valid_on, occurred_at, class_version)
    WHERE inbox_first.messages >= 0
), read_on AS (
    INSERT INTO consumed_offsets (topic, partition, next_offset, cluster)
    SELECT o.topic, o.partition, o.next_offset, $21
    FROM head, unnest($18::text[], $19::int[], $20::bigint[]) AS o (topic, partition, next_offset)
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset, cluster = excluded.cluster
), taken_in AS (
    INSERT INTO cursors (topic, partition, position)
    SELECT c.topic, c.partition, c.position
    FROM head, unnest($22::text[], $23::int[], $24::bigint[]) AS c (topic, partition, position)
    ON CONFLICT (topic, partition) DO UPDATE SET position = greatest(cursors.position, excluded.position)
)
SELECT base, recorded_at FROM head"""
AFTER: Final = """
SELECT notification_id, originator_id, originator_version, topic, state, event_id, correlation, causation, actor, source,
    valid_on, occurred_at, recorded_at
FROM stored_events WHERE notification_id > $1 ORDER BY notification_id LIMIT $2"""
SET_ASIDE: Final = """
INSERT INTO set_aside (id, stream, topic, partition, record_offset, record_timestamp, record, sealed, reason, field, problem, remedy)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING"""
PARKED: Final = """
SELECT stream, id FROM set_aside WHERE stream = ANY($1::uuid[]) AND redriven_at IS NULL ORDER BY sequence"""
# Rows of an earlier release name no cluster: they are of the one that is there.
NAMED: Final = "UPDATE consumed_offsets SET cluster = $1 WHERE cluster = ''"
READ_ON: Final = "SELECT topic, partition, next_offset FROM consumed_offsets WHERE cluster = $1"
ENDS: Final = """
INSERT INTO relay_ends (topic, partition, next_offset) SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset"""

# Both rows carry the epoch: a relay whose writer is over waits for neither the head nor a commit to learn it.
LEAD: Final = """
WITH head AS (UPDATE log_head SET epoch = epoch + 1 RETURNING epoch)
UPDATE relay_checkpoint c SET epoch = head.epoch FROM head RETURNING c.epoch"""
RELAYED: Final = "UPDATE relay_checkpoint SET position = $1 WHERE epoch = $2 RETURNING true"
PUBLISHED: Final = """
WITH writer AS (SELECT FROM relay_checkpoint WHERE epoch = $2 FOR SHARE), marked AS (
    UPDATE set_aside SET published = true FROM writer WHERE id = ANY($1::uuid[]))
SELECT true FROM writer"""


class Seal(Protocol):
    """Encrypts the bytes of records from topics that carry personal data."""

    @property
    def personal(self) -> frozenset[str]: ...

    def close(self, plain: bytes) -> bytes: ...

    def open(self, sealed: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Log:
    """What a service brings to its log: `pack_hash` names the packs in force, `project` keeps its read models."""

    schema: str
    project: Project
    pack_hash: bytes = b""
    seal: Seal | None = None


async def connect(dsn: str, schema: str, size: int = 4) -> asyncpg.Pool[asyncpg.Record]:
    """A pool that acts as the service's own role, whoever logged in; it connects when first asked, and again after an outage."""
    settings = {"search_path": schema, "role": f"suishi_{schema}", "application_name": f"suishi-{schema}"}
    settings["idle_in_transaction_session_timeout"] = FROZEN
    return await asyncpg.create_pool(dsn, min_size=0, max_size=size, server_settings=settings, reset=_as_it_is)


async def _as_it_is(_connection: object) -> None:
    """We change no setting of a session, and asyncpg's own reset would cost a round trip per query."""


class PostgresStore:
    """The promises of `pipeline.store.Store` on one schema."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], log: Log) -> None:
        self._pool, self._log, self._mapper, self._epoch, self._cluster = pool, log, StructMapper(), -1, ""

    async def lead(self) -> None:
        self._epoch = await self._pool.fetchval(LEAD)

    async def offsets(self, cluster: str) -> dict[Partition, int]:
        self._cluster = cluster
        await self._pool.execute(NAMED, cluster)
        return {(r[0], r[1]): r[2] for r in await self._pool.fetch(READ_ON, cluster)}

    async def cursors(self) -> dict[Partition, int]:
        return {(r[0], r[1]): r[2] for r in await self._pool.fetch("SELECT topic, partition, position FROM cursors")}

    async def seen(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        rows = await self._pool.fetch("SELECT digest, content FROM inbox WHERE digest = ANY($1::bytea[])", digests)
        return {row[0]: row[1] for row in rows}

    async def histories(self, streams: Sequence[UUID]) -> dict[UUID, list[Event] | Unreadable]:
        rows = await self._pool.fetch(
            "SELECT originator_id, topic, state FROM stored_events WHERE originator_id = ANY($1::uuid[])"
            " ORDER BY originator_id, originator_version",
            streams,
        )
        found: dict[UUID, list[tuple[str, bytes]]] = {stream: [] for stream in streams}
        for stream, topic, state in rows:
            found[stream].append((topic, state))
        return {stream: self._mapper.to_history(stored) for stream, stored in found.items()}

    async def parked(self, streams: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        rows = await self._pool.fetch(PARKED, streams)
        waiting: dict[UUID, list[UUID]] = {}
        for stream, identity in rows:
            waiting.setdefault(stream, []).append(identity)
        return waiting

    async def waiting(self, rows: Sequence[UUID]) -> dict[UUID, UUID | None]:
        found = await self._pool.fetch("SELECT id, stream FROM set_aside WHERE id = ANY($1::uuid[]) AND redriven_at IS NULL", rows)
        return {row[0]: row[1] for row in found}

    async def commit(self, commit: Commit) -> list[Recorded]:
        try:
            async with self._pool.acquire() as connection:
                if not (commit.events or commit.set_aside or commit.redriven):
                    return await self._append(connection, commit)  # one statement alone is a transaction
                async with connection.transaction():
                    recorded = await self._append(connection, commit)
                    await self._put_aside(connection, commit)
                    await self._log.project(connection, recorded)
                    return recorded
        except asyncpg.UniqueViolationError as error:
            moved = error.table_name in {"inbox", "stored_events"}
            raise (StreamMoved if moved else Unwritable)(error.detail or str(error)) from error
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            raise Unwritable(str(error)) from error

    async def after(self, position: int, limit: int) -> list[Recorded]:
        rows = await self._pool.fetch(AFTER, position, limit)
        recorded = [self._recorded(row) for row in rows]
        for expected, event in enumerate(recorded, position + 1):
            if event.position != expected:
                message = f"the log of {self._log.schema} misses position {expected}; stop and run: ./suishi audit verify"
                raise Gap(message)
        return recorded

    async def head(self) -> int:
        return await self._pool.fetchval("SELECT position FROM log_head")

    async def checkpoint(self) -> Checkpoint:
        position = await self._pool.fetchval("SELECT position FROM relay_checkpoint")
        ends = await self._pool.fetch("SELECT topic, partition, next_offset FROM relay_ends")
        return Checkpoint(position, {(row[0], row[1]): row[2] for row in ends})

    async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            self._refuse_unless(await connection.fetchval(RELAYED, checkpoint.position, self._epoch))
            await connection.execute(ENDS, *by_place(checkpoint.ends))

    async def unpublished(self, limit: int) -> list[SetAside]:
        rows = await self._pool.fetch("SELECT * FROM set_aside WHERE NOT published ORDER BY sequence LIMIT $1", limit)
        return [self.to_set_aside(row) for row in rows]

    async def mark_published(self, ids: Sequence[UUID]) -> None:
        self._refuse_unless(await self._pool.fetchval(PUBLISHED, ids, self._epoch))

    def to_set_aside(self, row: asyncpg.Record) -> SetAside:
        """A row with its record; sealed bytes are opened with the service's key."""
        packed = self._log.seal.open(row["record"]) if row["sealed"] and self._log.seal else row["record"]
        record = unpack(packed, row["topic"], row["partition"], row["record_offset"], row["record_timestamp"])
        return SetAside(row["id"], record, row["stream"], row["reason"], row["field"], row["problem"], row["remedy"])

    async def _append(self, connection: Any, commit: Commit) -> list[Recorded]:  # noqa: ANN401 - pool proxy or connection
        streams, versions, events, causes = columns(commit.events, 4)
        states = [self._mapper.to_state(event) for event in events]
        refuse_nul(commit.events, states)
        ids = [event_id(self._log.schema, stream, version) for stream, version in zip(streams, versions, strict=True)]
        head = await connection.fetchrow(
            APPEND, len(events), self._epoch, list(commit.inbox), list(commit.inbox.values()),
            streams, versions, [event.TOPIC for event in events], states, ids, *columns(causes, len(Metadata._fields)),
            [event.class_version for event in events], self._log.pack_hash,
            *by_place(commit.offsets), self._cluster, *by_place(commit.cursors),
        )  # fmt: skip
        self._refuse_unless(head)
        return to_recorded(commit.events, ids, head["base"], head["recorded_at"])

    def _refuse_unless(self, matched: object) -> None:
        """What bears another epoch than ours belongs to another writer."""
        if matched is None:
            message = f"another writer leads {self._log.schema} now"
            raise Fenced(message)

    async def _put_aside(self, connection: Any, commit: Commit) -> None:  # noqa: ANN401
        if commit.set_aside:
            await connection.executemany(SET_ASIDE, (self._row(row) for row in commit.set_aside))  # large ones are packed one at a time
        if commit.redriven:
            await connection.execute("UPDATE set_aside SET redriven_at = clock_timestamp() WHERE id = ANY($1::uuid[])", commit.redriven)

    def _row(self, row: SetAside) -> tuple[object, ...]:
        record, seal = row.record, self._log.seal
        sealed = seal is not None and record.topic in seal.personal
        packed = seal.close(pack(record)) if seal is not None and sealed else pack(record)
        place = (record.topic, record.partition, record.offset, record.timestamp)
        return (row.id, row.stream, *place, packed, sealed, row.reason, row.field, row.problem, row.remedy)

    def _recorded(self, row: asyncpg.Record) -> Recorded:
        position, stream, version, topic, state, event, correlation, causation, actor, source, valid_on, occurred_at, recorded_at = row
        metadata = Metadata(correlation, causation, actor, source, valid_on, occurred_at)
        decoded = self._mapper.to_event(topic, state)
        return Recorded(position, stream, version, decoded, event, metadata, recorded_at)


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    """The columns of rows of that width, as `unnest` takes them."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def by_place(numbers: Mapping[Partition, int]) -> list[tuple[Any, ...]]:
    """Topics, partitions, and what is said of each."""
    return columns([(*place, number) for place, number in numbers.items()], 3)


def refuse_nul(events: Sequence[NewEvent], states: Sequence[bytes]) -> None:
    """U+0000 is valid JSON, and one such state would break every query of the log through jsonb; raises `Unwritable`."""
    for new, state in zip(events, states, strict=True):
        if b"\\u0000" in state and ESCAPED_NUL.search(state):
            message = f"U+0000 cannot be stored (a {new.event.TOPIC} of stream {new.stream})"
            raise Unwritable(message)


def event_id(schema: str, stream: UUID, version: int) -> UUID:
    """The same event has the same id wherever and however often it is built: UUIDv5 of service, stream and version."""
    return uuid5(EVENT_IDS, f"{schema}/{stream}/{version}")


def to_recorded(events: Sequence[NewEvent], ids: Sequence[UUID], base: int, recorded_at: datetime) -> list[Recorded]:
    return [
        Recorded(position, e.stream, e.version, e.event, identity, e.metadata, recorded_at)
        for position, (e, identity) in enumerate(zip(events, ids, strict=True), base + 1)
    ]
