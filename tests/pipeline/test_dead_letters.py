"""What was set aside leaves as a dead letter, once, and holds up no event."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

import orjson
import pytest
from aiokafka.errors import KafkaError
from msgspec import structs

from local.stack import Stack
from pipeline import relay as sending
from pipeline.envelope import Record
from pipeline.metrics import metrics
from pipeline.relay import DeadLetter
from pipeline.store import SetAside
from services.dead_letters import notice
from tests.pipeline.houses import NORTH, SOUTH, Lent, Returned
from tests.pipeline.kafka import Broker, until
from tests.pipeline.relaying import Town, door, positions, relaying


@pytest.fixture
async def broker(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka)


@pytest.fixture
async def dead(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka, partitions=1)


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
