"""One service's log from its first event to its head: whole, readable, and the only source of its read models."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from typing import Final

import asyncpg

from audit.rebuild import Rebuilt
from audit.services import AUDITED, Audited
from local.language import language, say, speak
from pipeline.kernel import StructMapper
from pipeline.postgres import AFTER, event_id
from pipeline.store import Metadata, Recorded

PAGE: Final = 5_000
WORTH_A_PROCESS: Final = 50_000
HOLE: Final = """
SELECT min(position) FROM (
    SELECT notification_id AS position, originator_version - lag(originator_version, 1, 0::bigint) OVER stream AS step,
        notification_id > lag(notification_id, 1, 0::bigint) OVER stream AS later
    FROM {schema}.stored_events WINDOW stream AS (PARTITION BY originator_id ORDER BY originator_version)
) AS steps WHERE step <> 1 OR NOT later"""
HEAD: Final = "SELECT position FROM {schema}.log_head"


@dataclass(frozen=True)
class Verdict:
    """`first_bad` is a log position, None where the log is whole; `problem` says what is wrong, None when nothing is."""

    positions: int
    first_bad: int | None = None
    problem: str | None = None

    @property
    def ok(self) -> bool:
        return self.problem is None


class _Bad(Exception):  # noqa: N818 - it says what is so
    def __init__(self, position: int | None, problem: str) -> None:
        super().__init__(problem)
        self.position, self.problem = position, problem


async def verify(dsn: str, service: str) -> Verdict:
    """Reads one snapshot as the owner or the auditor, page by page, beside the running service; nothing that lasts is written."""
    connection = await asyncpg.connect(dsn)
    try:
        with _without_collector():
            async with connection.transaction(isolation="repeatable_read"):
                return await _Pass(connection, AUDITED[service]).verdict()
    finally:
        await connection.close()


def verify_all(dsn: str) -> Iterator[tuple[str, Verdict]]:
    """Each service with its verdict; long logs by a process each, because reading one keeps a processor busy."""
    if asyncio.run(_events(dsn)) < WORTH_A_PROCESS:
        yield from ((service, _verify(dsn, service)) for service in AUDITED)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(len(AUDITED), context, initializer=_work, initargs=(language(),)) as pool:
        yield from zip(AUDITED, pool.map(_verify, repeat(dsn), AUDITED), strict=True)


async def _events(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return sum([await connection.fetchval(HEAD.format(schema=service)) for service in AUDITED])
    finally:
        await connection.close()


def _work(spoken: str) -> None:
    """Ctrl-C ends a worker without a word: the one who started it speaks."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    speak(spoken)


def _verify(dsn: str, service: str) -> Verdict:
    return asyncio.run(verify(dsn, service))


@contextlib.contextmanager
def _without_collector() -> Generator[None]:
    """Events hold no cycles, and looking for cycles among them took a third of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


class _Pass:
    """One reading of a log."""

    def __init__(self, connection: asyncpg.Connection, audited: Audited) -> None:
        self._connection, self._audited = connection, audited
        self._mapper, self._rebuilt, self._read = StructMapper(), Rebuilt(connection, audited), 0

    async def verdict(self) -> Verdict:
        self._audited.register()
        try:
            await self._rebuilt.prepare()
            await self._log()
            await self._streams()
            await self._read_models()
        except _Bad as bad:
            return Verdict(self._read, bad.position, bad.problem)
        return Verdict(self._read)

    async def _log(self) -> None:
        head = await self._connection.fetchval(HEAD.format(schema=self._audited.name))
        while rows := await self._connection.fetch(AFTER, self._read, PAGE):
            await self._page(rows)
        if self._read < head:
            lost = say(f"日志末尾缺少第 {self._read + 1} 条至第 {head} 条", f"positions {self._read + 1} to {head} are missing at the end")
            raise _Bad(self._read + 1, lost)
        if self._read > head:
            raise _Bad(head + 1, say("日志超出了登记的末位", "lies beyond the recorded head of the log"))

    async def _page(self, rows: Sequence[asyncpg.Record]) -> None:
        recorded: list[Recorded] = []
        for expected, row in enumerate(rows, self._read + 1):
            recorded.append(self._checked(expected, row))
        try:
            async with self._connection.transaction():
                await self._rebuilt.project(recorded)
        except asyncpg.PostgresError as error:
            problem = say(f"无法由日志重建读模型：{error}", f"the read models cannot be rebuilt from the log: {error}")
            raise _Bad(rows[0]["notification_id"], problem) from error
        self._read += len(rows)

    def _checked(self, expected: int, row: asyncpg.Record) -> Recorded:
        position, stream, version, topic, state, identity, *metadata, recorded_at = row
        if position != expected:
            raise _Bad(expected, say("该位置的事件缺失", "the event at this position is missing"))
        if identity != event_id(self._audited.name, stream, version):
            raise _Bad(position, say("事件编号与所在流及版本不符", "the event id does not follow from its stream and version"))
        try:
            event = self._mapper.to_event(topic, state)
        except Exception as error:
            problem = say(f"事件 {topic} 无法解读", f"the {topic} event cannot be read")
            raise _Bad(position, f"{problem} ({type(error).__name__})") from error
        return self._publishable(topic, Recorded(position, stream, version, event, identity, Metadata(*metadata), recorded_at))

    def _publishable(self, topic: str, recorded: Recorded) -> Recorded:
        """At an event that has no message the relay would end, after every start."""
        try:
            self._audited.to_message(recorded)
        except Exception as error:
            problem = say(f"事件 {topic} 无法发布", f"the {topic} event cannot be published")
            raise _Bad(recorded.position, f"{problem} ({type(error).__name__})") from error
        return recorded

    async def _streams(self) -> None:
        hole = await self._connection.fetchval(HOLE.format(schema=self._audited.name))
        if hole is not None:
            raise _Bad(hole, say("所在流的版本不连续或顺序颠倒", "the versions of its stream do not count 1, 2, 3 up to it"))

    async def _read_models(self) -> None:
        if difference := await self._rebuilt.difference():
            raise _Bad(None, difference)
