"""The door out: the log in position order becomes messages on Kafka, again from the start when Kafka was wiped."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from pipeline.kafka import Connection
from pipeline.metrics import Metrics
from pipeline.store import Checkpoint, Commit, Partition, Recorded, SetAside, Store
from pipeline.value import Value
from schemas.message import Message

log = structlog.get_logger()
PAGE: Final = 2000
MOST_FRESH: Final = 10 * PAGE
POLL_SECONDS: Final = 1.0
BATCH_BYTES: Final = 512 * 1024
LARGEST_DEAD_LETTER: Final = 16 * 1024 * 1024
SPECVERSION: Final = ("ce_specversion", b"1.0")
CONTENT_TYPE: Final = ("content-type", b"application/json")
Headers = list[tuple[str, bytes]]
KafkaMessage = tuple[bytes, bytes, Headers]


class Outgoing(Value, frozen=True):
    """A message for the service's events topic; `key` (and CloudEvents subject) is the household or the recipient."""

    data: Message
    key: UUID


class DeadLetter(Value, frozen=True):
    """What of a set-aside message leaves, and to which topic; `headers` are those that it keeps of the original."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers


@dataclass(frozen=True)
class Exit:
    """Where a service's events go: `translate` gives None for an event that stays private, `dead_letters` keeps back what is personal."""

    service: str
    topic: str
    partitions: int
    translate: Callable[[Recorded], Outgoing | None]
    dead_letters: Callable[[SetAside], DeadLetter]


class Relay:
    """Publishes what was committed, at least once and in order per key; readers skip what they have by `position`."""

    def __init__(self, store: Store, door: Exit, kafka: Connection, metrics: Metrics) -> None:
        self._store, self._door, self._kafka, self._metrics = store, door, kafka, metrics
        self._wake, self._fresh, self._letters = asyncio.Event(), deque[Recorded](), True

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """What was just committed need not be read back."""
        self._letters = self._letters or bool(commit.set_aside)
        self._fresh.extend(recorded)
        if len(self._fresh) > MOST_FRESH:
            self._fresh.clear()  # too far behind: the log has them all
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled; a producer that failed is replaced by a new one."""
        while True:
            try:
                async with self._kafka.producer(max_batch_size=BATCH_BYTES, max_request_size=LARGEST_DEAD_LETTER) as producer:
                    await self._publish(producer)
            except KafkaError as error:
                log.warning("relay.retries", problem=str(error))
                await asyncio.sleep(POLL_SECONDS)

    async def _publish(self, producer: AIOKafkaProducer) -> None:
        checkpoint, self._letters = await self._resume(), True
        self._metrics.relay_lag.set(await self._store.head() - checkpoint.position)
        while True:
            self._wake.clear()
            recorded = self._next_fresh(checkpoint.position) or await self._store.after(checkpoint.position, PAGE)
            if recorded:
                checkpoint = await self._send(producer, recorded, checkpoint)
                await self._store.save_checkpoint(checkpoint)
            if self._letters:
                await self._send_dead_letters(producer)
            self._metrics.relay_lag.set(len(self._fresh))
            if len(recorded) < PAGE and not self._fresh and not self._letters:
                await self._idle(checkpoint)

    def _next_fresh(self, position: int) -> list[Recorded]:
        """The page that follows without a gap, as far as it was handed over."""
        fresh, page = self._fresh, list[Recorded]()
        while fresh and fresh[0].position <= position:
            fresh.popleft()
        while fresh and len(page) < PAGE and fresh[0].position == position + len(page) + 1:
            page.append(fresh.popleft())
        return page

    async def _idle(self, checkpoint: Checkpoint) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        except TimeoutError:
            self._metrics.relay_lag.set(await self._store.head() - checkpoint.position)
            if await self._wiped(await self._store.checkpoint()):
                message = "the topic is shorter than what was published to it"
                raise KafkaError(message) from None

    async def _resume(self) -> Checkpoint:
        checkpoint = await self._store.checkpoint()
        return await self._refill(checkpoint) if await self._wiped(checkpoint) else checkpoint

    async def _refill(self, before: Checkpoint) -> Checkpoint:
        log.warning("relay.refills", service=self._door.service)
        again = Checkpoint(0, dict.fromkeys(before.ends, 0))
        await self._store.save_checkpoint(again)
        return again

    async def _wiped(self, checkpoint: Checkpoint) -> bool:
        """True when a partition ends before the last offset we wrote to it."""
        if not checkpoint.ends:
            return False
        places = {TopicPartition(*place): end for place, end in checkpoint.ends.items()}
        consumer = AIOKafkaConsumer(**self._kafka.options)
        try:
            await consumer.start()
            now = await consumer.end_offsets(list(places))
        finally:
            await consumer.stop()
        return any(now[place] < end for place, end in places.items())

    async def _send(self, producer: AIOKafkaProducer, recorded: Sequence[Recorded], before: Checkpoint) -> Checkpoint:
        by_partition: dict[int, list[KafkaMessage]] = {}
        for message in self._messages(recorded):
            by_partition.setdefault(partition_of(message[0], self._door.partitions), []).append(message)
        ends = dict(await asyncio.gather(*(self._send_partition(producer, number, rows) for number, rows in by_partition.items())))
        # An offset that was given out before can only come from a topic that was made anew in between.
        if any(end - len(by_partition[place[1]]) < before.ends.get(place, 0) for place, end in ends.items()):
            return await self._refill(before)
        return Checkpoint(recorded[-1].position, {**before.ends, **ends})

    def _messages(self, recorded: Sequence[Recorded]) -> Iterable[KafkaMessage]:
        """Step by step for the whole page, as in `envelope.read_batch`."""
        said = [self._said(event) for event in recorded]
        public = [(event, outgoing) for event, outgoing in zip(recorded, said, strict=True) if outgoing is not None]
        keys = [str(outgoing.key).encode() for _, outgoing in public]
        values = [outgoing.data.__pydantic_serializer__.to_json(outgoing.data, exclude_none=True) for _, outgoing in public]
        extras = [headers(self._door.service, event, outgoing.data, key) for (event, outgoing), key in zip(public, keys, strict=True)]
        return zip(keys, values, extras, strict=True)

    def _said(self, event: Recorded) -> Outgoing | None:
        """To pass over an event would lose it, so its place is told and the process ends."""
        try:
            return self._door.translate(event)
        except Exception as error:
            where = {"position": event.position, "topic": event.event.TOPIC}
            log.error("event.unpublishable", **where, problem=str(error) or type(error).__name__)  # noqa: TRY400 - who raised is told at the end
            raise

    async def _send_partition(self, producer: AIOKafkaProducer, partition: int, rows: Iterable[KafkaMessage]) -> tuple[Partition, int]:
        """One batch in flight at a time keeps the order whatever is sent again."""
        end, builder = 0, producer.create_batch()
        for key, value, extras in rows:
            if builder.append(key=key, value=value, timestamp=None, headers=extras) is None:
                end = await self._flush(producer, builder, partition)
                builder = producer.create_batch()
                builder.append(key=key, value=value, timestamp=None, headers=extras)
        if builder.record_count():
            end = await self._flush(producer, builder, partition)
        return (self._door.topic, partition), end

    async def _flush(self, producer: AIOKafkaProducer, builder: BatchBuilder, partition: int) -> int:
        count = builder.record_count()
        acknowledged = await (await producer.send_batch(builder, self._door.topic, partition=partition))
        return acknowledged.offset + count

    async def _send_dead_letters(self, producer: AIOKafkaProducer) -> None:
        self._letters = False
        rows = await self._store.unpublished(PAGE)
        for row in rows:
            letter = self._door.dead_letters(row)
            extras = [*letter.headers, *dead_letter_headers(row)]
            await producer.send_and_wait(letter.topic, letter.value, key=letter.key, headers=extras)
            self._metrics.dead_letters.labels(row.reason).inc()
        if rows:
            await self._store.mark_published([row.id for row in rows])
            self._letters = True  # there may be more


@lru_cache(50_000)
def partition_of(key: bytes, partitions: int) -> int:
    """Where Kafka's own producers put the key; in Python the hash takes as long as sending the message."""
    return murmur2(key) % 0x80000000 % partitions


