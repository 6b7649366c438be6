"""Publishes every local day once: the same day has the same message id, so that a restart repeats nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from pipeline.envelope import Envelope, Record, read
from pipeline.kafka import Connection
from pipeline.store import Commit, Recorded
from schemas.clock import COUNTY_TIME, DayStarted
from schemas.topics import ALLOWED, CLOCK

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

    def __init__(self, kafka: Connection) -> None:
        self._kafka = kafka

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """Time does not wait for events."""

    async def run(self) -> None:
        async with self._kafka.producer() as producer:
            told = await self._last_told()
            while True:
                for day in days_after(told, datetime.now(COUNTY_TIME).date()):
                    value, headers = day_message(day, datetime.combine(day, datetime.min.time(), COUNTY_TIME))
                    await producer.send_and_wait(CLOCK, value, headers=headers)
                    told = day
                await asyncio.sleep(POLL_SECONDS)

    async def _last_told(self) -> date | None:
        """The newest day on the topic, so that days on which nobody told the time are told now."""
        place = TopicPartition(CLOCK, 0)
        async with AIOKafkaConsumer(**self._kafka.options) as consumer:
            consumer.assign([place])
            first, end = await consumer.beginning_offsets([place]), await consumer.end_offsets([place])
            for offset in range(end[place] - 1, first[place] - 1, -1):
                consumer.seek(place, offset)
                if (day := told_by(await consumer.getone(place))) is not None:
                    return day
            return None


def told_by(record: ConsumerRecord[Any, Any]) -> date | None:
    """The day of a record, in whatever form somebody sent it; None of one that nobody can read or that is to come."""
    headers = tuple((name, value) for name, value in record.headers)
    told = Record(CLOCK, 0, record.offset, record.timestamp, record.key, record.value, headers)
    found = read(told, ALLOWED[CLOCK], happened=frozenset({DayStarted}))
    return found.data.date if isinstance(found, Envelope) and isinstance(found.data, DayStarted) else None


def days_after(told: date | None, today: date) -> list[date]:
    """Every day that is still to be told, in order: a stop of a week is seven days, the very first start is one."""
    if told is None:
        return [today]
    return [told + timedelta(days=number) for number in range(1, (today - told).days + 1)]
