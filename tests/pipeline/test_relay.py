"""The log goes to Kafka in order, at least once, and again when Kafka lost it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID, uuid4, uuid5

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from msgspec import structs
from structlog.testing import capture_logs

from local.stack import Stack
from pipeline import relay as sending
from pipeline.decider import Event
from pipeline.envelope import Record
from pipeline.memory import MemoryStore, Shared
from pipeline.metrics import Metrics, metrics
from pipeline.relay import PAGE, DeadLetter, Exit, Relay
from pipeline.service import end
from pipeline.store import Checkpoint, Commit, Metadata, NewEvent, Recorded, SetAside
from services.dead_letters import notice
from tests.pipeline.houses import NORTH, SOUTH, Lent, Refused, Returned, to_message
from tests.pipeline.kafka import Broker, until

WHY: Final = Metadata("correlated", "caused", "clerk", "/clerk", date(2021, 1, 5), datetime(2021, 1, 5, 4, tzinfo=UTC))
TOLD: Final = "ce_position"


@pytest.fixture
async def broker(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka)


@pytest.fixture
async def dead(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka, partitions=1)


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


def row(number: int, record: Record, stream: UUID | None = None) -> SetAside:
    return SetAside(UUID(int=number), record, stream, "data.invalid", "valid_on", "is not a date", "write it as YYYY-MM-DD")


LETTER: Final = Record(
    "suishi.assistance.events.v1", 3, 77, 1_609_819_200_000, b"key", b"\xff{", (("ce_id", b"9"), ("odd", b"\xff"), ("none", None)),
)  # fmt: skip
SPRING: Final = (
    ("kafka_dlt-original-topic", b"suishi.assistance.events.v1"),
    ("kafka_dlt-original-partition", b"\0\0\0\3"),
    ("kafka_dlt-original-offset", b"\0\0\0\0\0\0\0\x4d"),
    ("kafka_dlt-original-timestamp", b"\0\0\1\x76\xd0\xb3\x9a\0"),
    ("kafka_dlt-exception-fqcn", b"data.invalid"),
    ("kafka_dlt-exception-message", b"valid_on is not a date; write it as YYYY-MM-DD"),
)


async def test_a_dead_letter_carries_the_bytes_and_springs_headers_and_is_sent_once(broker: Broker, dead: Broker) -> None:
    town, measured = Town(), metrics("houses")
    await town.append([], [row(1, LETTER), row(2, structs.replace(LETTER, value=None, headers=()), SOUTH)])
    async with relaying(town, door(broker, dead), broker, measured) as relay:
        await until(lambda: len(town.shared.published) == 2)
        relay.wake(*await town.append([(NORTH, Lent(household="Zhang"))]))
        await until(lambda: town.shared.checkpoint.position == 1)
    sent = [(one.key, one.value, one.headers) for one in await dead.everything()]
    assert sent == [(b"key", b"\xff{", (("ce_id", b"9"), ("odd", b"\xff"), *SPRING)), (b"key", b"", SPRING)]
    assert measured.registry.get_sample_value("suishi_houses_dead_letters_total", {"reason": "data.invalid"}) == 2


async def test_a_dead_letter_of_a_personal_topic_carries_a_reference_and_nothing_of_the_original(broker: Broker, dead: Broker) -> None:
    name = "欧阳".encode()
    personal = {"key": name, "value": b'{"name":"%b"}' % name, "headers": (("ce_subject", name), ("ce_id", name))}
    town, record = Town(), structs.replace(LETTER, topic="suishi.facts.health.v1", **personal)
    await town.append([], [row(1, record)])
    async with relaying(town, door(broker, dead), broker):
        await until(lambda: len(town.shared.published) == 1)
    (sent,) = await dead.everything()
    reference = (
        b'{"id":"00000000-0000-0000-0000-000000000001","reason":"data.invalid","field":"valid_on","problem":"is not a date",'
        b'"remedy":"write it as YYYY-MM-DD"}'
    )
    assert (sent.key, sent.value, sent.headers) == (None, reference, (("kafka_dlt-original-topic", b"suishi.facts.health.v1"), *SPRING[1:]))


def test_a_dead_letter_that_no_topic_would_take_is_a_reference() -> None:
    """40 MB of one letter pass a broker compressed."""
    one = row(1, structs.replace(LETTER, value=b"x" * 40_000_000))
    letter = notice(one)
    assert (letter.key, letter.headers, orjson.loads(letter.value)["id"]) == (None, [], str(one.id))


async def test_a_large_dead_letter_does_not_hold_up_the_events(broker: Broker, dead: Broker) -> None:
    town, large = Town(), structs.replace(LETTER, value=b"x" * 6_000_000)
    await town.append([(NORTH, Lent(household="Zhang"))], [row(1, large)])
    async with relaying(town, door(broker, dead), broker) as relay:
        await until(lambda: len(town.shared.published) == 1)
        relay.wake(*await town.append([(NORTH, Returned()), (NORTH, Lent(household="Li"))]))
        await until(lambda: town.shared.checkpoint.position == 3, 2)
    assert [len(one.value or b"") for one in await dead.everything()] == [6_000_000]
    assert positions(await broker.everything()) == [1, 3]


async def test_dead_letters_of_more_than_a_page_are_all_sent(broker: Broker, dead: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PAGE", 10)
    town = Town()
    await town.append([], [row(number, LETTER) for number in range(25)])
    async with relaying(town, door(broker, dead), broker):
        await until(lambda: len(town.shared.published) == 25)
    assert len(await dead.everything()) == 25


async def test_a_dead_letter_that_could_not_be_sent_is_sent_later(broker: Broker, dead: Broker) -> None:
    town, failures = Town(), iter([KafkaError("the broker is away")])

    def letters(one: SetAside) -> DeadLetter:
        for failure in failures:
            raise failure
        return structs.replace(notice(one), topic=dead.topic)

    await town.append([], [row(1, LETTER)])
    async with relaying(town, replace(door(broker), dead_letters=letters), broker):
        await until(lambda: len(town.shared.published) == 1)
    assert len(await dead.everything()) == 1


async def test_how_far_kafka_is_behind_the_log_is_measured(broker: Broker) -> None:
    town, measured = Town(), metrics("houses")
    await town.season(50)
    async with relaying(town, door(broker), broker, measured):
        await until(lambda: measured.registry.get_sample_value("suishi_houses_relay_lag") == 0 and town.shared.checkpoint.position == 50)
