"""Where the time of a fact goes while facts keep coming: each hop from a department's client to a reader of the events topic."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from bench.sender import Sent, send
from bench.timing import quantile
from county.outgoing import Outgoing
from local.problem import Problem
from pipeline.kafka import Connection
from schemas.topics import EVENTS, FACTS, PARTITIONS

TOPIC: Final = EVENTS["enrollment"]
# The hops follow one another; `late` is the part of `send` in which our own sender had not come to the message yet.
HOPS: Final = ("late", "send", "decide", "publish", "read", "end_to_end")
PATIENCE_SECONDS: Final = 30.0
# When it was read, and what.
Batch: TypeAlias = tuple[float, Sequence[ConsumerRecord[Any, Any]]]


@dataclass(frozen=True, slots=True)
class Load:
    """Facts at an even pace; those of the first `warm_up` seconds count for nothing."""

    per_second: float
    warm_up: int
    seconds: int

    @property
    def count(self) -> int:
        return int(self.per_second * (self.warm_up + self.seconds))


@dataclass(frozen=True, slots=True)
class Heard:
    """Instants of a fact's first event in seconds since 1970."""

    recorded: float
    appended: float
    read: float


async def stamp_on_arrival(kafka: Connection) -> None:
    """From now on Kafka itself says when it took a fact or an event; the topics' other settings become Kafka's own."""
    admin = AIOKafkaAdminClient(**kafka.options)
    chosen = {"message.timestamp.type": "LogAppendTime"}
    try:
        await admin.start()
        answers = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, chosen) for topic in (*FACTS.values(), TOPIC)])
        for code, problem, _, topic in (resource for answer in answers for resource in answer.resources):
            if code:
                message = f"{topic}: {problem}"
                raise Problem(message)
    finally:
        await admin.close()


async def milliseconds(kafka: Connection, messages: Sequence[Outgoing], load: Load) -> dict[str, list[float]]:
    """Each hop of each fact that was sent after the warm-up; raises a Problem when a fact was never answered."""
    consumer = AIOKafkaConsumer(**kafka.options, fetch_max_wait_ms=20)
    await consumer.start()
    places = [TopicPartition(TOPIC, number) for number in range(PARTITIONS[TOPIC])]
    consumer.assign(places)
    await consumer.seek_to_end(*places)
    batches: list[Batch] = []
    listening = asyncio.create_task(_listen(consumer, batches))
    try:
        sent = await send(kafka, messages, load.per_second)
        heard = await _answers(batches, [message.id for message in messages])
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await consumer.stop()
    first = int(load.per_second * load.warm_up)
    return hops(sent[first:], heard[first:])


async def _listen(consumer: AIOKafkaConsumer, batches: list[Batch]) -> None:
    """Headers are looked at later: the reader is to be no slower than it must."""
    while True:
        told = await consumer.getmany(timeout_ms=1000)
        now = time.time()
        batches += [(now, records) for records in told.values()]


async def _answers(batches: Sequence[Batch], wanted: Sequence[str]) -> list[Heard]:
    """Reads the headers when there are as many events as facts, a second time only where a fact had more than one."""
    deadline, found = time.monotonic() + PATIENCE_SECONDS, dict[str, Heard]()
    while missing := len(wanted) - len(found):
        if time.monotonic() > deadline:
            message = f"{missing} of {len(wanted)} messages were never answered"
            raise Problem(message)
        await asyncio.sleep(0.1)
        if sum(len(records) for _, records in batches) >= len(wanted):
            found = _first_events(batches)
    return [found[identity] for identity in wanted]


def _first_events(batches: Iterable[Batch]) -> dict[str, Heard]:
    """By the id of the fact."""
    found: dict[str, Heard] = {}
    for read, records in batches:
        for record in records:
            said = dict(record.headers)
            recorded = datetime.fromisoformat((said["ce_recordedtime"] or b"").decode()).timestamp()
            found.setdefault((said["ce_causationid"] or b"").decode(), Heard(recorded, record.timestamp / 1000, read))
    return found


def hops(sent: Sequence[Sent], heard: Sequence[Heard]) -> dict[str, list[float]]:
    """Milliseconds by the name of the hop."""
    steps = [
        (
            fact.handed - fact.due,
            fact.acknowledged - fact.due,
            event.recorded - fact.appended,
            event.appended - event.recorded,
            event.read - event.appended,
            event.read - fact.due,
        )
        for fact, event in zip(sent, heard, strict=True)
    ]
    return {name: [step * 1000 for step in column] for name, column in zip(HOPS, zip(*steps, strict=True), strict=True)}


def summary(taken: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
    """Median and p99 of each hop in milliseconds, rounded to a tenth."""
    return {name: {"p50": round(quantile(of, 0.5), 1), "p99": round(quantile(of, 0.99), 1)} for name, of in taken.items()}
