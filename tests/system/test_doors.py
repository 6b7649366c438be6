"""Every wrong door is tried by whoever could try it and is found locked, and the right ones open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

from local.stack import Servers, Stack
from pipeline.kafka import Connection
from services import prepare

DEPARTMENTS = [
    "medical-insurance", "health", "education", "disability", "housing", "water", "emergency", "human-resources", "civil-affairs",
    "public-security", "assets",
]  # fmt: skip
FACTS = {department: f"suishi.facts.{department}.v1" for department in DEPARTMENTS}
SERVICES = ["enrollment", "assistance", "notifications"]
COMMANDS = {service: f"suishi.{service}.commands.v1" for service in SERVICES}
EVENTS = {service: f"suishi.{service}.events.v1" for service in SERVICES}
CLOCK = "suishi.clock.v1"
CHECKPOINTS = "suishi.audit.checkpoints.v1"
TOPICS = [*FACTS.values(), *COMMANDS.values(), *EVENTS.values(), CLOCK, CHECKPOINTS]
DEAD = [f"{topic}.dlq" for topic in TOPICS]
# Of the services' own: what each may send and what it follows, as the contracts say.
SENDS = {
    "enrollment": {EVENTS["enrollment"], CLOCK, COMMANDS["enrollment"]},
    "assistance": {EVENTS["assistance"]},
    "notifications": {EVENTS["notifications"], COMMANDS["notifications"]},
}
FOLLOWS = {
    "enrollment": {*FACTS.values(), COMMANDS["enrollment"], CLOCK, EVENTS["assistance"]},
    "assistance": {COMMANDS["assistance"], CLOCK, EVENTS["enrollment"]},
    "notifications": {COMMANDS["notifications"], CLOCK, EVENTS["enrollment"], EVENTS["assistance"]},
}
REFUSED, DONE = "TopicAuthorizationFailedError", "done"
PATIENCE_MS = 20_000
THAT_OF_HEALTH = "the password of health"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Servers of our own with everything in place, and a message on every topic."""
    servers = Servers(tmp_path_factory.mktemp("doors"), throw_away=True)
    try:
        stack = servers.start()
        asyncio.run(prepare.topics(stack.kafka))
        assert only(TOPICS, TOPICS) == asyncio.run(writes(stack.kafka, TOPICS))
        yield stack
    finally:
        servers.stop()
        servers.postgres.forget()


async def writes(kafka: Connection, topics: Iterable[str]) -> dict[str, str]:
    """What came of a message on each topic: `done`, or the name of Kafka's refusal."""
    found: dict[str, str] = {}
    async with AIOKafkaProducer(**kafka.options, acks="all") as producer:
        for topic in topics:
            try:
                await producer.send_and_wait(topic, b"forged")
                found[topic] = DONE
            except KafkaError as refusal:
                found[topic] = type(refusal).__name__
    return found


async def reads(kafka: Connection, topics: Iterable[str]) -> dict[str, str]:
    """The same of reading each topic, on which there is something to read."""
    found: dict[str, str] = {}
    for topic in topics:
        consumer = AIOKafkaConsumer(topic, **kafka.options, auto_offset_reset="earliest")
        try:
            await consumer.start()
            found[topic] = DONE if await consumer.getmany(timeout_ms=PATIENCE_MS) else "nothing came"
        except KafkaError as refusal:
            found[topic] = type(refusal).__name__
        finally:
            await consumer.stop()
    return found


def only(allowed: Iterable[str], topics: Iterable[str]) -> Mapping[str, str]:
    return {topic: DONE if topic in set(allowed) else REFUSED for topic in topics}


@pytest.mark.parametrize("department", DEPARTMENTS)
async def test_a_department_writes_its_own_topic_and_no_other(locked: Stack, department: str) -> None:
    topics = [*TOPICS, *DEAD]
    assert only([FACTS[department]], topics) == await writes(locked.kafka_as(department), topics)


async def test_a_department_reads_nothing(locked: Stack) -> None:
    assert only([], TOPICS) == await reads(locked.kafka_as("health"), TOPICS)


async def test_operators_read_nothing(locked: Stack) -> None:
    assert only([], TOPICS) == await reads(locked.kafka_as("operator"), TOPICS)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_what_it_sends_and_the_dead_letters_of_what_it_follows(locked: Stack, service: str) -> None:
    wrong = [topic for topic in [*TOPICS, *DEAD] if topic not in SENDS[service] and topic.removesuffix(".dlq") not in FOLLOWS[service]]
    own = [topic for topic in FOLLOWS[service] if topic not in SENDS[service]]
    assert only([], [*wrong, *own]) == await writes(locked.kafka_as(service), [*wrong, *own])


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_what_it_follows_and_nothing_else(locked: Stack, service: str) -> None:
    assert only(FOLLOWS[service], TOPICS) == await reads(locked.kafka_as(service), TOPICS)


async def test_the_auditor_reads_events_and_checkpoints_and_nothing_else(locked: Stack) -> None:
    assert only([*EVENTS.values(), CHECKPOINTS], TOPICS) == await reads(locked.kafka_as("auditor"), TOPICS)


async def test_the_auditor_writes_nothing(locked: Stack) -> None:
    topics = [*TOPICS, *DEAD]
    assert only([], topics) == await writes(locked.kafka_as("auditor"), topics)


async def test_the_sealer_writes_and_reads_its_checkpoints_and_nothing_else(locked: Stack) -> None:
    topics = [*TOPICS, *DEAD]
    assert only([CHECKPOINTS], topics) == await writes(locked.kafka_as("sealer"), topics)
    assert only([CHECKPOINTS], TOPICS) == await reads(locked.kafka_as("sealer"), TOPICS)


async def test_operators_write_commands_and_nothing_else(locked: Stack) -> None:
    topics = [*TOPICS, *DEAD]
    assert only(COMMANDS.values(), topics) == await writes(locked.kafka_as("operator"), topics)


@pytest.mark.parametrize("user", ["health", "enrollment", "auditor", "operator"])
async def test_nobody_but_the_administrator_makes_a_topic(locked: Stack, user: str) -> None:
    admin = AIOKafkaAdminClient(**locked.kafka_as(user).options)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(f"door.{user}", 1, 1)])
        assert [REFUSED] == [for_code(error[1]).__name__ for error in answer.topic_errors]
    finally:
        await admin.close()


@pytest.mark.parametrize(
    ("user", "password"),
    [("health", "not the password"), ("nobody-we-know", "any"), ("administrator", ""), ("enrollment", THAT_OF_HEALTH)],
)
async def test_a_wrong_password_opens_nothing(locked: Stack, user: str, password: str, caplog: pytest.LogCaptureFixture) -> None:
    tried = password.replace(THAT_OF_HEALTH, locked.kafka_as("health").password)
    assert "KafkaConnectionError" == await knocks(replace(locked.kafka, user=user, password=tried))
    assert "invalid credentials" in caplog.text
    assert [] == [record for record in caplog.messages if tried and tried in record]


async def test_who_names_nobody_is_not_let_in(locked: Stack) -> None:
    assert "KafkaConnectionError" == await knocks(Connection(locked.kafka.servers))


async def knocks(kafka: Connection) -> str:
    """`done`, or the name of what stands in the way."""
    admin = AIOKafkaAdminClient(**kafka.options, request_timeout_ms=5000)
    try:
        await admin.start()
    except KafkaError as refusal:
        return type(refusal).__name__
    finally:
        await admin.close()
    return DONE
