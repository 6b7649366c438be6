"""What retention ate is written down, whenever it happened, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka import TopicPartition as Place

from pipeline.consumer import Consumer
from pipeline.decider import Event
from pipeline.facts_lost import FactsLost
from pipeline.memory import MemoryStore
from pipeline.metrics import metrics
from pipeline.store import Commit, Recorded
from tests.pipeline.houses import NORTH, SOUTH, Town
from tests.pipeline.kafka import Broker, until
from tests.pipeline.reading import Away, asked, consuming, lag_is, place


@pytest.mark.parametrize("read", [0, 3], ids=["before anything was read", "after some was read"])
async def test_facts_that_were_eaten_before_they_were_read_are_written_down(broker: Broker, town: Town, read: int) -> None:
    await broker.publish(asked(24))
    await broker.eat(0, before=8)
    town.shared.offsets |= {place(broker, 0): read, place(broker, 1): 12}
    measured = metrics("houses")
    async with consuming(broker, town, measured=measured):
        await until(lambda: len(town.shared.recorded) == 5)
    assert measured.registry.get_sample_value("suishi_houses_facts_lost_total") == 8 - read
    assert town.shared.recorded[0].event == FactsLost(topic=broker.topic, partition=0, from_offset=read, to_offset=8)
    assert town.told(NORTH) == [(1, "lent 16"), (1, "returned"), (1, "lent 20"), (1, "returned")]
    assert town.shared.offsets == {place(broker, 0): 12, place(broker, 1): 12}


@pytest.mark.parametrize("then", [False, True], ids=["and nothing follows", "and others follow"])
async def test_facts_that_were_all_eaten_behind_a_running_service_are_written_down(broker: Broker, town: Town, then: bool) -> None:  # noqa: FBT001
    async with consuming(broker, town) as consumer:
        await broker.publish(asked(4))
        await until(lambda: len(town.told()) == 4)
        await eaten_unread(consumer, broker, before=14)
        await until(lambda: lag_is(consumer, 0))
        if then:
            await broker.publish(asked(4, start=28))
            await until(lambda: town.shared.offsets[place(broker, 0)] == 16)
    assert lost(town) == [FactsLost(topic=broker.topic, partition=0, from_offset=2, to_offset=14)]


async def test_facts_eaten_behind_the_marks_of_a_transaction_are_written_down(broker: Broker, town: Town) -> None:
    async with consuming(broker, town) as consumer:
        async with AIOKafkaProducer(**broker.address.options, transactional_id=broker.topic) as producer, producer.transaction():
            for one in asked(4):
                await producer.send(broker.topic, one.value, key=one.key, partition=one.partition, headers=list(one.headers))
        await until(lambda: len(town.told()) == 4)
        await until(lambda: lag_is(consumer, 0))
        await eaten_unread(consumer, broker, before=11)
        await until(lambda: len(town.told(NORTH)) == 6)
    assert lost(town) == [FactsLost(topic=broker.topic, partition=0, from_offset=2, to_offset=11)]


async def test_lost_facts_are_told_once_though_the_first_answer_was_lost(broker: Broker, town: Town) -> None:
    class Deaf(MemoryStore):
        unanswered = 0

        async def commit(self, commit: Commit) -> list[Recorded]:
            done = await super().commit(commit)
            if commit.events and isinstance(commit.events[0].event, FactsLost) and not self.unanswered:
                self.unanswered += 1
                raise TimeoutError
            return done

    store = Deaf("houses", town.shared)
    async with consuming(broker, town, store) as consumer:
        await broker.publish(asked(4))
        await until(lambda: len(town.told()) == 4)
        await eaten_unread(consumer, broker, before=10)
        await until(lambda: lag_is(consumer, 0))
    assert store.unanswered == 1
    assert lost(town) == [FactsLost(topic=broker.topic, partition=0, from_offset=2, to_offset=10)]


async def eaten_unread(consumer: Consumer, broker: Broker, before: int) -> None:
    """24 facts come while the consumer is cut off, and retention eats those before that offset."""
    async with cut_off(consumer, broker):
        await broker.publish(asked(24, start=4))
        await broker.eat(0, before=before)


@asynccontextmanager
async def cut_off(consumer: Consumer, broker: Broker) -> AsyncIterator[None]:
    """From the first partition, for longer than retention: as a service that was frozen."""
    first = Place(broker.topic, 0)
    consumer._kafka.pause(first)  # noqa: SLF001 - from outside it takes a week
    yield
    consumer._kafka.resume(first)  # noqa: SLF001


def lost(town: Town) -> list[Event]:
    return [one.event for one in town.shared.recorded if isinstance(one.event, FactsLost)]


async def test_facts_that_are_eaten_while_the_database_is_away_are_written_down(broker: Broker, town: Town) -> None:
    store = Away("houses", town.shared, times=10_000)
    await broker.publish(asked(24))
    async with consuming(broker, town, store):
        await until(lambda: store.failed > 0)
        await broker.eat(0, before=8)
        failed = store.failed
        await until(lambda: store.failed > failed + 1)
        store.times = 0
        await until(lambda: len(town.told(SOUTH)) == 12)
        await until(lambda: len(town.told(NORTH)) == 4)
    assert lost(town) == [FactsLost(topic=broker.topic, partition=0, from_offset=0, to_offset=8)]
