"""The log goes to Kafka in order and at least once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from structlog.testing import capture_logs

from local.stack import Stack
from pipeline import relay as sending
from pipeline.envelope import Record
from pipeline.memory import MemoryStore
from pipeline.metrics import metrics
from pipeline.relay import PAGE, Relay
from pipeline.store import Checkpoint, Recorded
from tests.pipeline.houses import NORTH, SOUTH, Lent, Refused
from tests.pipeline.kafka import Broker, until
from tests.pipeline.relaying import Town, by_key, door, of_each_house, positions, relayed, relaying


@pytest.fixture
async def broker(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka)


async def test_every_public_event_is_there_once_and_each_house_in_order(broker: Broker) -> None:
    town = Town()
    await town.season(PAGE + 500)
    async with relaying(town, door(broker), broker) as relay:
        await until(lambda: town.shared.checkpoint.position == PAGE + 500)
        relay.wake(*await town.season(300))
        await until(lambda: town.shared.checkpoint.position == PAGE + 800)
    sent = await broker.everything()
    assert sorted(positions(sent)) == town.public()
    assert by_key(sent) == of_each_house(town)


async def test_what_was_handed_over_with_gaps_is_read_from_the_log(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_FRESH", 100)
    town = Town()
    async with relaying(town, door(broker), broker) as relay:
        for number in range(60):
            commit, recorded = await town.season(5)
            if number % 7 != 3:
                relay.wake(commit, recorded)
            if number % 20 == 19:
                await until(lambda: town.shared.checkpoint.position == len(town.shared.recorded))
    sent = await broker.everything()
    assert sorted(positions(sent)) == town.public()
    assert by_key(sent) == of_each_house(town)


async def test_a_relay_that_cannot_send_keeps_little_and_sends_all_of_it_from_the_log_in_the_end(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_FRESH", 100)
    town, kept, broker = Town(), list[int](), Broker(stack.kafka, f"test.{uuid4().hex}")
    async with relaying(town, door(broker), broker) as relay:
        for _ in range(60):
            relay.wake(*await town.season(30))
            kept.append(len(relay._fresh))  # noqa: SLF001 - what it holds in memory
            await asyncio.sleep(0.01)
        assert town.shared.checkpoint.position == 0
        await broker.create()
        await until(lambda: town.shared.checkpoint.position == 1800)
    assert max(kept) <= 100
    assert by_key(await broker.everything()) == of_each_house(town)


async def test_a_message_says_what_where_why_and_when(broker: Broker) -> None:
    town = Town()
    await town.append([(SOUTH, Refused(household="Li")), (NORTH, Lent(household="Zhang"))])
    await relayed(town, door(broker), broker)
    event = town.shared.recorded[1]
    (message,) = await broker.everything()
    assert (str(NORTH).encode(), b'{"household":"Zhang"}') == (message.key, message.value)
    assert message.headers == (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event.event_id).encode()),
        ("ce_source", b"/suishi/houses"),
        ("ce_type", b"houses.event.lent.v1"),
        ("ce_time", b"2021-01-05T04:00:00+00:00"),
        ("ce_recordedtime", event.recorded_at.isoformat().encode()),
        ("ce_subject", b"00000000-0000-0000-0000-000000000001"),
        ("ce_partitionkey", b"00000000-0000-0000-0000-000000000001"),
        ("ce_correlationid", b"correlated"),
        ("ce_causationid", b"caused"),
        ("ce_authid", b"clerk"),
        ("ce_position", b"2"),
        ("content-type", b"application/json"),
    )


async def test_a_key_goes_where_any_other_sender_would_put_it(broker: Broker) -> None:
    town = Town()
    await town.season(200)
    await relayed(town, door(broker), broker)
    other = await Broker.with_topic(broker.address)
    async with AIOKafkaProducer(**broker.address.options) as producer:
        for key in of_each_house(town):
            await producer.send(other.topic, b"", key=key)
    expected = {record.key: record.partition for record in await other.everything()}
    assert {record.key: record.partition for record in await broker.everything()} == expected
    assert len(set(expected.values())) > 3


async def test_when_a_checkpoint_is_saved_the_broker_has_all_up_to_it(broker: Broker) -> None:
    saved: list[tuple[int, int, dict[int, int]]] = []

    class Watched(MemoryStore):
        async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
            ends = await broker.ends()
            saved.append((checkpoint.position, sum(ends.values()), {n: end for n, end in ends.items() if end}))
            assert {(broker.topic, n): end for n, end in ends.items() if end} == checkpoint.ends
            await super().save_checkpoint(checkpoint)

    town = Town(Watched)
    await town.season(PAGE + 300)
    await relayed(town, door(broker), broker)
    public = town.public()
    assert [(at, sent) for at, sent, _ in saved] == [
        (PAGE, len([one for one in public if one <= PAGE])),
        (PAGE + 300, len(public)),
    ]


class Killed(BaseException):
    """The process is gone."""


async def test_what_was_sent_before_a_kill_is_sent_again_and_readers_skip_it_by_its_position(broker: Broker) -> None:
    class Dying(MemoryStore):
        async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
            raise Killed(checkpoint)

    town = Town(Dying)
    await town.season(400)
    with pytest.raises(Killed):
        await Relay(town.store, door(broker), broker.address, metrics("houses")).run()
    town.store = MemoryStore("houses", town.shared)
    await town.store.lead()
    await relayed(town, door(broker), broker)
    sent = await broker.everything()
    assert sorted(positions(sent)) == sorted([*town.public(), *town.public()])
    seen, kept = defaultdict[int, int](int), list[Record]()
    for record in sent:
        (position,) = positions([record])
        if position > seen[record.partition]:
            seen[record.partition] = position
            kept.append(record)
    assert by_key(kept) == of_each_house(town)


async def test_a_relay_that_ends_at_an_event_says_which_it_was(broker: Broker) -> None:
    def broken(event: Recorded) -> None:
        if event.position == 3:
            raise KeyError("no-text")  # noqa: EM101 - a reason code that no text explains

    town = Town()
    await town.season(5)
    with capture_logs() as logs, pytest.raises(KeyError):
        await Relay(town.store, replace(door(broker), translate=broken), broker.address, metrics("houses")).run()
    where = {"event": "event.unpublishable", "log_level": "error", "position": 3, "topic": "houses.lent", "problem": "'no-text'"}
    assert logs == [where]


async def test_how_far_kafka_is_behind_the_log_is_measured(broker: Broker) -> None:
    town, measured = Town(), metrics("houses")
    await town.season(50)
    async with relaying(town, door(broker), broker, measured):
        await until(lambda: measured.registry.get_sample_value("suishi_houses_relay_lag") == 0 and town.shared.checkpoint.position == 50)
