"""One service's log from its first event to its head: whole, readable, and the only source of its read models."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.by_service import HEAD, WORTH_A_PROCESS, Heard, Tell, each, events, in_silence, unheard
from audit.collector import without_collector
from audit.evidence import Evidence, Opened
from audit.rebuild import Rebuilt
from audit.seal.held import Held
from audit.seal.leaf import COLUMNS, SELECTED, canonical
from audit.services import AUDITED, Audited
from audit.verdict import Bad, Verdict
from local.language import say
from pipeline.kernel import StructMapper
from pipeline.postgres import event_id
from pipeline.store import Metadata, Recorded

PAGE: Final = 5_000
HOLE: Final = """
SELECT min(position) FROM (
    SELECT notification_id AS position, originator_version - lag(originator_version, 1, 0::bigint) OVER stream AS step,
        notification_id > lag(notification_id, 1, 0::bigint) OVER stream AS later
    FROM {schema}.stored_events WINDOW stream AS (PARTITION BY originator_id ORDER BY originator_version)
) AS steps WHERE step <> 1 OR NOT later"""
# What is sealed, and behind it the dates and instants as we know them.
ROWS: Final = f"""
SELECT {SELECTED}, valid_on, occurred_at, recorded_at
FROM stored_events WHERE notification_id > $1 ORDER BY notification_id LIMIT $2"""  # noqa: S608 - a constant of our own
SEALED: Final = len(COLUMNS)
CAUSE: Final = 10  # so many columns say what happened and why
ALONE: Final = Evidence()


async def verify(dsn: str, service: str, evidence: Evidence = ALONE, tell: Tell = unheard) -> Verdict:
    """Reads one snapshot as the owner or the auditor, page by page, beside the running service; nothing that lasts is written.

    Raises `audit.seal.keys.KeyProblem` for a file of the evidence that holds no key.
    """
    keys = evidence.public()
    connection = await asyncpg.connect(dsn)
    try:
        with without_collector():
            async with evidence.of(service) as copies, connection.transaction(isolation="repeatable_read"):
                return await _Pass(connection, AUDITED[service], Held(connection, service, keys), tell).verdict(copies, keys)
    finally:
        await connection.close()


def verify_all(dsn: str, evidence: Evidence = ALONE, heard: Heard = in_silence) -> Iterator[tuple[str, Verdict]]:
    """Each service with its verdict; long logs by a process each, because reading one keeps a processor busy."""
    apart = asyncio.run(events(dsn)) >= WORTH_A_PROCESS
    yield from each(partial(_verify, dsn, evidence), heard=heard, apart=apart)


def _verify(dsn: str, evidence: Evidence, service: str, tell: Tell) -> Verdict:
    return asyncio.run(verify(dsn, service, evidence, tell))


class _Pass:
    """One reading of a log."""

    def __init__(self, connection: asyncpg.Connection, audited: Audited, held: Held, tell: Tell) -> None:
        self._connection, self._audited, self._held, self._tell = connection, audited, held, tell
        self._mapper, self._rebuilt, self._read = StructMapper(), Rebuilt(connection, audited), 0

    async def verdict(self, copies: Opened, keys: Sequence[Ed25519PublicKey]) -> Verdict:
        self._audited.register()
        position, problem = None, None
        try:
            await self._rebuilt.prepare()
            await self._log()
            await copies.hold(self._connection, keys)
            await self._streams()
            await self._read_models()
        except Bad as bad:
            position, problem = bad.position, bad.problem
        return Verdict(self._read, position, problem, self._held.sealed, self._held.checkpoints, tuple(copies.missing))

    async def _log(self) -> None:
        head = await self._connection.fetchval(HEAD.format(schema=self._audited.name)) or 0
        while rows := await self._fetch(PAGE):
            await self._page(rows)
            self._tell(self._read, head)
        if self._read < head:
            lost = say(f"日志末尾缺少第 {self._read + 1} 条至第 {head} 条", f"positions {self._read + 1} to {head} are missing at the end")
            raise Bad(self._read + 1, lost)
        if self._read > head:
            raise Bad(head + 1, say("日志超出了登记的末位", "lies beyond the recorded head of the log"))
        await self._held.end()

    async def _fetch(self, limit: int) -> Sequence[asyncpg.Record]:
        """The next rows; one that holds a date beyond all dates of ours is found by halves."""
        try:
            return await self._connection.fetch(ROWS, self._read, limit)
        except (ValueError, OverflowError) as error:
            if limit == 1:
                raise Bad(self._read + 1, say("该事件含有无法解读的值", "the event holds a value that cannot be read")) from error
            return await self._fetch(limit // 2)

    async def _page(self, rows: Sequence[asyncpg.Record]) -> None:
        for expected, row in enumerate(rows, self._read + 1):
            if row["notification_id"] != expected:
                raise Bad(expected, say("该位置的事件缺失", "the event at this position is missing"))
        await self._held.take([canonical(row[:SEALED]) for row in rows])
        recorded = [self._checked(row) for row in rows]
        try:
            async with self._connection.transaction():
                await self._rebuilt.project(recorded)
        except asyncpg.PostgresError as error:
            problem = say(f"无法由日志重建读模型：{error}", f"the read models cannot be rebuilt from the log: {error}")
            raise Bad(rows[0]["notification_id"], problem) from error
        self._read += len(rows)

    def _checked(self, row: asyncpg.Record) -> Recorded:
        stream, version, topic, state, position, identity, correlation, causation, actor, source = row[:CAUSE]
        valid_on, occurred_at, recorded_at = row[SEALED:]
        metadata = Metadata(correlation, causation, actor, source, valid_on, occurred_at)
        if identity != event_id(self._audited.name, stream, version):
            raise Bad(position, say("事件编号与所在流及版本不符", "the event id does not follow from its stream and version"))
        try:
            event = self._mapper.to_event(topic, state)
        except Exception as error:
            problem = say(f"事件 {topic} 无法解读", f"the {topic} event cannot be read")
            raise Bad(position, f"{problem} ({type(error).__name__})") from error
        return self._publishable(topic, Recorded(position, stream, version, event, identity, metadata, recorded_at))

    def _publishable(self, topic: str, recorded: Recorded) -> Recorded:
        """At an event that has no message the relay would end, after every start."""
        try:
            self._audited.to_message(recorded)
        except Exception as error:
            problem = say(f"事件 {topic} 无法发布", f"the {topic} event cannot be published")
            raise Bad(recorded.position, f"{problem} ({type(error).__name__})") from error
        return recorded

    async def _streams(self) -> None:
        hole = await self._connection.fetchval(HOLE.format(schema=self._audited.name))
        if hole is not None:
            raise Bad(hole, say("所在流的版本不连续或顺序颠倒", "the versions of its stream do not count 1, 2, 3 up to it"))

    async def _read_models(self) -> None:
        if difference := await self._rebuilt.difference():
            raise Bad(None, difference)
