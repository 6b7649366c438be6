"""The read models of a service built anew from its log, and held byte for byte against the live ones of the same instant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import asyncpg

from audit.built_anew import BuiltAnew, Difference, Model
from audit.by_service import HEAD, WORTH_A_PROCESS, Heard, Tell, each, events, in_silence, unheard
from audit.collector import without_collector
from audit.recorded import following
from audit.services import AUDITED
from audit.snapshot import several_alike
from audit.verdict import Bad
from local.language import say
from pipeline.store import Recorded

MOST: Final = 20


@dataclass(frozen=True)
class Replayed:
    """The read models of the first `positions` events; `head` is where the live ones stand, and only those are held against them.

    With `messages` each event can be published. `different` rows differ in all, the first of each table are in `differences`. `problem`
    says why the log could not be followed, at position `first_bad`. `seconds` are those of reading and building, without comparing.
    """

    positions: int
    head: int
    seconds: float
    models: Mapping[str, Model]
    messages: bool = False
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


def replay_all(
    dsn: str, services: Sequence[str] = tuple(AUDITED), to: int | None = None, heard: Heard = in_silence, *, messages: bool = False
) -> Iterator[tuple[str, Replayed]]:
    """Each service in its turn, long logs side by side; `heard` is told how far each has come."""
    apart = asyncio.run(events(dsn, services)) >= WORTH_A_PROCESS
    yield from each(partial(_replay, dsn, to, messages), services, heard, apart=apart)


def _replay(dsn: str, to: int | None, messages: bool, service: str, tell: Tell) -> Replayed:  # noqa: FBT001 - goes to another process
    return asyncio.run(replay(dsn, service, to, tell, messages=messages))


async def replay(dsn: str, service: str, to: int | None = None, tell: Tell = unheard, *, messages: bool = False) -> Replayed:
    """Reads one snapshot as the owner or the auditor, beside the running service, up to position `to` or the head.

    With `messages` each event is also made the message that fills an empty Kafka with it. What is built lies in temporary tables:
    it is gone with the connection, however that ends.
    """
    with without_collector():
        async with several_alike(dsn, 2, readonly=False) as (log, tables):
            return await _Replay(log, tables, service, tell, messages=messages).to(to)


class _Replay:
    """One building: a page of the log is read and decoded while the database writes what came of the one before."""

    def __init__(self, log: asyncpg.Connection, tables: asyncpg.Connection, service: str, tell: Tell, *, messages: bool) -> None:
        self._log, self._audited, self._tell, self._messages = log, AUDITED[service], tell, messages
        self._anew, self._read = BuiltAnew(tables, self._audited), 0

    async def to(self, position: int | None) -> Replayed:
        self._audited.register()
        await self._anew.prepare()
        head: int = await self._log.fetchval(HEAD.format(schema=self._audited.name)) or 0
        last, began = head if position is None else min(position, head), time.monotonic()
        try:
            await self._build(last)
        except Bad as bad:
            return Replayed(self._read, head, time.monotonic() - began, {}, first_bad=bad.position, problem=bad.problem)
        seconds = time.monotonic() - began
        models = {table: await self._anew.model(table) for table in self._audited.tables}
        different, differences = await self._held() if last == head else (0, [])
        return Replayed(last, head, seconds, models, self._messages, different, differences)

    async def _build(self, last: int) -> None:
        self._tell(0, last)
        coming = asyncio.create_task(self._next(0, last))
        try:
            while self._read < last:
                page = await coming
                coming = asyncio.create_task(self._next(page[-1].position, last))
                await self._project(page)
                self._read = page[-1].position
                self._tell(self._read, last)
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _project(self, page: Sequence[Recorded]) -> None:
        try:
            await self._anew.project(page)
        except asyncpg.PostgresError as error:
            problem = say(f"无法由日志重建读模型：{error}", f"the read models cannot be rebuilt from the log: {error}")
            raise Bad(page[0].position, problem) from error

    async def _next(self, after: int, last: int) -> list[Recorded]:
        """Nothing behind the last, and none that cannot be published, if that is asked; raises Bad."""
        page = await following(self._log, self._audited.name, after, last) if after < last else []
        for one in page if self._messages else ():
            self._publishable(one)
        return page

    def _publishable(self, recorded: Recorded) -> None:
        """At an event that has no message the relay would end, after every start."""
        try:
            self._audited.to_message(recorded)
        except Exception as error:
            problem = say("该事件无法发布", "the event at this position cannot be published")
            raise Bad(recorded.position, problem) from error

    async def _held(self) -> tuple[int, list[Difference]]:
        different, first = 0, list[Difference]()
        for table in self._audited.tables:
            found, total = await self._anew.differences(table, MOST)
            different, first = different + total, [*first, *found]
        return different, first
