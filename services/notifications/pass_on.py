"""What is still queued for somebody who retired is taken back by the service's own door, and told to whoever has his post now."""

from __future__ import annotations

import asyncio
import contextlib
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
from schemas.notifications import WithdrawNotification
from schemas.topics import COMMANDS
from services.notifications.domain.events import RecipientRetired
from services.notifications.own_door import Sender, to_record

log = structlog.get_logger()
PASS_ON: Final = Sender("pass-on")
# What was under way when he retired may come back into the queue.
LOOK_SECONDS: Final = 60.0
NEXT_SECONDS: Final = 1.0
MOST: Final = 500
AGAIN: Final = timedelta(seconds=60)
LEFT: Final = """
SELECT notification FROM outbox JOIN recipients USING (recipient) WHERE retired AND state = 'queued' ORDER BY position LIMIT $1"""


class PassingOn:
    """Runs beside the writer; `asked` is when it was asked last: Kafka may lose a question before it is read."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], kafka: Connection) -> None:
        self._pool, self._kafka = pool, kafka
        self._asked: dict[UUID, datetime] = {}
        self._awake = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - every loop hears the same
        """Somebody may have retired."""
        if any(isinstance(one.event, RecipientRetired) for one in recorded):
            self._awake.set()

    async def run(self) -> None:
        """Until cancelled."""
        producer = AIOKafkaProducer(**self._kafka.options, acks="all", enable_idempotence=True)
        try:
            await producer.start()
            while True:
                self._awake.clear()
                wait = NEXT_SECONDS
                try:
                    wait = NEXT_SECONDS if await self._ask(producer, datetime.now(UTC)) else LOOK_SECONDS
                except (*OUTAGES, KafkaError, asyncpg.PostgresError) as error:
                    log.warning("passing-on.waits", problem=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), wait)
        finally:
            await producer.stop()

    async def _ask(self, producer: AIOKafkaProducer, now: datetime) -> int:
        """How many are left."""
        left = await left_behind(self._pool)
        self._asked = {one: at for one, at in self._asked.items() if one in left and now < at + AGAIN}
        for notification in left:
            if notification not in self._asked:
                await producer.send(COMMANDS["notifications"], **asked_for(notification, now))
                self._asked[notification] = now
        await producer.flush()
        return len(left)


async def left_behind(pool: asyncpg.Pool[asyncpg.Record]) -> list[UUID]:
    """What waits for somebody who retired, the oldest first."""
    return [row[0] for row in await pool.fetch(LEFT, MOST)]


def asked_for(notification: UUID, at: datetime) -> dict[str, Any]:
    """Asked again it is another message: he may have come back and retired again."""
    identity = uuid5(notification, f"withdraw {at.isoformat()}")
    return to_record(WithdrawNotification(notification_id=notification), notification, identity, PASS_ON, at)
