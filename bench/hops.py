"""Where the time of a fact goes while facts keep coming: each hop from a department's client to a reader of the events topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from bench.listening import Answer, answers, listening
from bench.sender import Sent, send
from bench.timing import quantile
from county.outgoing import Outgoing
from local.problem import Problem
from pipeline.kafka import Connection
from schemas.topics import EVENTS, FACTS

TOPIC: Final = EVENTS["enrollment"]
# The hops follow one another; `late` is the part of `send` in which our own sender had not come to the message yet.
HOPS: Final = ("late", "send", "decide", "publish", "read", "end_to_end")


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
        changed = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, chosen) for topic in (*FACTS.values(), TOPIC)])
        for code, problem, _, topic in (resource for answer in changed for resource in answer.resources):
            if code:
                message = f"{topic}: {problem}"
                raise Problem(message)
    finally:
        await admin.close()


async def milliseconds(kafka: Connection, messages: Sequence[Outgoing], load: Load) -> dict[str, list[float]]:
    """Each hop of each fact that was sent after the warm-up; raises a Problem when a fact was never answered."""
    async with listening(kafka, TOPIC) as batches:
        sent = await send(kafka, messages, load.per_second)
        heard = await answers(batches, [message.id for message in messages], "ce_causationid")
    first = int(load.per_second * load.warm_up)
    return hops(sent[first:], [_heard(answer) for answer in heard[first:]])


def _heard(answer: Answer) -> Heard:
    said = dict(answer.record.headers)
    recorded = datetime.fromisoformat((said["ce_recordedtime"] or b"").decode()).timestamp()
    return Heard(recorded, answer.record.timestamp / 1000, answer.read)


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
