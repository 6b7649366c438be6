from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import ClassVar, Final
from uuid import UUID

import pytest

from pipeline.decider import Event
from pipeline.kernel import register
from pipeline.store import Metadata, NewEvent
from tests.pipeline.backends import Backend, InMemory, InPostgres

WHY: Final = Metadata("correlation", "cause", "clerk", "/test", date(2021, 1, 5), datetime(2021, 1, 5, 4, tzinfo=UTC))


class Noted(Event, frozen=True):
    TOPIC: ClassVar = "example.noted"
    text: str


register([Noted])


def noted(stream: UUID, version: int, text: str = "a note") -> NewEvent:
    return NewEvent(stream, version, Noted(text=text), WHY)


@pytest.fixture(params=["memory", "postgres"])
def place(request: pytest.FixtureRequest) -> Backend:
    return InMemory() if request.param == "memory" else InPostgres(request.getfixturevalue("database"))


@pytest.fixture
async def backend(place: Backend) -> AsyncIterator[Backend]:
    """An empty log, once in memory and once in PostgreSQL."""
    await place.open()
    yield place
    await place.close()


@pytest.fixture
async def postgres(database: str) -> AsyncIterator[InPostgres]:
    """An empty log in PostgreSQL, for promises that only a database can break."""
    place = InPostgres(database)
    await place.open()
    yield place
    await place.close()
