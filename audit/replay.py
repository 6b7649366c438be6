"""The read models of a service built anew from its log, and held byte for byte against the live ones of the same instant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import asyncpg

from audit.by_service import HEAD, WORTH_A_PROCESS, Heard, Tell, each, events, in_silence, unheard
from audit.collector import without_collector
from audit.histories import COLUMNS, to_recorded
from audit.rebuild import Difference, Model, Rebuilt
from audit.services import AUDITED
from audit.unreadable import UnreadableLog
from audit.verdict import Bad
from local.language import say
from pipeline.store import Recorded

PAGE: Final = 5_000
MOST: Final = 20
EVENTS: Final = f"""
SELECT {COLUMNS} FROM {{schema}}.stored_events
WHERE notification_id > $1 AND notification_id <= $2 ORDER BY notification_id LIMIT $3"""  # noqa: S608 - a constant of our own


@dataclass(frozen=True)
class Replayed:
    """The read models of the first `positions` events; `head` is where the live ones stand, and only those are held against them.

    `different` rows differ in all, the first of each table are in `differences`. `problem` says why the log could not be followed,
    at position `first_bad`. `seconds` are those of reading and building, without comparing.
    """

    positions: int
    head: int
    seconds: float
    models: Mapping[str, Model]
    different: int = 0
    differences: Sequence[Difference] = ()
    first_bad: int | None = None
    problem: str | None = None

    @property
    def compared(self) -> bool:
        return self.problem is None and self.positions == self.head

    @property
    def ok(self) -> bool:
        return self.problem is None and self.different == 0

    @property
    def per_second(self) -> int:
        return round(self.positions / self.seconds) if self.seconds else 0


def replay_all(dsn: str, services: Sequence[str], to: int | None, heard: Heard = in_silence) -> Iterator[tuple[str, Replayed]]:
    """Each service in its turn, long logs side by side; `heard` is told how far each has come."""
    apart = asyncio.run(events(dsn, services)) >= WORTH_A_PROCESS
    yield from each(partial(_replay, dsn, to), services, heard, apart=apart)


def _replay(dsn: str, to: int | None, service: str, tell: Tell) -> Replayed:
    return asyncio.run(replay(dsn, service, to, tell))


async def replay(dsn: str, service: str, to: int | None = None, tell: Tell = unheard) -> Replayed:
    """Reads one snapshot as the owner or the auditor, beside the running service, up to position `to` or the head.

    What is built lies in temporary tables: it is gone with the connection, however that ends.
    """
    connection = await asyncpg.connect(dsn)
    try:
        with without_collector():
            async with connection.transaction(isolation="repeatable_read"):
                return await _Replay(connection, service, tell).to(to)
    finally:
        await connection.close()


class _Replay:
    """One building."""

    def __init__(self, connection: asyncpg.Connection, service: str, tell: Tell) -> None:
        self._connection, self._audited, self._tell = connection, AUDITED[service], tell
        self._rebuilt, self._read = Rebuilt(connection, self._audited), 0

    async def to(self, position: int | None) -> Replayed:
        self._audited.register()
        await self._rebuilt.prepare()
        head: int = await self._connection.fetchval(HEAD.format(schema=self._audited.name)) or 0
        last, began = head if position is None else min(position, head), time.monotonic()
        try:
            await self._build(last)
        except Bad as bad:
            return Replayed(self._read, head, time.monotonic() - began, {}, first_bad=bad.position, problem=bad.problem)
        seconds = time.monotonic() - began
        models = {table: await self._rebuilt.model(table) for table in self._audited.tables}
        different, differences = await self._held() if last == head else (0, [])
        return Replayed(last, head, seconds, models, different, differences)

    async def _build(self, last: int) -> None:
        self._tell(0, last)
        while self._read < last:
            page = self._followed(await self._connection.fetch(EVENTS.format(schema=self._audited.name), self._read, last, PAGE))
            try:
                await self._rebuilt.project(page)
            except asyncpg.PostgresError as error:
                problem = say(f"无法由日志重建读模型：{error}", f"the read models cannot be rebuilt from the log: {error}")
                raise Bad(page[0].position, problem) from error
            self._read = page[-1].position
            self._tell(self._read, last)

    def _followed(self, rows: Sequence[asyncpg.Record]) -> list[Recorded]:
        """Every next position, and none that the rules of this release cannot read; raises Bad."""
        places = [row["notification_id"] for row in rows] or [0]
        for expected, place in enumerate(places, self._read + 1):
            if place != expected:
                raise Bad(expected, say("该位置的事件缺失", "the event at this position is missing"))
        page = list[Recorded]()
        try:
            page.extend(to_recorded(rows))
        except UnreadableLog as unread:
            place = self._read + len(page) + 1
            raise Bad(place, say("该事件无法解读", "the event at this position cannot be read")) from unread
        return page

    async def _held(self) -> tuple[int, list[Difference]]:
        different, first = 0, list[Difference]()
        for table in self._audited.tables:
            found, total = await self._rebuilt.differences(table, MOST)
            different, first = different + total, [*first, *found]
        return different, first
