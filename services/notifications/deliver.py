"""The only outward effect: a channel's queued notifications leave by it; lease and outcome go through the service's own door."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.kafka import Connection
from pipeline.store import OUTAGES, Commit, Recorded
from schemas.notifications import BeginDelivery, Outcome, RecordDelivery
from services.notifications.answer import DETAIL, Lease, publish
from services.notifications.channels.outlet import Away, Letter, Outlet
from services.notifications.domain.policy import Policy
from services.notifications.letter import to_letter

log = structlog.get_logger()
MOST: Final = 50
POLL_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 2.0
FAREWELL_SECONDS: Final = 5.0
QUEUED: Final = """
SELECT notification FROM outbox WHERE state = 'queued' AND channel = $1 AND (not_before IS NULL OR not_before <= clock_timestamp())
ORDER BY position LIMIT $2"""
OURS: Final = """
SELECT o.notification, o.kind, o.household, o.area, o.due, o.correlation, o.until,
    coalesce(b.address, CASE WHEN o.channel = 'email' THEN nullif(r.address, '') END) AS address
FROM outbox o JOIN recipients r USING (recipient) LEFT JOIN address_book b ON b.entry = (r.contacts ->> o.channel)::uuid
WHERE o.state = 'sending' AND o.channel = $1 AND o.holder = $2 ORDER BY o.position"""
ABANDONED: Final = """
SELECT notification, until, holder FROM outbox
WHERE state = 'sending' AND channel = $1 AND holder <> $2 AND until < clock_timestamp() ORDER BY position LIMIT $3"""


class Delivery:
    """Runs beside the writer, one for each channel; `holder` names this run, so that nothing is sent by a run that did not lease it.

    `asked` are leases that were asked for, `answers` what became of those we got, `told` when an answer is to be told again:
    Kafka may lose either before it is read.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], kafka: Connection, policy: Policy, outlet: Outlet) -> None:
        self._pool, self._kafka, self._policy, self._outlet, self._holder = pool, kafka, policy, outlet, uuid4()
        self._asked: dict[UUID, datetime] = {}
        self._answers: dict[Lease, RecordDelivery] = {}
        self._told: dict[Lease, float] = {}
        self._awake = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - every loop hears the same
        """Something may be queued or leased."""
        self._awake.set()

    async def run(self) -> None:
        """Until cancelled; while the channel is away nothing is leased, and what was leased in vain is given back at the end."""
        producer = AIOKafkaProducer(**self._kafka.options, acks="all", enable_idempotence=True)
        try:
            await producer.start()
            while True:
                try:
                    await self._while_open(producer)
                except (*OUTAGES, Away, asyncpg.PostgresError) as error:
                    log.warning("delivery.waits", channel=self._outlet.kind, problem=type(error).__name__)
                    await asyncio.sleep(PATIENCE_SECONDS)
        except asyncio.CancelledError:
            await self._give_back(producer)
            raise
        finally:
            await producer.stop()

    async def _while_open(self, producer: AIOKafkaProducer) -> None:
        await self._outlet.open()
        try:
            while self._outlet.is_open:
                self._awake.clear()
                busy = await self._lease(producer)
                busy += await self._send_leased(producer)
                if not busy:
                    await self._idle()
        finally:
            await self._outlet.close()

    async def _idle(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)

    async def _lease(self, producer: AIOKafkaProducer) -> int:
        rows = await self._pool.fetch(QUEUED, self._outlet.kind, max(MOST, self._outlet.largest))
        waiting, now = {row[0] for row in rows}, datetime.now(UTC)
        self._asked = {notification: until for notification, until in self._asked.items() if notification in waiting and now < until}
        until = now + timedelta(seconds=self._policy.lease_seconds)
        leases = [(notification, until) for notification in waiting - self._asked.keys()]
        self._asked |= dict(leases)
        await publish(producer, [(lease, BeginDelivery(notification_id=lease[0], holder=self._holder, until=until)) for lease in leases])
        return len(leases)

    async def _send_leased(self, producer: AIOKafkaProducer) -> int:
        leased = await self._leased()
        unanswered = {lease: row for lease, row in leased.items() if lease not in self._answers}
        for call in calls(unanswered, self._policy.subjects, self._outlet.largest):
            if not self._outlet.is_open:
                break
            await _to_its_end(self._deliver(call))
        return await self._tell(producer)

    async def _leased(self) -> dict[Lease, asyncpg.Record]:
        """All that we may send; an answer is forgotten only when its lease is over, or the letter would be sent again."""
        channel = self._outlet.kind
        ours = {(row["notification"], row["until"]): row for row in await self._pool.fetch(OURS, channel, self._holder)}
        gone = {(row[0], row[1]): row[2] for row in await self._pool.fetch(ABANDONED, channel, self._holder, MOST)}
        self._answers = {lease: answer for lease, answer in self._answers.items() if lease in ours or lease in gone}
        for lease in gone.keys() - self._answers.keys():
            self._answer(lease, gone[lease], "unknown")
        for notification, _ in ours:
            self._asked.pop(notification, None)
        return ours

    async def _deliver(self, call: Mapping[Lease, Letter]) -> None:
        now = datetime.now(UTC)
        in_time = [letter for (_, until), letter in call.items() if letter.to is not None and now < until]
        became: Mapping[UUID, Outcome] = await self._outlet.send(in_time) if in_time else {}
        for (notification, until), letter in call.items():
            usual = "released" if now >= until else "failed" if letter.to is None else "unknown"
            self._answer((notification, until), self._holder, became.get(notification, usual))

    def _answer(self, lease: Lease, holder: UUID, outcome: Outcome) -> None:
        self._answers[lease] = RecordDelivery(notification_id=lease[0], holder=holder, outcome=outcome, detail=DETAIL[outcome])

    async def _tell(self, producer: AIOKafkaProducer) -> int:
        now = time.monotonic()
        self._told = {lease: again for lease, again in self._told.items() if lease in self._answers}
        untold = [(lease, answer) for lease, answer in self._answers.items() if now >= self._told.get(lease, 0.0)]
        await publish(producer, untold)
        self._told |= {lease: now + self._policy.lease_seconds for lease, _ in untold}
        return len(untold)

    async def _give_back(self, producer: AIOKafkaProducer) -> None:
        """Nobody else could know that these letters were not sent."""
        with contextlib.suppress(*OUTAGES, KafkaError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                for lease in {*await self._leased(), *self._asked.items()} - self._answers.keys():
                    self._answer(lease, self._holder, "released")
                await self._tell(producer)


def calls(rows: Mapping[Lease, asyncpg.Record], subjects: Mapping[str, str], largest: int) -> Iterator[Mapping[Lease, Letter]]:
    """Letters of the same words together, no more than `largest` in a call; the oldest first."""
    same: dict[tuple[str, str], dict[Lease, Letter]] = {}
    for lease, row in rows.items():
        letter = to_letter(row, subjects)
        same.setdefault((letter.subject, letter.text), {})[lease] = letter
    for letters in same.values():
        yield from _split(letters.items(), largest)


def _split(letters: Iterable[tuple[Lease, Letter]], largest: int) -> Iterator[Mapping[Lease, Letter]]:
    every = list(letters)
    for start in range(0, len(every), largest):
        yield dict(every[start : start + largest])


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """A letter in hand is finished when we are told to stop: nobody could say later whether it arrived."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
