"""The real broker as a test needs it: topics of its own, what is on them, and the same topics wiped or eaten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import KafkaError, TopicAlreadyExistsError
from aiokafka.record.util import calc_crc32c

from pipeline.envelope import Record, to_record
from pipeline.kafka import Connection

LARGEST: Final = 16 * 1024 * 1024
PLACEHOLDER: Final = b"placeholder"
AFTER_CRC: Final = 21
Headers = list[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Broker:
    """One topic of `partitions` partitions on the broker at `address`."""

    address: Connection
    topic: str
    partitions: int = 12

    @classmethod
    async def with_topic(cls, address: Connection, partitions: int = 12) -> Broker:
        broker = cls(address, f"test.{uuid4().hex}", partitions)
        await broker.create()
        return broker

    async def create(self) -> None:
        """Patient, because a topic that was deleted is gone a little later."""
        new = NewTopic(self.topic, self.partitions, 1, topic_configs={"max.message.bytes": str(LARGEST)})
        for _ in range(100):
            try:
                await self._asked(lambda admin: admin.create_topics([new]))
            except TopicAlreadyExistsError:
                await asyncio.sleep(0.1)
            else:
                return

    async def delete(self) -> None:
        await self._asked(lambda admin: admin.delete_topics([self.topic]))

    async def eat(self, partition: int, before: int) -> None:
        """What retention does: records below an offset are gone."""
        gone = {TopicPartition(self.topic, partition): RecordsToDelete(before)}
        await self._asked(lambda admin: admin.delete_records(gone))

    async def _asked(self, question: Callable[[AIOKafkaAdminClient], Awaitable[Any]]) -> None:
        admin = AIOKafkaAdminClient(**self.address.options)
        await admin.start()
        try:
            await question(admin)
        finally:
            await admin.close()

    async def publish(self, records: Iterable[Record], compression: str | None = None) -> None:
        """To the partition that each record names, in order."""
        settings: dict[str, Any] = {"acks": "all", "max_request_size": LARGEST, "compression_type": compression}
        async with AIOKafkaProducer(**self.address.options, **settings) as producer:
            places = [(one.partition, {"value": one.value, "key": one.key, "headers": list(one.headers)}) for one in records]
            sent = [await producer.send(self.topic, partition=number, **said) for number, said in places]
            await asyncio.gather(*sent)

    async def publish_named(self, record: Record, name: bytes) -> None:
        """With one more header of that name, which need not be UTF-8."""
        await publish_named(self.address, (self.topic, record.partition), record, name)

    async def ends(self) -> dict[int, int]:
        """The next offset of each partition."""
        async with AIOKafkaConsumer(**self.address.options) as consumer:
            ends = await consumer.end_offsets(self._places())
        return {place.partition: end for place, end in ends.items()}

    async def everything(self) -> list[Record]:
        """All that is on the topic now, in the order of each partition."""
        async with AIOKafkaConsumer(**self.address.options, auto_offset_reset="earliest", max_partition_fetch_bytes=LARGEST) as consumer:
            places = self._places()
            consumer.assign(places)
            found: list[Record] = []
            ends = await consumer.end_offsets(places)
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                for batch in (await consumer.getmany(timeout_ms=100)).values():
                    found += [to_record(one) for one in batch]
        return found

    def _places(self) -> list[TopicPartition]:
        return [TopicPartition(self.topic, number) for number in range(self.partitions)]


def named_anew(batch: bytes, name: bytes) -> bytes:
    """The placeholder among the header names of a batch gives way to a name of the same length, which Python's clients would not send."""
    renamed = batch.replace(PLACEHOLDER, name)
    return renamed[: AFTER_CRC - 4] + calc_crc32c(renamed[AFTER_CRC:]).to_bytes(4, "big") + renamed[AFTER_CRC:]


async def publish_named(address: Connection, place: tuple[str, int], record: Record, name: bytes) -> None:
    """With one more header of that name, which is as long as the placeholder."""
    async with AIOKafkaProducer(**address.options, acks="all") as producer:
        batch = producer.create_batch()
        headers = [*record.headers, (PLACEHOLDER.decode(), b"odd")]
        batch.append(timestamp=None, key=record.key, value=record.value, headers=headers)
        batch._buffer = named_anew(bytes(batch._build()), name)  # noqa: SLF001 - below what the client lets through
        await (await producer.send_batch(batch, place[0], partition=place[1]))


async def until(condition: Callable[[], Awaitable[bool] | bool], patience_s: float = 20) -> None:
    """As soon as it holds; a broker that is changing may be asked again."""
    for _ in range(int(patience_s / 0.05)):
        try:
            held = condition()
            if held if isinstance(held, bool) else await held:
                return
        except KafkaError:
            pass
        await asyncio.sleep(0.05)
    message = "it did not come to hold"
    raise AssertionError(message)
