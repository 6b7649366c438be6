"""One service's log from its first event to its head: whole, in its place, and as it was sealed; what it means is not asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import asyncpg
from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 - two classes of one name
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.by_service import WORTH_A_PROCESS, Heard, Tell, each, events, in_silence, unheard
from audit.collector import without_collector
from audit.evidence import Evidence, Opened
from audit.guarded import unguarded
from audit.rows import EARLIEST, NotARow, Row, read
from audit.seal.held import Held
from audit.services import AUDITED
from audit.snapshot import several_alike
from audit.verdict import Bad, Verdict
from local.language import say
from pipeline.postgres import event_id
from schemas.clock import COUNTY_TIME

HOLE: Final = """
SELECT min(position) FROM (
    SELECT notification_id AS position, originator_version - lag(originator_version, 1, 0::bigint) OVER stream AS step,
        notification_id > lag(notification_id, 1, 0::bigint) OVER stream AS later
    FROM {schema}.stored_events WHERE notification_id <= $1 WINDOW stream AS (PARTITION BY originator_id ORDER BY originator_version)
) AS steps WHERE step <> 1 OR NOT later"""
EVERY: Final = 2**63 - 1
# It moves on with what is read from Kafka as well as with each event, and none is recorded before it.
HEAD: Final = """
SELECT coalesce(max(position), 0) AS position, timestamptz_send(coalesce(max(recorded_at), '-infinity')) AS recorded,
    coalesce(max(recorded_at) > clock_timestamp() + interval '1 minute', false) AS ahead
