"""PostgreSQL is away, has no connection left, or takes a commit and cannot say so, in the middle of a season."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from schemas.topics import SERVICES
from tests.journeys.system import System
from tests.system.line import Line
from tests.system.oracle import every_effect_is_there_once
from tests.system.processes import named, revive
from tests.system.season import Season, supervised
from tests.system.servers import Machine

NUMBERS: Final = count(6000, 100)
HOUSES: Final = 60
OURS: Final = ("suishi-enrollment", "suishi-assistance", "suishi-notifications")
REFUSED: Final = 'too many connections for database \\"suishi\\"'
COMMITTED: Final = b"C\x00\x00\x00\x0bCOMMIT\x00"


@pytest.fixture
def away_s(request: pytest.FixtureRequest) -> float:
    return 30 if request.config.getoption("--long") else 2


async def test_nothing_is_lost_and_nothing_doubled_while_postgres_is_away(
    system: System, machine: Machine, rounds: int, away_s: float
) -> None:
    for _ in range(rounds):
        season = Season.of(system, next(NUMBERS), HOUSES)
        async with supervised(system):
            told = await season.pass_with(partial(machine.postgres_stops, away_s), times=rounds)
            await every_effect_is_there_once(system, told, perhaps_lost=2 * len(told.houses))


async def test_services_wait_for_a_connection_while_there_is_none(system: System, rounds: int, away_s: float) -> None:
    for _ in range(rounds):
        season = Season.of(system, next(NUMBERS), HOUSES)
        told = await season.pass_with(partial(no_connection_left, system, away_s), times=rounds)
        await every_effect_is_there_once(system, told)
    assert {service.name for service in system.services if REFUSED in service.program.log.read_text()} == set(SERVICES)


async def no_connection_left(system: System, seconds: float) -> None:
    """Those that read and write are cut, and as many are refused as after the last free one."""
    administrator = await asyncpg.connect(system.stack.administrator)
    try:
        await administrator.execute("ALTER DATABASE suishi CONNECTION LIMIT 0")
        await administrator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ANY($1)", OURS)
        await asyncio.sleep(seconds)
        assert {service.name: service.program.log.read_text()[-4_000:] for service in system.services if service.program.pid is None} == {}
    finally:
        await administrator.execute("ALTER DATABASE suishi CONNECTION LIMIT -1")
        await administrator.close()


@pytest.fixture
async def line(system: System) -> AsyncIterator[Line]:
    """Enrollment and notifications reach their database over a line that can be cut."""
    database = urlsplit(system.stack.database)
    cut = [named(system, name) for name in ("enrollment", "notifications")]
    async with Line.to(database.hostname or "", database.port or 0) as line:
        over = urlunsplit(database._replace(netloc=f"{database.username}:{database.password}@{line.address}"))
        names = {f"SUISHI_DATABASE_{service.name.upper()}": over for service in cut}
        for service in cut:
            await revive(System(system.stack, system.mailbox, system.services, {**system.extra, **names}), service)
        yield line
        for service in cut:
            await revive(system, service)


async def test_a_commit_whose_answer_is_lost_has_its_effect_once(system: System, line: Line) -> None:
    season = Season.of(system, next(NUMBERS), HOUSES)
    line.loses = lambda answer: COMMITTED in answer and season.random.random() < 0.3
    told = await season.pass_with(partial(asyncio.sleep, 0))
    await every_effect_is_there_once(system, told)
    print(f"{line.lost} commits unanswered")  # noqa: T201 - how often
    assert line.lost > 0
