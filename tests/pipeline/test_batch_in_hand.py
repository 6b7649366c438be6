"""While the database is busy: what counts as behind, what is read ahead, and how a service stops."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from aiokafka import TopicPartition as Place

from pipeline.store import Commit, Recorded
from tests.pipeline.houses import Town
from tests.pipeline.kafka import Broker, until
from tests.pipeline.reading import Gated, answered, asked, consuming, lag_is, of_each_house


async def test_lag_counts_what_is_not_yet_committed(broker: Broker, town: Town) -> None:
    store = Gated("houses", town.shared)
    async with consuming(broker, town, store) as consumer:
        assert await consumer.lag() == 0
        await broker.publish(asked(10))
        await store.entered.wait()
        assert await consumer.lag() == 10
        store.gate.set()
        await until(lambda: len(town.told()) == 10)
        await until(lambda: lag_is(consumer, 0))


async def test_a_service_that_hangs_in_a_batch_grows_idle_and_one_with_nothing_to_do_does_not(broker: Broker, town: Town) -> None:
    store = Gated("houses", town.shared)
    async with consuming(broker, town, store) as consumer:
        await asyncio.sleep(0.3)
        await consumer.lag()
        assert consumer.idle_seconds < 0.2
        await broker.publish(asked(2))
        await store.entered.wait()
        await asyncio.sleep(0.3)
        await consumer.lag()
        assert consumer.idle_seconds > 0.2
        store.gate.set()


async def test_a_batch_that_was_read_ahead_waits_for_the_commit_before_it(broker: Broker, town: Town) -> None:
    store = Gated("houses", town.shared)
    await broker.publish(asked(4))
    async with consuming(broker, town, store) as consumer:
        await store.entered.wait()
        await broker.publish(asked(4, start=4))
        await until(lambda: consumer.in_hand == 2)
        await asyncio.sleep(0.3)
        assert store.commits == 1
        store.gate.set()
        await until(lambda: len(town.told()) == 8)
    assert of_each_house(town) == answered(8)


async def test_a_batch_that_was_read_ahead_of_what_got_lost_before_it_is_fetched_again_behind_it(
    broker: Broker, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    north, south = Place(broker.topic, 0), Place(broker.topic, 1)
    store, question, answer = Gated("houses", town.shared), asyncio.Event(), asyncio.Event()
    async with consuming(broker, town, store) as consumer:
        kafka = consumer._kafka  # noqa: SLF001
        asked_where = kafka.position

        async def slow(place: Place) -> int:
            if place == north:
                question.set()
                await answer.wait()
            return await asked_where(place)

        monkeypatch.setattr(kafka, "position", slow)
        kafka.pause(north, south)
        await broker.publish(asked(8))
        lag = asyncio.create_task(consumer.lag())
        await question.wait()
        kafka.seek(north, 2)  # as if a batch before had got lost on its way to us
        kafka.resume(south)
        await store.entered.wait()
        kafka.resume(north)
        await until(lambda: consumer.in_hand == 2)
        answer.set()
        await lag
        store.gate.set()
        await until(lambda: len(town.told()) == 8)
    assert of_each_house(town) == answered(8)


async def test_stopping_behind_a_commit_that_is_never_answered_takes_some_seconds_at_most(broker: Broker, town: Town) -> None:
    store = Gated("houses", town.shared)
    await broker.publish(asked(4))
    async with asyncio.timeout(8):
        async with consuming(broker, town, store) as consumer:
            await store.entered.wait()
            await broker.publish(asked(4, start=4))
            await until(lambda: consumer.in_hand == 2)


async def test_stopping_in_an_outage_is_no_failure(broker: Broker, town: Town) -> None:
    class Gone(Gated):
        async def commit(self, commit: Commit) -> list[Recorded]:
            self.entered.set()
            await self.gate.wait()
            raise OSError(commit)

    store, problems = Gone("houses", town.shared), list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, problem: problems.append(problem))
    await broker.publish(asked(4))
    async with consuming(broker, town, store):
        await store.entered.wait()
        asyncio.get_running_loop().call_later(0.3, store.gate.set)
    gc.collect()
    await asyncio.sleep(0)
    assert problems == []


async def test_stopping_waits_for_the_batch_in_hand(broker: Broker, town: Town) -> None:
    store = Gated("houses", town.shared)
    await broker.publish(asked(10))
    async with consuming(broker, town, store):
        await store.entered.wait()
        asyncio.get_running_loop().call_later(0.3, store.gate.set)
    assert len(town.told()) == sum(town.shared.offsets.values()) > 0
