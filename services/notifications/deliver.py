"""The only outward effect: queued notifications become e-mail; lease and outcome go through the service's own door."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import aiosmtplib
import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.kafka import Connection
from pipeline.store import OUTAGES, Commit, Recorded
from schemas.notifications import BeginDelivery, Outcome, RecordDelivery
from services.notifications.answer import DETAIL, Lease, publish
from services.notifications.domain.policy import Policy
from services.notifications.letter import SENDER, to_letter

log = structlog.get_logger()
MOST: Final = 50
POLL_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 2.0
FAREWELL_SECONDS: Final = 5.0
PERMANENT: Final = 500
QUEUED: Final = """
SELECT notification FROM outbox WHERE state = 'queued' AND (not_before IS NULL OR not_before <= clock_timestamp())
ORDER BY position LIMIT $1"""
OURS: Final = """
SELECT o.notification, o.kind, o.household, o.due, o.correlation, r.address, o.until
FROM outbox o JOIN recipients r USING (recipient) WHERE o.state = 'sending' AND o.holder = $1 ORDER BY o.position"""
ABANDONED: Final = """
SELECT notification, until, holder FROM outbox
WHERE state = 'sending' AND holder <> $1 AND until < clock_timestamp() ORDER BY position LIMIT $2"""


@dataclass(frozen=True)
class Door:
    """Where this process finds its servers; `smtp` is host:port."""

    kafka: Connection
    smtp: str


class Delivery:
    """Runs beside the writer; `holder` names this run, so that nothing is sent by a run that did not lease it.

    `asked` are leases that were asked for, `answers` what became of those we got, `told` when an answer is to be told again:
    Kafka may lose either before it is read.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], door: Door, policy: Policy) -> None:
        self._pool, self._door, self._policy, self._holder = pool, door, policy, uuid4()
        self._asked: dict[UUID, datetime] = {}
        self._answers: dict[Lease, RecordDelivery] = {}
        self._told: dict[Lease, float] = {}
        self._awake = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - every loop hears the same
        """Something may be queued or leased."""
        self._awake.set()

    async def run(self) -> None:
        """Until cancelled; while the mail server is away nothing is leased, and what was leased in vain is given back at the end."""
        producer = AIOKafkaProducer(**self._door.kafka.options, acks="all", enable_idempotence=True)
        try:
            await producer.start()
            while True:
                try:
                    await self._with_mail(producer)
                except (*OUTAGES, aiosmtplib.SMTPException, asyncpg.PostgresError) as error:
                    log.warning("delivery.waits", problem=type(error).__name__)
                    await asyncio.sleep(PATIENCE_SECONDS)
        except asyncio.CancelledError:
            await self._give_back(producer)
            raise
        finally:
            await producer.stop()

    async def _with_mail(self, producer: AIOKafkaProducer) -> None:
        host, _, port = self._door.smtp.rpartition(":")
        mail = aiosmtplib.SMTP(hostname=host, port=int(port), start_tls=False)
        await mail.connect()
        try:
            while mail.is_connected:
                self._awake.clear()
                busy = await self._lease(producer)
                busy += await self._send_leased(producer, mail)
                if not busy:
                    await self._idle()
        finally:
            mail.close()

    async def _idle(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)

    async def _lease(self, producer: AIOKafkaProducer) -> int:
        waiting, now = {row[0] for row in await self._pool.fetch(QUEUED, MOST)}, datetime.now(UTC)
        self._asked = {notification: until for notification, until in self._asked.items() if notification in waiting and now < until}
        until = now + timedelta(seconds=self._policy.lease_seconds)
        leases = [(notification, until) for notification in waiting - self._asked.keys()]
        self._asked |= dict(leases)
        await publish(producer, [(lease, BeginDelivery(notification_id=lease[0], holder=self._holder, until=until)) for lease in leases])
        return len(leases)

    async def _send_leased(self, producer: AIOKafkaProducer, mail: aiosmtplib.SMTP) -> int:
        for lease, row in (await self._leased()).items():
            if not mail.is_connected:
                break
            if lease not in self._answers:
                await _to_its_end(self._deliver(mail, lease, row))
        return await self._tell(producer)

    async def _leased(self) -> dict[Lease, asyncpg.Record]:
        """All that we may send; an answer is forgotten only when its lease is over, or the letter would be sent again."""
        ours = {(row["notification"], row["until"]): row for row in await self._pool.fetch(OURS, self._holder)}
        gone = {(row[0], row[1]): row[2] for row in await self._pool.fetch(ABANDONED, self._holder, MOST)}
        self._answers = {lease: answer for lease, answer in self._answers.items() if lease in ours or lease in gone}
        for lease in gone.keys() - self._answers.keys():
            self._answer(lease, gone[lease], "unknown")
        for notification, _ in ours:
            self._asked.pop(notification, None)
        return ours

    async def _deliver(self, mail: aiosmtplib.SMTP, lease: Lease, row: asyncpg.Record) -> None:
        in_time = datetime.now(UTC) < row["until"]
        self._answer(lease, self._holder, await self._outcome(mail, row) if in_time else "released")

    def _answer(self, lease: Lease, holder: UUID, outcome: Outcome) -> None:
        self._answers[lease] = RecordDelivery(notification_id=lease[0], holder=holder, outcome=outcome, detail=DETAIL[outcome])

    async def _outcome(self, mail: aiosmtplib.SMTP, row: asyncpg.Record) -> Outcome:
        try:
            letter = to_letter(row, self._policy.subjects)
        except Exception:  # noqa: BLE001 - the standard library raises whatever it likes at an odd address
            return "failed"
        try:
            await mail.send_message(letter, sender=SENDER, recipients=[row["address"]])
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code)
        except (ValueError, aiosmtplib.SMTPNotSupported):
            return "failed"
        except (OSError, aiosmtplib.SMTPException):
            return "unknown"
        return "sent"

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


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """A letter in hand is finished when we are told to stop: nobody could say later whether it arrived."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _refused(code: int) -> Outcome:
    """RFC 5321, 4.2.1: a 4yz reply asks to try again, as greylisting does."""
    return "failed" if code >= PERMANENT else "deferred"
