"""Everything that lies or goes outside the vault and the topics that personal data comes by: tables, topics, files and pages."""

from __future__ import annotations

import asyncio
from urllib.request import urlopen

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import CLOCK, EVENTS, FOLLOWS, PARTITIONS, dlq
from tests.journeys.system import System

SCHEMAS = ("enrollment", "assistance", "notifications")
OUTGOING = [*EVENTS.values(), CLOCK, *sorted({dlq(topic) for followed in FOLLOWS.values() for topic in followed})]
TABLES = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = ANY($1::text[]) AND table_type = 'BASE TABLE'"


async def outside(system: System) -> dict[str, bytes]:
    """By place: each table of the services, each outgoing topic with keys and headers, each service's log file and metrics."""
    return {**await _tables(system), **await _topics(system), **await asyncio.to_thread(_files_and_pages, system)}


async def _tables(system: System) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for schema, table in await system.see(TABLES, SCHEMAS):
        rows = await system.see(f"TABLE {schema}.{table}")
        values = [value for row in rows for value in row.values()]
        found[f"{schema}.{table}"] = b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)
    return found


async def _topics(system: System) -> dict[str, bytes]:
    """From their beginning to their end, once everything that was committed is on them."""
    for schema in SCHEMAS:
        await system.wait_for(f"SELECT 1 FROM {schema}.log_head h JOIN {schema}.relay_checkpoint c USING (position)")
    # a topic of dead letters has one partition
    places = [TopicPartition(topic, number) for topic in OUTGOING for number in range(PARTITIONS.get(topic, 1))]
    found = dict.fromkeys(OUTGOING, b"")
    # not by seeking: the reset to "latest" that assign() begins may end after it, and a topic would seem empty
    async with AIOKafkaConsumer(**system.stack.kafka.options, auto_offset_reset="earliest") as consumer:
        consumer.assign(places)
        ends = {place: end for place, end in (await consumer.end_offsets(places)).items() if end}
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for place, records in (await consumer.getmany(timeout_ms=500)).items():
                for one in records:
                    parts = [one.key, one.value, *(part for name, value in one.headers for part in (name.encode(), value))]
                    found[place.topic] += b"\n".join(part or b"" for part in parts) + b"\n"
    return found


def _files_and_pages(system: System) -> dict[str, bytes]:
    files = {file.name: file.read_bytes() for file in system.stack.folder.glob("*.log") if file.stem in SCHEMAS}
    pages = {}
    for service in system.services:
        with urlopen(f"http://{service.address}/metrics", timeout=5) as page:
            pages[f"metrics of {service.name}"] = page.read()
    return files | pages