FROM {schema}.log_head"""
# The sealer is at most two seconds behind; who stops it could change what follows.
UNSEALED: Final = """
SELECT recorded_at FROM {schema}.stored_events
WHERE notification_id = $1 + 1 AND clock_timestamp() - recorded_at NOT BETWEEN interval '-1 minute' AND interval '1 minute'"""
ALONE: Final = Evidence()


async def verify(dsn: str, service: str, evidence: Evidence = ALONE, tell: Tell = unheard) -> Verdict:
    """Reads one snapshot as the owner or the auditor, beside the running service; nothing is written.

    Raises `audit.seal.keys.KeyProblem` for a file of the evidence that holds no key.
    """
    keys = evidence.public()
    with without_collector():
        async with evidence.of(service) as copies, several_alike(dsn, 3) as (log, seals, streams):
            whole = asyncio.create_task(streams.fetchval(HOLE.format(schema=AUDITED[service].name), EVERY))
            try:
                return await _Pass(service, log, seals, Held(seals, service, keys), tell).verdict(copies, keys, whole)
            finally:
                whole.cancel()
                await asyncio.gather(whole, return_exceptions=True)


def verify_all(dsn: str, evidence: Evidence = ALONE, heard: Heard = in_silence) -> Iterator[tuple[str, Verdict]]:
    """Each service with its verdict; long logs by a process each, because reading one keeps a processor busy."""
    apart = asyncio.run(events(dsn)) >= WORTH_A_PROCESS
    yield from each(partial(_verify, dsn, evidence), heard=heard, apart=apart)


def _verify(dsn: str, evidence: Evidence, service: str, tell: Tell) -> Verdict:
    return asyncio.run(verify(dsn, service, evidence, tell))


class _Pass:
    """One reading of a log, by a connection of its own beside the one that asks for its seals."""

    def __init__(self, service: str, log: asyncpg.Connection, seals: asyncpg.Connection, held: Held, tell: Tell) -> None:
        self._service, self._log, self._seals, self._held, self._tell = service, log, seals, held, tell
        self._read, self._head, self._recorded = 0, 0, EARLIEST

    async def verdict(self, copies: Opened, keys: Sequence[Ed25519PublicKey], hole: asyncio.Task[int | None]) -> Verdict:
        """`hole` is the first event behind which the versions of its stream do not go on; PostgreSQL looks for it meanwhile."""
        bad, problem = None, await unguarded(self._seals, self._service)
        try:
            await self._rows()
            await copies.hold(self._seals, keys)
        except Bad as found:
            bad = found if (before := await self._hole_before(found)) is None else _hole(before)
        except asyncpg.InsufficientPrivilegeError:
            if problem is None:
                raise
            bad = Bad(None, problem)
        else:
            if (position := await hole) is not None:
                bad = _hole(position)
            elif keys and (since := await self._seals.fetchval(UNSEALED.format(schema=self._service), self._held.sealed)):
                bad = Bad(self._held.sealed + 1, _unsealed(self._held.sealed + 1, self._read, since))
            elif problem is not None:
                bad = Bad(None, problem)
        return self._said(bad, tuple(copies.missing))

    async def _hole_before(self, bad: Bad) -> int | None:
        """What was found first need not come first; nobody waits for the whole log then."""
        if bad.position is None:
            return None
        position: int | None = await self._seals.fetchval(HOLE.format(schema=self._service), bad.position - 1)
        return position

    def _said(self, bad: Bad | None, missing: Sequence[str]) -> Verdict:
        """Nothing from the first bad position on counts as held."""
        whole, sealed, checkpoints = self._read, self._held.sealed, self._held.checkpoints
        if bad is None:
            return Verdict(whole, None, None, sealed, checkpoints, missing)
        if bad.position is not None:
            whole = bad.position - 1
        return Verdict(whole, bad.position, bad.problem, min(sealed, whole), checkpoints, missing)

    async def _rows(self) -> None:
        head: Any = await self._seals.fetchrow(HEAD.format(schema=self._service))
        self._head = int(head["position"])
        try:
            await read(self._log, self._service, self._take)
        except NotARow as error:
            raise Bad(
                self._read + 1, say("该事件有一列为空或不是其类型的值", "a column of the event is empty or not of its type")
            ) from error
        await self._end()
        if int.from_bytes(head["recorded"], signed=True) < self._recorded:
            raise Bad(self._head, say("记录时刻晚于日志登记的末位时刻", "was recorded later than the head of the log says"))
        if head["ahead"]:
            zh = "日志登记的末位时刻晚于数据库时钟：此后的事件会被当作将来才记录的"
            raise Bad(self._head + 1, say(zh, "would be recorded in the future: the head of the log is ahead of the database's clock"))

    async def _end(self) -> None:
        """There is neither less nor more than what was recorded, and than what was sealed."""
        if self._read < self._head:
            lost = say(
                f"日志末尾缺少第 {self._read + 1} 条至第 {self._head} 条",
                f"positions {self._read + 1} to {self._head} are missing at the end",
            )
            raise Bad(self._read + 1, lost)
        if self._read > self._head:
            raise Bad(self._head + 1, say("日志超出了登记的末位", "lies beyond the recorded head of the log"))
        await self._held.end()

    async def _take(self, rows: Sequence[Row]) -> None:
        """What was sealed of an event is told before what follows from it, and nothing before what comes earlier."""
        bad, held, before = None, len(rows), self._recorded
        for place, (position, stream, version, identity, recorded, _) in enumerate(rows):
            if position != (expected := self._read + place + 1):
                bad, held = Bad(expected, say("该位置的事件缺失", "the event at this position is missing")), place
            elif identity != event_id(self._service, DriverUUID(stream), version).bytes:
                zh = "事件编号与所在流及版本不符"
                bad, held = Bad(position, say(zh, "the event id does not follow from its stream and version")), place + 1
            elif recorded < before:
                bad, held = Bad(position, say("记录时刻早于前一条", "was recorded earlier than the event before it")), place + 1
            if bad:
                break
            before = recorded
        await self._held.take([sealed for *_, sealed in rows[:held]])
        if bad:
            raise bad
        self._read, self._recorded = self._read + len(rows), before
        self._tell(self._read, self._head)


def _hole(position: int) -> Bad:
    return Bad(position, say("所在流的版本不连续或顺序颠倒", "the versions of its stream do not count 1, 2, 3 up to it"))


def _unsealed(first: int, last: int, since: datetime) -> str:
    on = since.astimezone(COUNTY_TIME).isoformat(" ", "seconds")
    zh = f"第 {first} 条至第 {last} 条自 {on} 起未封存：封存进程未运行，或封存记录被去除"
    return say(zh, f"positions {first} to {last} are not sealed, since {on}: the sealer stands still, or somebody took seals away")