def headers(service: str, event: Recorded, data: Message, key: bytes) -> Headers:
    """CloudEvents attributes in binary mode; `position` lets a reader skip what it has."""
    cause = event.metadata
    return [
        SPECVERSION,
        ("ce_id", str(event.event_id).encode()),
        ("ce_source", b"/suishi/" + service.encode()),
        ("ce_type", data.TYPE.encode()),
        ("ce_time", cause.occurred_at.isoformat().encode()),
        ("ce_recordedtime", _written(event.recorded_at)),
        ("ce_subject", key),
        ("ce_partitionkey", key),
        ("ce_correlationid", cause.correlation.encode()),
        ("ce_causationid", cause.causation.encode()),
        ("ce_authid", cause.actor.encode() or service.encode()),
        ("ce_position", str(event.position).encode()),
        CONTENT_TYPE,
    ]


@lru_cache(16)
def _written(recorded_at: datetime) -> bytes:
    """One instant for all events of a commit."""
    return recorded_at.isoformat().encode()


def dead_letter_headers(row: SetAside) -> Headers:
    """Spring's names, so that Kafka's own tools can show where it came from and why it is here."""
    record = row.record
    return [
        ("kafka_dlt-original-topic", record.topic.encode()),
        ("kafka_dlt-original-partition", record.partition.to_bytes(4, "big")),
        ("kafka_dlt-original-offset", record.offset.to_bytes(8, "big")),
        ("kafka_dlt-original-timestamp", max(record.timestamp, 0).to_bytes(8, "big")),
        ("kafka_dlt-exception-fqcn", row.reason.encode()),
        ("kafka_dlt-exception-message", f"{row.field} {row.problem}; {row.remedy}".encode()),
    ]
