"""Publishes every local day once: the same day has the same message id, so that a restart repeats nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID, uuid5

from aiokafka import AIOKafkaProducer

from pipeline.envelope import COUNTY_TIME
from pipeline.store import Commit, Recorded
from schemas.clock import DayStarted
from schemas.topics import CLOCK

DAYS: Final = UUID("3c0f6c5e-2a25-5f0c-8d0e-4e7c1e1f6a10")
POLL_SECONDS: Final = 30


def day_message(day: date, at: datetime) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Value and headers of the message that starts a day."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(uuid5(DAYS, day.isoformat())).encode()),
        ("ce_source", b"/suishi/clock"),
        ("ce_type", DayStarted.TYPE.encode()),
        ("ce_time", at.astimezone(UTC).isoformat().encode()),
        ("content-type", b"application/json"),
    ]
    return DayStarted(date=day).model_dump_json().encode(), headers


class Clock:
    """Runs beside enrollment's writer, so that one process alone tells the time."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """Time does not wait for events."""

    async def run(self) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True)
        await producer.start()
        told: date | None = None
        try:
            while True:
                today = datetime.now(COUNTY_TIME).date()
                if told != today:
                    midnight = datetime.combine(today, datetime.min.time(), COUNTY_TIME)
                    value, headers = day_message(today, midnight)
                    await producer.send_and_wait(CLOCK, value, headers=headers)
                    told = today
                await asyncio.sleep(POLL_SECONDS)
        finally:
            await producer.stop()
