"""From the broker to the handler: from where the database says, in order, and nothing passed over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka import TopicPartition as Place

from pipeline import consumer
from pipeline.consumer import OtherCluster
from pipeline.envelope import Record
from pipeline.kafka import Connection, cluster_of
from pipeline.memory import MemoryStore, Shared
from pipeline.store import Commit, Fenced, Recorded
from tests.pipeline.houses import NORTH, SOUTH, Town
from tests.pipeline.kafka import Broker, until
from tests.pipeline.reading import Away, answered, asked, consuming, lag_is, of_each_house, place


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
    asked: list[str] = []

    async def another_at_the_third_time(kafka: Connection) -> str:
        asked.append("another" if len(asked) == 2 else await cluster_of(kafka))
        return asked[-1]

    monkeypatch.setattr(consumer, "CLUSTER_SECONDS", 0.01)
    async with consuming(broker, town) as running:
        monkeypatch.setattr(consumer, "cluster_of", another_at_the_third_time)
        with pytest.raises(OtherCluster, match="another instead of"):
            await running.same_cluster()
    assert len(asked) == 3


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
