import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from local.stack import Stack, running
from services import prepare

LONGEST_S: Final = 7200  # with --long
KILLED: Final = "tests/system/"  # mostly waits, for what it has killed


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="twenty times as many random examples")


def pytest_configure(config: pytest.Config) -> None:
    """A loaded machine makes no example wrong: none has a deadline."""
    settings.register_profile("usual", deadline=None)
    settings.register_profile("long", deadline=None, max_examples=2000)
    settings.load_profile("long" if config.getoption("--long") else "usual")
    if config.getoption("--long") and config.getoption("--timeout") is None:
        config.option.timeout = LONGEST_S


class Shares(LoadScopeScheduling):
    """Workers take file after file; one of them all of those that share a system, while the other one has the processors."""

    def _split_scope(self, nodeid: str) -> str:
        return KILLED if nodeid.startswith(KILLED) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)  # also where nobody shares
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares:
    config.option.loadscopereorder = False
    return Shares(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    items.sort(key=lambda item: not item.nodeid.startswith(KILLED))


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
