"""A service is killed at whatever moment it happens to be, and at the one between sending and remembering that it was sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from random import Random
from typing import Final

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.topics import EVENTS, PARTITIONS, SERVICES
from tests.journeys.system import System
from tests.system.county import House, cadres, publish
from tests.system.oracle import IN_A_LEASE, Told, every_effect_is_there_once
from tests.system.processes import kill, named, revive
from tests.system.season import Season

NUMBERS: Final = count(13_000, 200)
HOUSES: Final = 200
SAVING: Final = """
SELECT 1 FROM pg_stat_activity
WHERE application_name = 'suishi-enrollment' AND wait_event_type = 'Lock' AND query LIKE '%relay_checkpoint%'"""
PUBLISHED: Final = "SELECT 1 FROM enrollment.log_head h, enrollment.relay_checkpoint c WHERE h.position = c.position"


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How often each service dies."""
    return 20 if request.config.getoption("--long") else 2


async def test_every_effect_is_there_once_whenever_each_service_was_killed(system: System, kills: int) -> None:
    for _ in range(kills):
        season = Season.of(system, next(NUMBERS), HOUSES)
        told = await season.pass_with(lambda random=season.random: all_die(system, random))
        await every_effect_is_there_once(system, told, perhaps_lost=IN_A_LEASE)


async def all_die(system: System, random: Random) -> None:
    """Each at a moment of its own, which nobody chose for what it does then."""
    await asyncio.gather(*(dies(system, name, random.uniform(0, 1)) for name in SERVICES))


async def dies(system: System, name: str, after_s: float) -> None:
    await asyncio.sleep(after_s)
    service = named(system, name)
    await kill(service)
    await revive(system, service)


async def test_what_was_sent_before_the_relay_died_is_sent_again_and_changes_nothing(system: System) -> None:
    """It dies with all of a household on Kafka, while it waits to remember that."""
    house = House(next(NUMBERS))
    told, messages = Told([house]), [*cadres([house]), *house.registration(), *house.pairing(), *house.facts()]
    async with no_checkpoint(system):
        await publish(system.stack.kafka, messages)
        await system.wait_for(SAVING)
        await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'clue'", house.id)
        await kill(named(system, "enrollment"))
        sent = await positions(system, house)
    await revive(system, named(system, "enrollment"))
    await system.wait_for(PUBLISHED)
    await every_effect_is_there_once(system, told)
    again = await positions(system, house)
    assert sent
    assert set(sent.values()) == {1}
    assert {position: again[position] for position in sent} == dict.fromkeys(sent, 2)


@asynccontextmanager
async def no_checkpoint(system: System) -> AsyncIterator[None]:
    """For the time of the block the relay can send, and cannot write down what it sent."""
    connection = await asyncpg.connect(system.stack.database)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM enrollment.relay_checkpoint FOR UPDATE")
            yield
    finally:
        await connection.close()


async def positions(system: System, house: House) -> Counter[int]:
    """How often each event about the household is on Kafka."""
    topic, key, found = EVENTS["enrollment"], str(house.id).encode(), Counter[int]()
    places = [TopicPartition(topic, number) for number in range(PARTITIONS[topic])]
    async with AIOKafkaConsumer(**system.stack.kafka.options, auto_offset_reset="earliest") as reader:
        reader.assign(places)
        ends = await reader.end_offsets(places)
        while any([await reader.position(place) < ends[place] for place in places]):
            batches = await reader.getmany(timeout_ms=200)
            found.update(int(dict(record.headers)["ce_position"]) for batch in batches.values() for record in batch if record.key == key)
    return found
