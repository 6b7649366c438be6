"""A relay at work from a log in memory to a topic of its own: what grows there, and what must come of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID, uuid5

from msgspec import structs

from pipeline.decider import Event
from pipeline.envelope import Record
from pipeline.memory import MemoryStore, Shared
from pipeline.metrics import Metrics, metrics
from pipeline.relay import Exit, Relay
from pipeline.service import end
from pipeline.store import Commit, Metadata, NewEvent, Recorded, SetAside
from services.dead_letters import notice
from tests.pipeline.houses import NORTH, Lent, Refused, Returned, to_message
from tests.pipeline.kafka import Broker, until

WHY: Final = Metadata("correlated", "caused", "clerk", "/clerk", date(2021, 1, 5), datetime(2021, 1, 5, 4, tzinfo=UTC))
TOLD: Final = "ce_position"


class Town:
    """A log in memory that grows by events of named houses."""

    def __init__(self, store: type[MemoryStore] = MemoryStore) -> None:
        self.shared, self._versions = Shared(), defaultdict[UUID, int](int)
        self.store = store("houses", self.shared)

    async def append(self, happened: Sequence[tuple[UUID, Event]], set_aside: Sequence[SetAside] = ()) -> tuple[Commit, list[Recorded]]:
        """The commit and its events, as a handler hands them to its relay."""
        events: list[NewEvent] = []
        for house, event in happened:
            self._versions[house] += 1
            events.append(NewEvent(house, self._versions[house], event, WHY))
        commit = Commit(events=events, set_aside=list(set_aside))
        await self.store.lead()
        return commit, await self.store.commit(commit)

    async def season(self, count: int, houses: int = 40) -> tuple[Commit, list[Recorded]]:
        """Public and private events of many houses."""
        names = [uuid5(NORTH, str(number)) for number in range(houses)]
        kinds = [Lent(household="Zhang"), Refused(household="Li"), Lent(household="Wang"), Returned()]
        return await self.append([(names[number * 7 % houses], kinds[number % 4]) for number in range(count)])

    def public(self) -> list[int]:
        """Positions of the events that are published."""
        return [event.position for event in self.shared.recorded if isinstance(event.event, Lent)]


def door(broker: Broker, dead: Broker | None = None) -> Exit:
    letters = dead.topic if dead else ""
    return Exit("houses", broker.topic, broker.partitions, to_message, lambda row: structs.replace(notice(row), topic=letters))


@asynccontextmanager
async def relaying(town: Town, out: Exit, broker: Broker, measured: Metrics | None = None) -> AsyncIterator[Relay]:
    """A relay at work for the time of the block."""
    relay = Relay(town.store, out, broker.address, measured or metrics("houses"))
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        await end([task])
    assert task.cancelled(), task.exception()


async def relayed(town: Town, out: Exit, broker: Broker) -> None:
    """A relay that sends all there is and ends."""
    async with relaying(town, out, broker):
        await until(lambda: town.shared.checkpoint.position == len(town.shared.recorded))


def positions(records: Sequence[Record]) -> list[int]:
    return [int(value or b"0") for record in records for name, value in record.headers if name == TOLD]


def by_key(records: Sequence[Record]) -> dict[bytes | None, list[int]]:
    keyed = defaultdict[bytes | None, list[int]](list)
    for record in records:
        keyed[record.key] += positions([record])
    return dict(keyed)


def of_each_house(town: Town) -> dict[bytes | None, list[int]]:
    keyed = defaultdict[bytes | None, list[int]](list)
    for event in town.shared.recorded:
        if isinstance(event.event, Lent):
            keyed[str(event.stream).encode()].append(event.position)
    return dict(keyed)
