"""From the broker to the handler: from where the database says, in order, and nothing passed over."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka import TopicPartition as Place

from local.stack import Stack
from pipeline import consumer
from pipeline.consumer import Consumer, OtherCluster
from pipeline.decider import Event
from pipeline.envelope import Record
from pipeline.facts_lost import FactsLost
from pipeline.handler import Handler
from pipeline.kafka import Connection
from pipeline.memory import MemoryStore, Shared
from pipeline.metrics import Metrics, metrics
from pipeline.store import Commit, Fenced, Recorded
from tests.pipeline.houses import NORTH, SOUTH, Lend, Return, Town, record, rules
from tests.pipeline.kafka import Broker, until

HOUSES: Final = (NORTH, SOUTH)


@pytest.fixture
async def broker(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka, partitions=2)


@pytest.fixture
def town() -> Town:
    return Town(Shared())


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


async def test_a_new_service_reads_every_partition_from_its_beginning(broker: Broker, town: Town) -> None:
    await broker.publish(asked(40))
    async with consuming(broker, town):
        await until(lambda: len(town.told()) == 40)
    assert of_each_house(town) == answered(40)
    assert town.shared.offsets == {place(broker, 0): 20, place(broker, 1): 20}


async def test_what_comes_later_is_read_as_it_comes(broker: Broker, town: Town) -> None:
    async with consuming(broker, town):
        await broker.publish(asked(20))
        await until(lambda: len(town.told()) == 20)
        await broker.publish(asked(20, start=20))
        await until(lambda: len(town.told()) == 40)
    assert of_each_house(town) == answered(40)


async def test_reading_starts_at_the_offsets_that_the_store_holds(broker: Broker, town: Town) -> None:
    await broker.publish(asked(40))
    town.shared.offsets |= {place(broker, 0): 16, place(broker, 1): 20}
    async with consuming(broker, town, rest=0.5):
        await until(lambda: len(town.told()) == 4)
    assert town.told() == [(1, "lent 32"), (1, "returned"), (1, "lent 36"), (1, "returned")]
    assert town.shared.offsets == {place(broker, 0): 20, place(broker, 1): 20}


async def test_a_restored_database_reads_again_by_itself(broker: Broker, town: Town) -> None:
    await broker.publish(asked(40))
    async with consuming(broker, town):
        await until(lambda: len(town.told()) == 40)
    restored = Town(Shared())
    async with consuming(broker, restored):
        await until(lambda: len(restored.told()) == 40)
    assert of_each_house(restored) == of_each_house(town)


async def test_a_topic_wiped_while_nobody_read_is_read_from_its_beginning(broker: Broker, town: Town) -> None:
    town.shared.offsets |= {place(broker, 0): 500, place(broker, 1): 500}
    await broker.publish(asked(8))
    async with consuming(broker, town):
        await until(lambda: len(town.told()) == 8)
    assert of_each_house(town) == answered(8)
    assert town.shared.offsets == {place(broker, 0): 4, place(broker, 1): 4}


async def test_a_topic_of_another_cluster_is_read_from_its_beginning_however_long_it_is(broker: Broker, town: Town) -> None:
    town.shared.offsets |= {place(broker, 0): 2, place(broker, 1): 4}
    town.shared.clusters |= {place(broker, 0): "before the disk was lost", place(broker, 1): "before the disk was lost"}
    await broker.publish(asked(8))
    async with consuming(broker, town):
        await until(lambda: len(town.told()) == 8)
    assert of_each_house(town) == answered(8)


async def test_a_service_ends_when_kafka_is_another_cluster(broker: Broker, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "CLUSTER_SECONDS", 0.01)
    async with consuming(broker, town) as running:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(running.same_cluster(), 1)

        async def another(_kafka: Connection) -> str:
            return "another"

        monkeypatch.setattr(consumer, "cluster_of", another)
        with pytest.raises(OtherCluster, match="another instead of"):
            await running.same_cluster()


async def test_a_topic_wiped_under_a_running_service_is_read_from_its_beginning(broker: Broker, town: Town) -> None:
    await broker.publish(asked(40))
    async with consuming(broker, town):
        await until(lambda: len(town.told()) == 40)
        await broker.delete()
        await broker.create()
        await broker.publish(asked(4, start=40))
        await until(lambda: len(town.told()) == 44, 30)
    assert of_each_house(town) == answered(44)
    assert town.shared.offsets == {place(broker, 0): 2, place(broker, 1): 2}


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
        async with cut_off(consumer, broker):
            await broker.publish(asked(24, start=4))
            await broker.eat(0, before=14)
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
        async with cut_off(consumer, broker):
            await broker.publish(asked(24, start=4))
            await broker.eat(0, before=11)
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
        async with cut_off(consumer, broker):
            await broker.publish(asked(24, start=4))
            await broker.eat(0, before=10)
        await until(lambda: lag_is(consumer, 0))
    assert store.unanswered == 1
    assert lost(town) == [FactsLost(topic=broker.topic, partition=0, from_offset=2, to_offset=10)]


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


async def test_an_outage_reads_the_batch_again_in_order_and_loses_nothing(broker: Broker, town: Town) -> None:
    store = Away("houses", town.shared, times=2)
    await broker.publish(asked(200))
    async with consuming(broker, town, store):
        await until(lambda: store.failed == 1)
        await broker.publish(asked(40, start=200))
        await until(lambda: len(town.told()) == 240)
    assert of_each_house(town) == answered(240)
    assert store.failed == 2


async def test_a_commit_whose_answer_was_lost_has_one_effect(broker: Broker, town: Town) -> None:
    class Deaf(Away):
        async def commit(self, commit: Commit) -> list[Recorded]:
            if self.failed < self.times:
                self.failed += 1
                await MemoryStore.commit(self, commit)
                raise TimeoutError
            return await super().commit(commit)

    await broker.publish(asked(40))
    async with consuming(broker, town, Deaf("houses", town.shared, times=1)):
        await until(lambda: len(town.told()) == 40)
        await broker.publish(asked(4, start=40))
        await until(lambda: len(town.told()) == 44)
    assert of_each_house(town) == answered(44)


async def test_a_jump_ahead_is_read_again_from_where_it_began(broker: Broker, town: Town) -> None:
    await broker.publish(asked(4))
    async with consuming(broker, town) as consumer:
        await until(lambda: len(town.told()) == 4)
        consumer._kafka.pause(Place(broker.topic, 0))  # noqa: SLF001 - as a batch that got lost on its way to us
        await broker.publish(asked(20, start=4))
        await until(lambda: len(town.told(SOUTH)) == 12)
        consumer._kafka.seek(Place(broker.topic, 0), 7)  # noqa: SLF001
        consumer._kafka.resume(Place(broker.topic, 0))  # noqa: SLF001
        await until(lambda: len(town.told(NORTH)) == 12)
    assert of_each_house(town) == answered(24)


async def test_a_batch_that_never_came_here_is_fetched_again_though_nothing_follows_it(broker: Broker, town: Town) -> None:
    async with consuming(broker, town) as consumer:
        consumer._kafka.pause(Place(broker.topic, 0))  # noqa: SLF001
        await broker.publish(asked(8))
        await until(lambda: len(town.told(SOUTH)) == 4)
        consumer._kafka.seek(Place(broker.topic, 0), 4)  # noqa: SLF001 - as a batch that got lost on its way to us
        consumer._kafka.resume(Place(broker.topic, 0))  # noqa: SLF001
        await until(lambda: lag_is(consumer, 0))
    assert of_each_house(town) == answered(8)


async def test_a_sender_with_transactions_is_read_without_what_it_took_back(broker: Broker, town: Town) -> None:
    messages = asked(16)
    async with consuming(broker, town) as consumer, AIOKafkaProducer(
        **broker.address.options, transactional_id=broker.topic
    ) as producer:  # fmt: skip
        for first in range(0, 16, 4):
            await producer.begin_transaction()
            for one in messages[first : first + 4]:
                await producer.send(broker.topic, one.value, key=one.key, partition=one.partition, headers=list(one.headers))
            await (producer.abort_transaction() if first == 4 else producer.commit_transaction())
            await asyncio.sleep(0.1 * (first % 8))
        await until(lambda: len(town.told()) == 12)
        await until(lambda: lag_is(consumer, 0))
    assert of_each_house(town) == sorted([*answered(4), *answered(8, start=8)], key=lambda one: one[0])
    async with consuming(broker, town) as consumer:
        await until(lambda: lag_is(consumer, 0))
    assert len(town.shared.recorded) == 12


async def test_a_fenced_writer_ends_and_reads_nothing_more(broker: Broker, town: Town) -> None:
    await broker.publish(asked(4))
    async with consuming(broker, town) as consumer:
        await until(lambda: len(town.told()) == 4)
        await MemoryStore("houses", town.shared).lead()
        await broker.publish(asked(4, start=4))
        with pytest.raises(Fenced, match="another writer leads houses now"):
            await asyncio.wait_for(consumer.failure, 20)
        await broker.publish(asked(4, start=8))
        await asyncio.sleep(0.5)
    assert of_each_house(town) == answered(4)
    assert town.shared.offsets == {place(broker, 0): 2, place(broker, 1): 2}


async def test_a_bug_that_concerns_no_single_message_ends_the_process(broker: Broker, town: Town) -> None:
    class Broken(MemoryStore):
        commits = 0

        async def commit(self, commit: Commit) -> list[Recorded]:
            self.commits += 1
            raise LookupError(commit)

    store = Broken("houses", town.shared)
    await broker.publish(asked(1))
    async with consuming(broker, town, store) as consumer:
        with pytest.raises(LookupError):
            await asyncio.wait_for(consumer.failure, 20)
        tried = store.commits
        await broker.publish(asked(4, start=4))
        await asyncio.sleep(0.5)
        assert store.commits == tried


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


async def lag_is(consumer: Consumer, expected: int) -> bool:
    return await consumer.lag() == expected


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


ODD: Final[Sequence[tuple[Any, list[tuple[str, Any]]]]] = [
    (None, []),
    (b"{}", [("null", None)]),
    (b"{}", [("ce_id", b"\xff")]),
    (b"x" * 5_000_000, []),
    (b"", [("", b"")]),
]


async def test_whatever_bytes_come_the_rest_flows(broker: Broker, town: Town) -> None:
    odd = [Record("", 0, 0, 0, b"\xff", value, tuple(headers)) for value, headers in ODD]
    async with consuming(broker, town) as consumer:
        await broker.publish([*odd, *asked(4)])
        await until(lambda: len(town.told()) == 4)
        assert not consumer.failure.done()
    assert of_each_house(town) == answered(4)
    assert [row.record.value for row in town.waiting()] == [value or None for value, _ in ODD[:-1]] + [b""]
    assert town.shared.offsets[place(broker, 0)] == 7


async def test_a_header_name_that_is_not_utf8_costs_its_own_message(broker: Broker, town: Town) -> None:
    before, odd, after = asked(4), asked(6)[4], asked(4, start=8)
    async with consuming(broker, town) as consumer:
        await broker.publish(before)
        await broker.publish_named(odd, b"tr\xffceparent")
        await broker.publish(after)
        await until(lambda: len(town.told()) == 8)
        await until(lambda: lag_is(consumer, 0))
    (row,) = town.waiting()
    assert of_each_house(town) == sorted([*answered(4), *answered(4, start=8)], key=lambda one: one[0])
    assert (row.record.value, row.reason, row.field) == (odd.value, "header.not-utf8", "header name")
    assert row.record.headers[-2:] == (("tr\\xffceparent", b"odd"), ("header name", b"tr\xffceparent"))


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
async def test_a_sender_may_compress_as_he_likes(broker: Broker, town: Town, compression: str) -> None:
    async with consuming(broker, town):
        await broker.publish(asked(20), compression)
        await until(lambda: len(town.told()) == 20)
    assert of_each_house(town) == answered(20)
