"""The only outward effect: queued notifications become e-mail; lease and outcome go through the service's own door."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID, uuid4, uuid5

import aiosmtplib
import asyncpg
import structlog
from aiokafka import AIOKafkaProducer

from pipeline.kafka import Connection
from pipeline.store import Commit, Recorded
from schemas.message import Message
from schemas.notifications import BeginDelivery, RecordDelivery
from schemas.topics import COMMANDS
from services.notifications.domain import Policy

log = structlog.get_logger()
Lease: TypeAlias = tuple[UUID, datetime]
MOST: Final = 200
POLL_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 2.0
QUEUED: Final = "SELECT notification FROM outbox WHERE state = 'queued' ORDER BY position LIMIT $1"
SENDING: Final = """
SELECT o.notification, o.kind, o.household, o.due, o.correlation, r.address, o.recipient, o.holder, o.until
FROM outbox o JOIN recipients r USING (recipient)
WHERE o.state = 'sending' AND (o.holder = $2 OR o.until < clock_timestamp()) ORDER BY o.position LIMIT $1"""


@dataclass(frozen=True)
class Door:
    """Where this process finds its servers; `smtp` is host:port."""

    kafka: Connection
    smtp: str


class Delivery:
    """Runs beside the writer; `holder` names this run, so that nothing is sent by a run that did not lease it."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], door: Door, policy: Policy) -> None:
        self._pool, self._door, self._policy = pool, door, policy
        self._holder, self._asked, self._answered = uuid4(), set[UUID](), set[Lease]()
        self._awake = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - every loop hears the same
        """Something may be queued or leased."""
        self._awake.set()

    async def run(self) -> None:
        """Until cancelled; while the mail server is away nothing is leased."""
        producer = AIOKafkaProducer(**self._door.kafka.options, acks="all", enable_idempotence=True)
        await producer.start()
        try:
            while True:
                try:
                    await self._with_mail(producer)
                except (OSError, aiosmtplib.SMTPException, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                    log.warning("delivery.waits", problem=type(error).__name__)
                    await asyncio.sleep(PATIENCE_SECONDS)
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
        waiting = {row[0] for row in await self._pool.fetch(QUEUED, MOST)}
        queued = list(waiting - self._asked)
        until = datetime.now(UTC) + timedelta(seconds=self._policy.lease_seconds)
        commands = [BeginDelivery(notification_id=notification, holder=self._holder, until=until) for notification in queued]
        await self._publish(producer, [((command.notification_id, until), command) for command in commands])
        self._asked = waiting
        return len(queued)

    async def _send_leased(self, producer: AIOKafkaProducer, mail: aiosmtplib.SMTP) -> int:
        leased = {(row["notification"], row["until"]): row for row in await self._pool.fetch(SENDING, MOST, self._holder)}
        self._answered &= leased.keys()
        self._asked -= {notification for notification, _ in leased}
        outcomes: list[tuple[Lease, Message]] = []
        for lease in leased.keys() - self._answered:
            if not mail.is_connected:
                break
            row = leased[lease]
            outcome = await self._outcome(mail, row)
            if outcome is not None:
                self._answered.add(lease)
                answer = RecordDelivery(notification_id=lease[0], holder=row["holder"], outcome=outcome, detail=EMAIL_DETAIL[outcome])
                outcomes.append((lease, answer))
        await self._publish(producer, outcomes)
        return len(outcomes)

    async def _outcome(self, mail: aiosmtplib.SMTP, row: asyncpg.Record) -> Literal["sent", "failed", "unknown"] | None:
        now = datetime.now(UTC)
        if row["holder"] != self._holder:
            return "unknown" if row["until"] < now else None
        try:
            await mail.send_message(self._letter(row))
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused):
            return "failed"
        except (OSError, aiosmtplib.SMTPException):
            return "unknown"
        return "sent"

    def _letter(self, row: asyncpg.Record) -> EmailMessage:
        """No personal data: the household is named by its number in the register."""
        letter = EmailMessage()
        letter["From"], letter["To"] = "suishi@county.invalid", row["address"]
        letter["Subject"] = self._policy.subjects[row["kind"]]
        letter["Message-ID"] = f"<{row['notification']}@suishi>"
        letter["X-Notification-Id"], letter["X-Correlation-Id"] = str(row["notification"]), row["correlation"]
        due = f"\n请于 {row['due']} 前办理。 Please act by {row['due']}." if row["due"] else ""
        letter.set_content(f"户编号 Household: {row['household']}{due}\n")
        return letter

    async def _publish(self, producer: AIOKafkaProducer, commands: Sequence[tuple[Lease, Message]]) -> None:
        sent = [await producer.send(COMMANDS["notifications"], **self._record(*command)) for command in commands]
        await asyncio.gather(*sent)

    def _record(self, lease: Lease, command: Message) -> dict[str, Any]:
        """One message per lease and outcome: a letter that is refused twice is told twice."""
        notification, until = lease
        body = command.model_dump_json().encode()
        identity = uuid5(notification, f"{self._holder} {until.isoformat()} {command.TYPE} {body.decode()}")
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(identity),
            "ce_source": "/suishi/notifications/deliver",
            "ce_type": command.TYPE,
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_authid": "service:notifications",
            "content-type": "application/json",
        }
        return {"value": body, "key": str(notification).encode(), "headers": [(name, text.encode()) for name, text in headers.items()]}


EMAIL_DETAIL: Final = {
    "sent": "the mail server took it",
    "failed": "the mail server refused it",
    "unknown": "no answer before the lease ended",
}
