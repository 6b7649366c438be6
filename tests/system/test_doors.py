"""Every wrong door is tried, by whoever could try it, and is found locked; the right ones open."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError

from local.stack import Stack
from pipeline.kafka import Connection
from schemas.topics import COMMANDS, DEPARTMENTS, EVENTS, FACTS, SERVICES
from tests.journeys.system import System

INNER = [*COMMANDS.values(), *EVENTS.values(), "suishi.clock.v1"]
STRANGE = [(service, topic) for service in SERVICES for topic in EVENTS.values() if topic != EVENTS[service]]


@pytest.fixture
def stack(system: System) -> Stack:
    return system.stack


async def write(kafka: Connection, topic: str) -> str:
    """What came of it: `written`, or the name of Kafka's refusal."""
    try:
        async with AIOKafkaProducer(**kafka.options, acks="all") as producer:
            await producer.send_and_wait(topic, b"forged")
    except KafkaError as refusal:
        return type(refusal).__name__
    return "written"


async def read(kafka: Connection, topic: str) -> str:
    """`read`, or the name of Kafka's refusal."""
    place = TopicPartition(topic, 0)
    try:
        async with AIOKafkaConsumer(**kafka.options) as consumer:
            consumer.assign([place])
            await consumer.seek_to_beginning(place)
            await consumer.getmany(place, timeout_ms=500)
    except KafkaError as refusal:
        return type(refusal).__name__
    return "read"


REFUSED = "TopicAuthorizationFailedError"


@pytest.mark.parametrize("department", DEPARTMENTS)
async def test_a_department_writes_its_own_topic_and_no_other(stack: Stack, department: str) -> None:
    topics = [*FACTS.values(), *INNER]
    found = {topic: await write(stack.kafka_as(department), topic) for topic in topics}
    assert {topic: "written" if topic == FACTS[department] else REFUSED for topic in topics} == found


@pytest.mark.parametrize("department", ["health", "assets"])
async def test_a_department_reads_nothing_not_even_what_others_wrote_on_its_topic(stack: Stack, department: str) -> None:
    topics = [FACTS[department], FACTS["education"], *INNER]
    assert dict.fromkeys(topics, REFUSED) == {topic: await read(stack.kafka_as(department), topic) for topic in topics}
