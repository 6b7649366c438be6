"""What Kafka lost of the events is published again from the log."""

from __future__ import annotations

import asyncio

import pytest

from local.stack import Stack
from pipeline.memory import MemoryStore
from pipeline.store import Commit, Recorded
from tests.pipeline.kafka import Broker, until
from tests.pipeline.relaying import Town, by_key, door, of_each_house, relayed, relaying


@pytest.fixture
async def broker(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka)


async def test_a_topic_that_was_wiped_under_a_resting_relay_is_filled_again(broker: Broker) -> None:
    town = Town()
    await town.season(500)
    async with relaying(town, door(broker), broker):
        await until(lambda: town.shared.checkpoint.position == 500)
        await broker.delete()
        await broker.create()
        await until(lambda: full(broker, town), 40)
    assert by_key(await broker.everything()) == of_each_house(town)


async def full(broker: Broker, town: Town) -> bool:
    return sum((await broker.ends()).values()) >= len(town.public())


async def test_a_topic_that_was_wiped_while_no_relay_ran_is_filled_again(broker: Broker) -> None:
    town = Town()
    await town.season(500)
    await relayed(town, door(broker), broker)
    await broker.delete()
    await broker.create()
    await town.season(100)
    async with relaying(town, door(broker), broker):
        await until(lambda: full(broker, town), 40)
    assert by_key(await broker.everything()) == of_each_house(town)


async def test_a_topic_that_was_wiped_between_two_sends_is_filled_again(broker: Broker) -> None:
    class Slow(MemoryStore):
        """Keeps the relay waiting for the next events while the test changes the world."""

        gate = asyncio.Event()

        async def after(self, position: int, limit: int) -> list[Recorded]:
            await self.gate.wait()
            return await super().after(position, limit)

    town = Town(Slow)
    await town.season(500)
    async with relaying(town, door(broker), broker) as relay:
        Slow.gate.set()
        await until(lambda: town.shared.checkpoint.position == 500)
        Slow.gate.clear()
        relay.wake(Commit(), [])
        await broker.delete()
        await broker.create()
        more = await town.season(200)
        Slow.gate.set()
        relay.wake(*more)
        await until(lambda: full(broker, town), 40)
    sent = by_key(await broker.everything())
    assert {key: sorted(set(told)) for key, told in sent.items()} == of_each_house(town)
