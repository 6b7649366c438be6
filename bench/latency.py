"""One message at a time at a modest rate: from a department's fact to its event, and a bare round trip through Kafka beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.ground import BARE, WIDTH
from bench.timing import quantile
from county.outgoing import Outgoing
from local.problem import Problem
from pipeline.kafka import Connection
from schemas.topics import EVENTS

PER_SECOND: Final = 50
PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Way:
    """Where the answer to a message appears, and which header of it names the message."""

    topic: str
    header: str


THROUGH_ENROLLMENT: Final = Way(EVENTS["enrollment"], "ce_causationid")
THROUGH_KAFKA: Final = Way(BARE, "ce_id")


def bare(messages: Sequence[Outgoing]) -> list[Outgoing]:
    """The same messages, for nobody but ourselves."""
    return [replace(message, topic=BARE) for message in messages]


async def milliseconds(kafka: Connection, messages: Sequence[Outgoing], way: Way) -> list[float]:
    """From each message's sending to its answer; the messages of the first second only warm everything up."""
    producer = AIOKafkaProducer(**kafka.options, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(**kafka.options, fetch_max_wait_ms=20)
    heard: dict[str, float] = {}
    await producer.start()
    await consumer.start()
    places = [TopicPartition(way.topic, number) for number in range(WIDTH)]
    consumer.assign(places)
    await consumer.seek_to_end(*places)
    listening = asyncio.create_task(_listen(consumer, way.header, heard))
    try:
        said = await _send(producer, messages)
        await _wait(said, heard)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await consumer.stop()
        await producer.stop()
    return [(heard[identity] - at) * 1000 for identity, at in list(said.items())[PER_SECOND:]]


async def _send(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> dict[str, float]:
    said, began = dict[str, float](), time.monotonic()
    for number, message in enumerate(messages):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        headers: Any = message.headers
        said[message.id] = time.monotonic()
        await producer.send_and_wait(message.topic, message.value, key=message.key, headers=headers)
    return said


async def _listen(consumer: AIOKafkaConsumer, header: str, heard: dict[str, float]) -> None:
    while True:
        for batch in (await consumer.getmany(timeout_ms=1000)).values():
            now = time.monotonic()
            for record in batch:
                named = next(value for name, value in record.headers if name == header)
                heard.setdefault((named or b"").decode(), now)


async def _wait(said: dict[str, float], heard: dict[str, float]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while missing := said.keys() - heard.keys():
        if time.monotonic() > deadline:
            message = f"{len(missing)} of {len(said)} messages were never answered"
            raise Problem(message)
        await asyncio.sleep(0.01)


def summary(ours: Sequence[float], alone: Sequence[float]) -> dict[str, float]:
    """Milliseconds, rounded to a tenth."""
    values = {"p50": (ours, 0.5), "p99": (ours, 0.99), "bare_p50": (alone, 0.5), "bare_p99": (alone, 0.99)}
    return {name: round(quantile(of, share), 1) for name, (of, share) in values.items()}
