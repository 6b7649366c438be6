"""The checkpoints on their Kafka topic: published from the table, and read back from the first."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from audit.seal.note import BadNote, origin, unverified
from audit.seal.sealing import Signed
from pipeline.kafka import Connection
from pipeline.relay import CONTENT_TYPE, SPECVERSION, Headers, partition_of
from schemas.audit import CheckpointSigned
from schemas.topics import CHECKPOINTS, PARTITIONS

IDS: Final = UUID("b0a3b8f4-2a6e-5c39-8c55-0f6f7f2c9e41")
LOOK_BACK: Final = 100
FURTHER: Final = 10
PATIENCE_MS: Final = 10_000


class SilentTopic(KafkaError):  # noqa: N818 - it says what is so
    """Kafka says that there is more to read, and gives nothing."""


class AnewTopic(KafkaError):  # noqa: N818
    """What was published is gone: the topic gave out an offset twice."""


async def publish(producer: AIOKafkaProducer, signed: Sequence[Signed], behind: int = -1) -> int:
    """In their order, each acknowledged, the first at a later offset than `behind`; gives the last offset. Raises KafkaError."""
    for one in signed:
        data = CheckpointSigned(service=one.service, size=one.size, note=one.note)
        key = one.service.encode()
        value = data.model_dump_json().encode()
        place = place_of(one.service)
        sent = await producer.send_and_wait(CHECKPOINTS, value, key=key, partition=place.partition, headers=_headers(one))
        if sent.offset <= behind:
            raise AnewTopic
        behind = sent.offset
    return behind


async def last_size(kafka: Connection, service: str) -> int:
    """The largest size among the newest messages of the service, 0 where nothing of ours is; raises KafkaError.

    Another log on the same partition may have said much more since: it looks back until it finds the service, or the beginning.
    """
    place = place_of(service)
    async with _consumer(kafka, place) as (consumer, end):
        begin, back = (await consumer.beginning_offsets([place]))[place], LOOK_BACK
        while True:
            await _seek(consumer, place, end - back)
            if found := [one.size async for one in _read(consumer, place, end) if one.service == service]:
                return max(found)
            if end - back <= begin:
                return 0
            back *= FURTHER


@asynccontextmanager
async def published(kafka: Connection, service: str) -> AsyncGenerator[AsyncIterator[Signed]]:
    """Every checkpoint of the service on the topic, from the first to the end that it has now; raises KafkaError."""
    async with _consumer(kafka, place_of(service)) as (consumer, end):
        await _seek(consumer, place_of(service), 0)
        yield (one async for one in _read(consumer, place_of(service), end) if one.service == service)


def place_of(service: str) -> TopicPartition:
    """Services may share a partition."""
    return TopicPartition(CHECKPOINTS, partition_of(service.encode(), PARTITIONS[CHECKPOINTS]))


@asynccontextmanager
async def _consumer(kafka: Connection, place: TopicPartition) -> AsyncGenerator[tuple[AIOKafkaConsumer, int]]:
    consumer = AIOKafkaConsumer(**kafka.options)
    try:
        await consumer.start()
        consumer.assign([place])
        yield consumer, (await consumer.end_offsets([place]))[place]
    finally:
        await consumer.stop()


async def _seek(consumer: AIOKafkaConsumer, place: TopicPartition, offset: int) -> None:
    begin = (await consumer.beginning_offsets([place]))[place]
    consumer.seek(place, max(begin, offset))


async def _read(consumer: AIOKafkaConsumer, place: TopicPartition, end: int) -> AsyncIterator[Signed]:
    """What is no checkpoint proves nothing, and is passed over."""
    while await consumer.position(place) < end:
        batches = await consumer.getmany(place, timeout_ms=PATIENCE_MS)
        if not batches:
            message = f"{CHECKPOINTS} gave nothing within {PATIENCE_MS // 1000} s"
            raise SilentTopic(message)
        for record in batches[place]:
            # Kafka hands on what came since, too
            if record.offset < end and (one := _signed(record.value)):
                yield one


def _signed(value: bytes | None) -> Signed | None:
    try:
        said = CheckpointSigned.model_validate_json(value or b"")
        checkpoint = unverified(said.note)
    except (ValidationError, BadNote):
        return None
    fits = (origin(said.service), said.size) == (checkpoint.origin, checkpoint.size)
    return Signed(said.service, said.size, said.note) if fits else None


def _headers(signed: Signed) -> Headers:
    """The same checkpoint has the same id however often it is sent."""
    return [
        SPECVERSION,
        ("ce_id", str(uuid5(IDS, signed.note)).encode()),
        ("ce_source", b"/suishi/sealer"),
        ("ce_type", CheckpointSigned.TYPE.encode()),
        ("ce_time", datetime.now(UTC).isoformat().encode()),
        ("ce_subject", signed.service.encode()),
        ("ce_partitionkey", signed.service.encode()),
        ("ce_authid", b"sealer"),
        CONTENT_TYPE,
    ]
