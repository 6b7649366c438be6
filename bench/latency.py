"""One message at a time at a modest rate: from a department's fact to its event, and a bare round trip through Kafka beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from aiokafka import AIOKafkaProducer

from bench.ground import BARE
from bench.listening import answers, listening
from bench.timing import quantile
from county.outgoing import Outgoing
from pipeline.kafka import Connection
from schemas.topics import EVENTS

PER_SECOND: Final = 50


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
    async with kafka.producer() as producer, listening(kafka, way.topic) as batches:
        said = await _send(producer, messages)
        heard = await answers(batches, list(said), way.header)
    taken = [(answer.read - at) * 1000 for answer, at in zip(heard, said.values(), strict=True)]
    return taken[PER_SECOND:]


async def _send(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> dict[str, float]:
    """When each was sent (seconds since 1970), by its id."""
    said, began = dict[str, float](), time.monotonic()
    for number, message in enumerate(messages):
        await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        said[message.id] = time.time()
        await producer.send_and_wait(**message.record)
    return said


def summary(ours: Sequence[float], alone: Sequence[float]) -> dict[str, float]:
    """Milliseconds, rounded to a tenth."""
    values = {"p50": (ours, 0.5), "p99": (ours, 0.99), "bare_p50": (alone, 0.5), "bare_p99": (alone, 0.99)}
    return {name: round(quantile(of, share), 1) for name, (of, share) in values.items()}
