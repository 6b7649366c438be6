import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import ClassVar, Final
from uuid import UUID

import pytest
import structlog

from local.stack import Stack
from pipeline.decider import Event
from pipeline.kernel import register
from pipeline.memory import Shared
from pipeline.migrate import LOG, migrate
from pipeline.store import Metadata, NewEvent
from tests.conftest import a_database
from tests.pipeline.backends import SCHEMA, Backend, InMemory, InPostgres
from tests.pipeline.houses import Town
from tests.pipeline.kafka import Broker

WHY: Final = Metadata("correlation", "cause", "clerk", "/test", date(2021, 1, 5), datetime(2021, 1, 5, 4, tzinfo=UTC))


class Noted(Event, frozen=True):
    TOPIC: ClassVar = "example.noted"
    text: str


register([Noted])


def noted(stream: UUID, version: int, text: str = "a note") -> NewEvent:
    return NewEvent(stream, version, Noted(text=text), WHY)


@pytest.fixture(scope="session")
def log_database(stack: Stack) -> Iterator[str]:
    """The owner's DSN of one database whose log each test starts again."""
    with a_database(stack) as dsn:
        asyncio.run(migrate(dsn, SCHEMA, [LOG]))
        yield dsn


@pytest.fixture(params=["memory", "postgres"])
def place(request: pytest.FixtureRequest) -> Backend:
    return InMemory() if request.param == "memory" else InPostgres(request.getfixturevalue("log_database"))


@pytest.fixture
async def backend(place: Backend) -> AsyncIterator[Backend]:
    """An empty log, once in memory and once in PostgreSQL."""
    await place.open()
    yield place
    await place.close()


@pytest.fixture
async def postgres(log_database: str) -> AsyncIterator[InPostgres]:
    """An empty log in PostgreSQL, for promises that only a database can break."""
    place = InPostgres(log_database)
    await place.open()
    yield place
    await place.close()


@pytest.fixture
async def broker(stack: Stack) -> Broker:
    return await Broker.with_topic(stack.kafka, partitions=2)


@pytest.fixture
def town() -> Town:
    return Town(Shared())


@pytest.fixture
def quiet() -> Iterator[None]:
    """Setting aside logs a traceback, and some tests do it hundreds of times."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
