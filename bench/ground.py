"""The same ground for every side: a register to copy, and facts on Kafka that every round reads again from their beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.facts import publish, registered
from bench.ours import enrolling, settled
from county.opening import OPENING, registration
from county.outgoing import Outgoing
from county.population import Population
from local.stack import Stack
from pipeline.kafka import Connection
from schemas.topics import COMMANDS, EVENTS, FACTS, PARTITIONS
from services import prepare

REGISTER: Final = "bench_register"
LIMIT, NAIVE, BARE = "bench.limit.events.v1", "bench.naive.events.v1", "bench.bare.v1"
WIDTH: Final = PARTITIONS[EVENTS["enrollment"]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Every round gets a database of its own; `facts` messages lie on the facts topics, `registered` households are in the register."""

    stack: Stack
    facts: int
    registered: int

    @property
    def places(self) -> list[TopicPartition]:
        """Where the facts are."""
        return [TopicPartition(topic, number) for topic in FACTS.values() for number in range(PARTITIONS[topic])]

    def dsn(self, name: str) -> str:
        """The DSN of a database that an earlier round left."""
        return _dsn(self.stack.database, name)

    async def empty(self, name: str) -> str:
        """The DSN of a new database."""
        return await _create(self.stack.database, name, "")

    async def register(self, name: str, of: str = REGISTER) -> str:
        """The DSN of a new database in which everybody is registered: a copy of another one, to which nobody is connected."""
        return await _create(self.stack.database, name, f" TEMPLATE {of} STRATEGY FILE_COPY")

    async def drop(self, names: Sequence[str]) -> None:
        """What a round left, so that its vacuum and its pages not yet written do not weigh on the next."""
        for name in names:
            await _execute(self.stack.database, f"DROP DATABASE {name}")


async def prepare_ground(stack: Stack, people: Population, told: Sequence[Outgoing]) -> Ground:
    """Register everybody through the real service, stop it, and only then let the departments speak."""
    dsn = await _create(stack.database, REGISTER, "")
    await prepare.database(dsn)
    await prepare.topics(stack.kafka)
    await bare_topics(stack.kafka)
    registrations = [registration(household, OPENING) for household in registered(people)]
    with enrolling(stack, dsn) as service:
        await publish(stack.kafka, registrations)
        await settled(service, dsn, (COMMANDS["enrollment"],), len(registrations))
    await publish(stack.kafka, told)
    return Ground(stack, len(told), len(registrations))


async def _create(owner: str, name: str, how: str) -> str:
    await _execute(owner, f"CREATE DATABASE {name}{how}")
    return _dsn(owner, name)


async def _execute(owner: str, sql: str) -> None:
    connection: Any = await asyncpg.connect(owner)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _dsn(owner: str, name: str) -> str:
    return urlunsplit(urlsplit(owner)._replace(path=f"/{name}"))


async def bare_topics(kafka: Connection) -> None:
    """Those of the bench's own sides."""
    admin = AIOKafkaAdminClient(**kafka.options)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, WIDTH, 1) for topic in (LIMIT, NAIVE, BARE)])
    finally:
        await admin.close()
