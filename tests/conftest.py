import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings

from local.stack import Stack, running
from services import prepare

LONGEST_S: Final = 7200  # with --long


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="twenty times as many random examples")


def pytest_configure(config: pytest.Config) -> None:
    """A loaded machine makes no example wrong: none has a deadline."""
    settings.register_profile("usual", deadline=None)
    settings.register_profile("long", deadline=None, max_examples=2000)
    settings.load_profile("long" if config.getoption("--long") else "usual")
    if config.getoption("--long") and config.getoption("--timeout") is None:
        config.option.timeout = LONGEST_S


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """One real PostgreSQL and one real Kafka for the whole run, in a throw-away folder."""
    with running() as servers:
        yield servers


@pytest.fixture
def database(stack: Stack) -> Iterator[str]:
    """The owner's DSN of an empty database of this test's own."""
    with a_database(stack) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def prepared(stack: Stack) -> Iterator[str]:
    """The owner's DSN of a database with every service's schema, one for all tests of a file."""
    with a_database(stack) as dsn:
        asyncio.run(prepare.database(dsn))
        yield dsn


@contextmanager
def a_database(stack: Stack) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    owner = urlsplit(stack.database)
    asyncio.run(_execute(stack.database, f"create database {name}"))
    yield urlunsplit(owner._replace(path=f"/{name}"))
    asyncio.run(_execute(stack.administrator or stack.database, f"drop database {name} with (force)"))


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
