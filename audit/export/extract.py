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

from audit.seal.hashes import sealed_rows
from audit.seal.held import Held
from audit.services import AUDITED
from audit.snapshot import whole
from audit.unreadable import UnreadableLog
from audit.verdict import Bad
from local.language import say
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
FROM {service}.stored_events WHERE notification_id BETWEEN $1 AND $2 ORDER BY notification_id"""
CHECKPOINT: Final = "SELECT size, note FROM audit.checkpoints WHERE service = $1 AND size >= $2 ORDER BY size LIMIT 1"
PERSONS: Final = """
SELECT DISTINCT person, household FROM enrollment.members
WHERE household = ANY($1::uuid[]) OR person = ANY($1::uuid[]) ORDER BY household, person"""


class Altered(Exception):  # noqa: N818 - it says what is so
    """The log is not what was sealed; the text says where, in the user's language."""

    def __init__(self, service: str, bad: Bad) -> None:
        zh = f"{service} 的第 {bad.position} 条：{bad.problem}；未写出任何文件，请执行 ./suishi audit verify。"
        super().__init__(say(zh, f"position {bad.position} of {service}: {bad.problem}; nothing was written, run ./suishi audit verify."))


@dataclass(frozen=True)
class Part:
    """Positions `first` to `last` of a log, 0 where it has none; the note of the first checkpoint over them, None where none is.

    `covered` is the last position under that checkpoint, `last` where there is none.
    """

    service: str
    first: int
    last: int
    covered: int
    checkpoint: str | None

    @property
    def events(self) -> int:
        return self.last - self.first + 1 if self.first else 0


class Extract:
    """It lives as long as the snapshot."""

    def __init__(self, connection: asyncpg.Connection, parts: Sequence[Part]) -> None:
        self._connection, self.parts = connection, parts
        self._named = set[UUID]()

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """Log by log in its order, `state` to the byte as it was recorded; raises `UnreadableLog`, and `Altered` before it has all."""
        for part in self.parts:
            try:
                async for event in self._of(part):
                    yield event
            except Bad as bad:
                raise Altered(part.service, bad) from bad

    async def persons(self) -> Sequence[tuple[UUID, UUID]]:
        """Each with the household, those who are or were members of one of which an event tells; to be asked after the events."""
        return [(row[0], row[1]) for row in await self._connection.fetch(PERSONS, list(self._named))]

    async def _of(self, part: Part) -> AsyncIterator[Mapping[str, Any]]:
        """Held against the checkpoints over them, which cover some events before and behind them as well; raises Bad."""
        if not part.first:
            return
        held = Held(self._connection, part.service, ())
        await held.begin(part.first)
        for first, last in _pages(held.sealed + 1, part.first - 1):
            await self._hold(held, part.service, first, last)
        for first, last in _pages(part.first, part.last):
            sealed = await self._hold(held, part.service, first, last)
            rows = await self._connection.fetch(EVENTS.format(service=part.service), first, last)
            for row, data in zip(rows, sealed, strict=True):
                yield self._event(part.service, dict(row), held.leaf(data))
        for first, last in _pages(part.last + 1, part.covered):
            await self._hold(held, part.service, first, last)

    async def _hold(self, held: Held, service: str, first: int, last: int) -> Sequence[bytes]:
        """The bytes that are sealed of these positions."""
        rows = await sealed_rows(self._connection, service, first, last - first + 1)
        sealed = [data for expected, (position, data) in enumerate(rows, first) if position == expected]
        await held.take(sealed)
        if first + len(sealed) <= last:
            raise Bad(first + len(sealed), say("该位置的事件缺失", "the event at this position is missing"))
        return sealed

    def _event(self, service: str, event: dict[str, Any], leaf: bytes) -> Mapping[str, Any]:
        state = event.pop("state")
        self._named |= {event["stream"], *named(event["stream"], state)}
        return {"service": service, **event, "leaf": leaf.hex(), "state": orjson.Fragment(state)}


def _pages(first: int, last: int) -> Iterator[tuple[int, int]]:
    return ((begin, min(begin + PAGE - 1, last)) for begin in range(first, last + 1, PAGE))


@asynccontextmanager
async def extract(dsn: str, first: date, last: date) -> AsyncGenerator[Extract]:
    """What was recorded from the first to the last of these local dates; as the owner or the auditor."""
    began, ended = (
        datetime.combine(day, time(), COUNTY_TIME).astimezone(UTC) for day in (max(first, EARLIEST), min(last, LATEST) + timedelta(days=1))
    )
    async with whole(dsn) as connection:
        yield Extract(connection, [await _part(connection, service, began, ended) for service in AUDITED])


async def _part(connection: asyncpg.Connection, service: str, began: datetime, ended: datetime) -> Part:
    bounds: Any = await connection.fetchrow(BOUNDS.format(service=service), began, ended)
    first, last = bounds["first"], bounds["last"]
    covering: Any = await connection.fetchrow(CHECKPOINT, service, last) if first else None
    if covering:
        return Part(service, first, last, covering["size"], covering["note"])
    return Part(service, first, last, last, None)


def named(stream: UUID, recorded: bytes) -> Iterator[UUID]:
    """The person and the household of an event whose stream is named after something else: care of a person, a letter."""
    try:
        state: dict[str, Any] = orjson.loads(recorded)
    except orjson.JSONDecodeError as error:
        raise UnreadableLog(stream) from error
    notice: dict[str, Any] = state.get("notice") or {}
    for part in (state, notice):
        yield from (UUID(part[name]) for name in ("person", "household") if part.get(name))
