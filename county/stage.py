"""Plays a season: publishes what is to be said, lets the actors answer, and knows when a day is settled."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Self
from zlib import crc32

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.structs import RecordMetadata

from county.actors import Actors, Seen
from county.outgoing import Outgoing
from pipeline.kafka import Connection
from schemas.clock import COUNTY_TIME
from schemas.topics import CLOCK, COMMANDS, EVENTS, FOLLOWS, PARTITIONS, SERVICES
from services.enrollment.clock import day_message

POLL_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 120.0
DELIVERY: Final = COMMANDS["notifications"]
ANSWERED: Final = (EVENTS["enrollment"], EVENTS["assistance"])
RELAYED: Final = "SELECT topic, partition, next_offset FROM {}.relay_ends"
OFFSETS: Final = "SELECT topic, partition, next_offset FROM {}.consumed_offsets"
BEHIND: Final = "(SELECT position FROM {0}.log_head) - (SELECT position FROM {0}.relay_checkpoint)"
OUTBOX: Final = "(SELECT count(*) FROM notifications.outbox WHERE state IN ('queued', 'sending'))"
UNSAID: Final = f"SELECT {', '.join([*(BEHIND.format(service) for service in SERVICES), OUTBOX])}"


class Unsettled(Exception):  # noqa: N818 - it says what is so
    """A day did not come to rest; the text says which service is behind and by how much."""


def _by_checksum(key: bytes | None, everyone: Sequence[int], _available: Sequence[int]) -> int:
    """The choice of librdkafka, which most departments' systems send with; one key, one partition."""
    return everyone[crc32(key or b"") % len(everyone)]


class Stage:
    """Kafka as the county's people use it; `said` is when each message was first published, in monotonic seconds."""

    def __init__(self, kafka: Connection, database: asyncpg.Connection[asyncpg.Record], actors: Actors) -> None:
        self._database, self._actors = database, actors
        self._sending = kafka.producer(max_batch_size=256 * 1024, linger_ms=2, partitioner=_by_checksum)
        self._consumer = AIOKafkaConsumer(**kafka.options, auto_offset_reset="earliest")
        # A broker answers one request of a connection at a time: beside a waiting fetch every question would wait as long.
        self._ruler = AIOKafkaConsumer(**kafka.options)
        self._open = contextlib.AsyncExitStack()
        self._heard: dict[TopicPartition, int] = {}
        self._ours: dict[TopicPartition, int] = {}
        self._listening: asyncio.Task[None] | None = None
        self.said: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        self._producer = await self._open.enter_async_context(self._sending)
        await self._open.enter_async_context(self._consumer)
        await self._open.enter_async_context(self._ruler)
        places = [TopicPartition(topic, number) for topic in ANSWERED for number in range(PARTITIONS[topic])]
        self._consumer.assign(places)
        self._heard = dict.fromkeys(places, 0)
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await self._open.aclose()

    async def publish(self, messages: Iterable[Outgoing]) -> None:
        """Returns when Kafka has all of them."""
        sent: list[asyncio.Future[RecordMetadata]] = []
        for message in messages:
            self.said.setdefault(message.id, time.monotonic())
            sent.append(await self._producer.send(**message.record))
        for taken in await asyncio.gather(*sent):
            self._reached(taken)

    def _reached(self, taken: RecordMetadata) -> None:
        place = TopicPartition(taken.topic, taken.partition)
        self._ours[place] = max(self._ours.get(place, 0), taken.offset + 1)

    async def start_day(self, day: date) -> None:
        value, headers = day_message(day, datetime.combine(day, datetime.min.time(), COUNTY_TIME))
        self._reached(await self._producer.send_and_wait(CLOCK, value, headers=headers))

    async def settle(self) -> None:
        """Until every service read all, relayed all and delivered all, and every actor answered; raises `Unsettled`."""
        patience, before = time.monotonic() + PATIENCE_SECONDS, ""
        while behind := await self._unsaid() or await self._unread():
            self._fail_with_the_actors()
            if behind != before:
                patience, before = time.monotonic() + PATIENCE_SECONDS, behind
            if time.monotonic() > patience:
                message = f"the day does not come to rest: {behind}; see the logs of the services"
                raise Unsettled(message)
            await asyncio.sleep(POLL_SECONDS)

    async def _unsaid(self) -> str:
        """What is decided but not yet on Kafka or in the post; one light question, asked often."""
        waiting = [*zip((*SERVICES, "post"), await self._database.fetchrow(UNSAID) or (), strict=True)]
        return ", ".join(f"{service} has {count} to send" for service, count in waiting if count)

    async def _unread(self) -> str:
        """What is on Kafka and not yet committed by its reader; a reader who wrote meanwhile counts as behind."""
        ends = await self._ends()
        for service in SERVICES:
            read = {TopicPartition(row[0], row[1]): row[2] for row in await self._database.fetch(OFFSETS.format(service))}
            if lag := sum(end - read.get(place, 0) for place, end in ends.items() if place.topic in FOLLOWS[service]):
                return f"{service} has {lag} messages to read"
        if waiting := sum(ends[place] - heard for place, heard in self._heard.items()):
            return f"the actors have {waiting} events to answer"
        # Asked in this order: what was sent after the first look is seen by the second.
        return await self._unsaid() or ("" if ends == await self._ends() else "new messages came")

    async def _ends(self) -> dict[TopicPartition, int]:
        """What we wrote ends where we were told, what services relay where they noted; only the delivery's commands must be asked for."""
        ends = dict.fromkeys(self._heard, 0) | self._ours
        for service in SERVICES:
            ends |= {TopicPartition(row[0], row[1]): row[2] for row in await self._database.fetch(RELAYED.format(service))}
        return ends | await self._ruler.end_offsets([TopicPartition(DELIVERY, number) for number in range(PARTITIONS[DELIVERY])])

    async def _listen(self) -> None:
        while True:
            batches = await self._consumer.getmany(timeout_ms=10, max_records=5000)
            await self.publish(answer for batch in batches.values() for record in batch for answer in self._answers(record))
            for place, batch in batches.items():
                self._heard[place] = batch[-1].offset + 1

    def _answers(self, record: ConsumerRecord[bytes, bytes]) -> Sequence[Outgoing]:
        said = {name: value.decode() for name, value in record.headers if value is not None}
        seen = Seen(
            type=said["ce_type"],
            id=said["ce_id"],
            subject=said["ce_subject"],
            time=datetime.fromisoformat(said["ce_time"]),
            data=orjson.loads(record.value or b"{}"),
            correlation=said["ce_correlationid"],
        )
        return self._actors.react(seen)

    def _fail_with_the_actors(self) -> None:
        if self._listening is not None and self._listening.done():
            self._listening.result()
