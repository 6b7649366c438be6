"""What everybody of a role is told goes on, some hundreds in each commit, until nobody is left; asked by the service's own door."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid5

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.kafka import Connection
from pipeline.store import OUTAGES, Commit, Recorded
from schemas.notifications import ContinueAnnouncement
from schemas.topics import COMMANDS
from services.notifications.own_door import Sender, to_record

log = structlog.get_logger()
ANNOUNCE: Final = Sender("announce")
POLL_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 2.0
AGAIN: Final = timedelta(seconds=60)
OPEN: Final = "SELECT announcement, after FROM announcements WHERE NOT ended ORDER BY position"


class Announcing:
    """Runs beside the writer; `asked` is when each next part was asked for: Kafka may lose it before it is read."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], kafka: Connection) -> None:
        self._pool, self._kafka = pool, kafka
        self._asked: dict[ContinueAnnouncement, datetime] = {}
        self._awake = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - every loop hears the same
        """An announcement may have begun or gone on."""
        self._awake.set()

    async def run(self) -> None:
        """Until cancelled."""
        producer = AIOKafkaProducer(**self._kafka.options, acks="all", enable_idempotence=True)
        try:
            await producer.start()
            while True:
                try:
                    self._awake.clear()
                    await self._ask(producer)
                    await self._idle()
                except (*OUTAGES, KafkaError, asyncpg.PostgresError) as error:
                    log.warning("announcing.waits", problem=type(error).__name__)
                    await asyncio.sleep(PATIENCE_SECONDS)
        finally:
            await producer.stop()

    async def _idle(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)

    async def _ask(self, producer: AIOKafkaProducer) -> None:
        next_parts, now = await next_parts_of(self._pool), datetime.now(UTC)
        self._asked = {part: at for part, at in self._asked.items() if part in next_parts and now < at + AGAIN}
        for part in next_parts:
            if part not in self._asked:
                await producer.send_and_wait(COMMANDS["notifications"], **asked_for(part, now))
                self._asked[part] = now


async def next_parts_of(pool: asyncpg.Pool[asyncpg.Record]) -> list[ContinueAnnouncement]:
    """What is to be asked for next of each announcement that is not over."""
    return [ContinueAnnouncement(announcement_id=row[0], after=row[1]) for row in await pool.fetch(OPEN)]


def asked_for(part: ContinueAnnouncement, at: datetime) -> dict[str, Any]:
    """The same part is the same message, however often it is asked for."""
    identity = uuid5(part.announcement_id, str(part.after))
    return to_record(part, part.announcement_id, identity, ANNOUNCE, at)
