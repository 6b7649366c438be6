"""The limit: the least that any event-sourced service has to do, in one loop, without a single rule."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final
from uuid import uuid4

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from bench.ground import LIMIT, WIDTH, Ground
from bench.timing import Round

MOST_RECORDS: Final = 2000
Records = Sequence[ConsumerRecord[bytes, bytes]]
TABLES: Final = """
CREATE TABLE events (
    originator_id uuid NOT NULL, originator_version bigint NOT NULL, topic text NOT NULL, state bytea NOT NULL,
    notification_id bigint NOT NULL UNIQUE, PRIMARY KEY (originator_id, originator_version));
CREATE TABLE consumed_offsets (topic text, partition int, next_offset bigint NOT NULL, PRIMARY KEY (topic, partition))"""
INSERT: Final = "INSERT INTO events SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bytea[], $5::bigint[])"
OFFSETS: Final = """
INSERT INTO consumed_offsets (topic, partition, next_offset) VALUES ($1, $2, $3)
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset"""


async def consume(ground: Ground, name: str) -> Round:
    """All facts; the clock runs from the first fetch to the last acknowledgement."""
    connection: Any = await asyncpg.connect(await ground.empty(name))
    reading = AIOKafkaConsumer(**ground.stack.kafka.options, auto_offset_reset="earliest", max_partition_fetch_bytes=16 << 20)
    try:
        await connection.execute(TABLES)
        async with reading as consumer, ground.stack.kafka.producer(max_batch_size=512 << 10) as producer:
            consumer.assign(ground.places)
            began, count = time.monotonic(), 0
            while count < ground.facts:
                batches = await consumer.getmany(timeout_ms=10, max_records=MOST_RECORDS)
                count += await _pass_on(producer, connection, list(chain.from_iterable(batches.values())), count)
            return Round(count, time.monotonic() - began)
    finally:
        await connection.close()


async def _pass_on(producer: AIOKafkaProducer, connection: Any, records: Records, base: int) -> int:  # noqa: ANN401 - an asyncpg connection
    if records:
        states = [orjson.dumps({"fact": orjson.loads(record.value or b"null")}) for record in records]
        await _store(connection, records, states, base)
        await _send(producer, records, states)
    return len(records)


async def _store(connection: Any, records: Records, states: Sequence[bytes], base: int) -> None:  # noqa: ANN401 - an asyncpg connection
    number = len(records)
    ends = {(record.topic, record.partition): record.offset + 1 for record in records}
    async with connection.transaction():
        ids, positions = [uuid4() for _ in records], range(base + 1, base + number + 1)
        await connection.execute(INSERT, ids, [1] * number, ["fact-recorded"] * number, states, positions)
        await connection.executemany(OFFSETS, [(*place, end) for place, end in ends.items()])


async def _send(producer: AIOKafkaProducer, records: Records, states: Sequence[bytes]) -> None:
    by_partition: dict[int, list[tuple[bytes | None, bytes]]] = defaultdict(list)
    for record, state in zip(records, states, strict=True):
        by_partition[record.partition % WIDTH].append((record.key, state))
    await asyncio.gather(*(_send_partition(producer, number, rows) for number, rows in by_partition.items()))


async def _send_partition(producer: AIOKafkaProducer, partition: int, rows: Sequence[tuple[bytes | None, bytes]]) -> None:
    builder = producer.create_batch()
    for key, value in rows:
        if builder.append(key=key, value=value, timestamp=None) is None:
            await (await producer.send_batch(builder, LIMIT, partition=partition))
            builder = producer.create_batch()
            builder.append(key=key, value=value, timestamp=None)
    await (await producer.send_batch(builder, LIMIT, partition=partition))
