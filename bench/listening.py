"""A reader of a topic that writes down when each message came, and which of those that were sent was answered first by which of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from bench.ground import WIDTH
from local.language import say
from local.problem import Problem
from pipeline.kafka import Connection

PATIENCE_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.1
AnyRecord: TypeAlias = ConsumerRecord[Any, Any]


class Batch(NamedTuple):
    """Records that were read at one instant (seconds since 1970)."""

    read: float
    records: Sequence[AnyRecord]


class Answer(NamedTuple):
    """The first record that names a message, and when it was read (seconds since 1970)."""

    read: float
    record: AnyRecord


@asynccontextmanager
async def listening(kafka: Connection, topic: str) -> AsyncGenerator[list[Batch]]:
    """What comes on the topic from now on; the list grows while the context is open."""
    consumer = AIOKafkaConsumer(**kafka.options, fetch_max_wait_ms=20)
    await consumer.start()
    places = [TopicPartition(topic, number) for number in range(WIDTH)]
    consumer.assign(places)
    await consumer.seek_to_end(*places)
    batches: list[Batch] = []
    reading = asyncio.create_task(_read(consumer, batches))
    try:
        yield batches
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, batches: list[Batch]) -> None:
    """Headers are looked at later: the reader is to be no slower than it must."""
    while True:
        told = await consumer.getmany(timeout_ms=1000)
        now = time.time()
        batches += [Batch(now, records) for records in told.values()]


async def answers(batches: Sequence[Batch], wanted: Sequence[str], header: str) -> list[Answer]:
    """One for each message, in order; `header` of a record names the message.

    Reads the headers when there are as many records as messages, a second time only where a message had more than one.
    Raises a Problem when a message was never answered.
    """
    deadline, found = time.monotonic() + PATIENCE_SECONDS, dict[str, Answer]()
    while missing := set(wanted) - found.keys():
        if time.monotonic() > deadline:
            zh = f"{len(wanted)} 条消息中有 {len(missing)} 条始终没有回应。"
            raise Problem(say(zh, f"{len(missing)} of {len(wanted)} messages were never answered."))
        await asyncio.sleep(POLL_SECONDS)
        if sum(len(batch.records) for batch in batches) >= len(wanted):
            found = _first(batches, header)
    return [found[identity] for identity in wanted]


def _first(batches: Iterable[Batch], header: str) -> dict[str, Answer]:
    """By the id of the message."""
    found: dict[str, Answer] = {}
    for batch in batches:
        for record in batch.records:
            found.setdefault((dict(record.headers)[header] or b"").decode(), Answer(batch.read, record))
    return found
