"""What nobody acknowledged in time is asked about by the service's own door, so that the next level hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.kafka import Connection
from pipeline.store import OUTAGES, Commit, Recorded
from schemas.notifications import EscalateNotification
from schemas.topics import COMMANDS
from services.notifications.domain.policy import Policy
from services.notifications.own_door import Sender, to_record

log = structlog.get_logger()
REMIND: Final = Sender("remind")
LOOK_SECONDS: Final = 10.0
MOST: Final = 500
AGAIN: Final = timedelta(seconds=60)
# A part for each index: what was told, and what is urgent and still queued.
DUE: Final = """
SELECT notification FROM (
    SELECT *, told_at AS since FROM outbox WHERE state IN ('sent', 'unknown', 'failed')
    UNION ALL SELECT *, queued_at FROM outbox WHERE state = 'queued' AND digest_at IS NULL AND urgency = 'urgent'
) AS unanswered JOIN unnest($1::text[], $2::int[]) AS wait (urgency, hours) USING (urgency)
WHERE escalates AND NOT escalated AND since + make_interval(hours => hours) <= $3
AND level = ANY($4) AND NOT EXISTS (
    SELECT FROM outbox same
    WHERE same.event = unanswered.event AND same.recipient = unanswered.recipient AND same.state = 'acknowledged')
ORDER BY since LIMIT $5"""


class Reminding:
    """Runs beside the writer; `asked` is when it was asked last: Kafka may lose a question before it is read."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], kafka: Connection, policy: Policy) -> None:
        self._pool, self._kafka, self._policy = pool, kafka, policy
        self._asked: dict[UUID, datetime] = {}

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """Hours do not wait for events."""

    async def run(self) -> None:
        """Until cancelled."""
        producer = AIOKafkaProducer(**self._kafka.options, acks="all", enable_idempotence=True)
        try:
            await producer.start()
            while True:
                try:
                    await self._ask(producer, datetime.now(UTC))
                except (*OUTAGES, KafkaError, asyncpg.PostgresError) as error:
                    log.warning("reminding.waits", problem=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            await producer.stop()

    async def _ask(self, producer: AIOKafkaProducer, now: datetime) -> None:
        due = await overdue(self._pool, self._policy, now)
        self._asked = {one: at for one, at in self._asked.items() if one in due and now < at + AGAIN}
        for notification in due:
            if notification not in self._asked:
                await producer.send(COMMANDS["notifications"], **asked_for(notification, now))
                self._asked[notification] = now
        await producer.flush()


async def overdue(pool: asyncpg.Pool[asyncpg.Record], policy: Policy, now: datetime) -> list[UUID]:
    """What asks for an answer, got none for its hours, and has a level above; the oldest first.

    Its hours begin when it was told. What is urgent and still queued, whatever its channel lacks, has had no answer since it was queued.
    """
    hours, levels = policy.escalation.hours, list(policy.escalation.to)
    return [row[0] for row in await pool.fetch(DUE, list(hours), list(hours.values()), now, levels, MOST)]


def asked_for(notification: UUID, at: datetime) -> dict[str, Any]:
    """Asked again it is another message: the first one may have come too early for the rules."""
    identity = uuid5(notification, f"escalate {at.isoformat()}")
    return to_record(EscalateNotification(notification_id=notification), notification, identity, REMIND, at)
