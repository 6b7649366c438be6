"""The events of the three logs that were recorded on some days, and the persons whom they are about, from one snapshot."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from audit.seal.hashes import LEAF_HASHES, SHA256, leaves
from audit.seal.note import BadNote, Checkpoint, unverified
from audit.services import AUDITED
from audit.snapshot import snapshot
from audit.unreadable import UnreadableLog
from schemas.clock import COUNTY_TIME

PAGE: Final = 2_000
# Earlier and later days are taken as these: the midnights of those are, in Greenwich, not in the calendar.
EARLIEST, LATEST = date(2, 1, 1), date(9998, 12, 31)
BOUNDS: Final = """
SELECT coalesce(min(notification_id), 0) AS first, coalesce(max(notification_id), 0) AS last
FROM {service}.stored_events WHERE recorded_at >= $1 AND recorded_at < $2"""
EVENTS: Final = """
SELECT notification_id AS position, event_id, originator_id AS stream, originator_version AS version, topic, recorded_at, occurred_at,
    valid_on, actor, source, correlation, causation, encode(pack_hash, 'hex') AS pack_hash, state
FROM {service}.stored_events WHERE notification_id BETWEEN $1 AND $2 ORDER BY notification_id LIMIT $3"""
# What it says of the leaves holds for the whole log.
FIRST: Final = "SELECT note FROM audit.checkpoints WHERE service = $1 ORDER BY size LIMIT 1"
CHECKPOINT: Final = "SELECT note FROM audit.checkpoints WHERE service = $1 AND size >= $2 ORDER BY size LIMIT 1"
PERSONS: Final = """
SELECT DISTINCT person, household FROM enrollment.members
WHERE household = ANY($1::uuid[]) OR person = ANY($1::uuid[]) ORDER BY household, person"""


@dataclass(frozen=True)
class Part:
    """Positions `first` to `last` of a log, 0 where it has none; the note of the first checkpoint over them, None where none is.

    `leaves` is the hash of the log's leaves, which are what the tree under its checkpoints is made of.
    """

    service: str
    first: int
    last: int
    checkpoint: str | None
    leaves: str = SHA256

    @property
    def events(self) -> int:
        return self.last - self.first + 1 if self.first else 0


class Extract:
    """It lives as long as the snapshot."""

    def __init__(self, connection: asyncpg.Connection, parts: Sequence[Part]) -> None:
        self._connection, self.parts = connection, parts
        self._named = set[UUID]()

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """Log by log in its order, `state` to the byte as it was recorded; raises `UnreadableLog`."""
        for part in self.parts:
            position = part.first
            while part.first and (rows := await self._page(part, position)):
                for row, leaf in zip(rows, await self._leaves(part, position, len(rows)), strict=True):
                    event = dict(row)
                    state = event.pop("state")
                    self._named |= {event["stream"], *named(event["stream"], state)}
                    yield {"service": part.service, **event, "leaf": leaf, "state": orjson.Fragment(state)}
                position = rows[-1]["position"] + 1

    async def persons(self) -> Sequence[tuple[UUID, UUID]]:
        """Each with the household, those who are or were members of one of which an event tells; to be asked after the events."""
        return [(row[0], row[1]) for row in await self._connection.fetch(PERSONS, list(self._named))]

    async def _page(self, part: Part, position: int) -> Sequence[asyncpg.Record]:
        return await self._connection.fetch(EVENTS.format(service=part.service), position, part.last, PAGE)

    async def _leaves(self, part: Part, position: int, most: int) -> Sequence[str | None]:
        """None of a hash that this release does not know."""
        if part.leaves not in LEAF_HASHES:
            return [None] * most
        return [leaf.hex() for _, leaf in await leaves(self._connection, part.service, position, most, part.leaves)]


@asynccontextmanager
async def extract(dsn: str, first: date, last: date) -> AsyncGenerator[Extract]:
    """What was recorded from the first to the last of these local dates; as the owner or the auditor."""
    began, ended = (
        datetime.combine(day, time(), COUNTY_TIME).astimezone(UTC) for day in (max(first, EARLIEST), min(last, LATEST) + timedelta(days=1))
    )
    async with snapshot(dsn) as connection:
        yield Extract(connection, [await _part(connection, service, began, ended) for service in AUDITED])


async def _part(connection: asyncpg.Connection, service: str, began: datetime, ended: datetime) -> Part:
    bounds = await connection.fetchrow(BOUNDS.format(service=service), began, ended)
    assert bounds is not None  # noqa: S101 - an aggregate has a row
    note = await connection.fetchval(CHECKPOINT, service, bounds["last"]) if bounds["first"] else None
    begun = _read(await connection.fetchval(FIRST, service))
    return Part(service, bounds["first"], bounds["last"], note if _read(note) else None, begun.leaves if begun else SHA256)


def _read(note: str | None) -> Checkpoint | None:
    """What somebody put in its place is none; `./suishi audit verify` says so."""
    try:
        return unverified(note or "")
    except BadNote:
        return None


def named(stream: UUID, recorded: bytes) -> Iterator[UUID]:
    """The person and the household of an event whose stream is named after something else: care of a person, a letter."""
    try:
        state: dict[str, Any] = orjson.loads(recorded)
    except orjson.JSONDecodeError as error:
        raise UnreadableLog(stream) from error
    notice: dict[str, Any] = state.get("notice") or {}
    for part in (state, notice):
        yield from (UUID(part[name]) for name in ("person", "household") if part.get(name))
