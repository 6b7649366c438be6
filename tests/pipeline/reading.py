"""A consumer at work on a topic of its own: what it is asked, what must come of it, and stores that fail or wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pipeline.consumer import Consumer
from pipeline.envelope import Record
from pipeline.handler import Handler
from pipeline.memory import MemoryStore, Shared
from pipeline.metrics import Metrics, metrics
from pipeline.store import Commit, Recorded
from tests.pipeline.houses import NORTH, SOUTH, Lend, Return, Town, record, rules
from tests.pipeline.kafka import Broker

HOUSES: Final = (NORTH, SOUTH)


def asked(count: int, start: int = 0) -> list[Record]:
    """North's house is asked for on partition 0, South's on partition 1, by households that count up."""
    messages: list[Record] = []
    for number in range(start, start + count):
        partition = number % 2
        data = Lend(household=f"{number}") if number // 2 % 2 == 0 else Return()
        one = record(number, data, HOUSES[partition], identity=str(number))
        messages.append(Record("", partition, 0, 0, one.key, one.value, one.headers))
    return messages


def answered(count: int, start: int = 0) -> list[tuple[int, str]]:
    """What a log must hold after `asked`, house by house."""
    told = [(number % 2 + 1, f"lent {number}" if number // 2 % 2 == 0 else "returned") for number in range(start, start + count)]
    return sorted(told, key=lambda one: one[0])


def of_each_house(town: Town) -> list[tuple[int, str]]:
    return sorted(town.told(), key=lambda one: one[0])


@asynccontextmanager
async def consuming(
    broker: Broker, town: Town, store: MemoryStore | None = None, rest: float = 0, measured: Metrics | None = None
) -> AsyncIterator[Consumer]:
    """A consumer with the real handler, at work for the time of the block."""
    store = store or MemoryStore("houses", town.shared)
    await store.lead()
    handler = Handler(rules(commands=broker.topic), store)
    consumer = Consumer(
        broker.address, [(broker.topic, number) for number in range(broker.partitions)], handler, measured or metrics("houses")
    )
    await consumer.start(store)
    try:
        yield consumer
        await asyncio.sleep(rest)
    finally:
        await consumer.stop()


def place(broker: Broker, partition: int) -> tuple[str, int]:
    return (broker.topic, partition)


async def lag_is(consumer: Consumer, expected: int) -> bool:
    return await consumer.lag() == expected


class Away(MemoryStore):
    """A database that does not answer the first `times` commits."""

    def __init__(self, schema: str, shared: Shared, times: int) -> None:
        super().__init__(schema, shared)
        self.times, self.failed = times, 0

    async def commit(self, commit: Commit) -> list[Recorded]:
        if self.failed < self.times:
            self.failed += 1
            raise OSError(111, "connection refused")
        return await super().commit(commit)


class Gated(MemoryStore):
    """Commits when the test says so."""

    def __init__(self, schema: str, shared: Shared) -> None:
        super().__init__(schema, shared)
        self.entered, self.gate, self.commits = asyncio.Event(), asyncio.Event(), 0

    async def commit(self, commit: Commit) -> list[Recorded]:
        self.commits += 1
        self.entered.set()
        await self.gate.wait()
        return await super().commit(commit)
