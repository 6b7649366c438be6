"""Hours of work in minutes: at 70 % of what the services can take, something fails every minute, and at the end nobody would know."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import count, cycle
from statistics import median
from typing import Final, TypeAlias

import asyncpg
import psutil
import pytest

from tests.journeys.system import System
from tests.system.load import Load
from tests.system.oracle import IN_A_LEASE, every_effect_is_there_once
from tests.system.processes import all_quiet, kill
from tests.system.season import supervised
from tests.system.servers import Machine

Fault: TypeAlias = Callable[[], Awaitable[None]]
Lives: TypeAlias = dict[tuple[str, int], list[tuple[float, float]]]
NUMBERS: Final = count(50_000)
SHARE: Final = 0.7
MEASURING_S: Final = 10
AWAY_S: Final = 3
LAG_GONE_S: Final = 120
MEGABYTE: Final = 1024 * 1024
# What a process fetches and keeps once is there by then; what it remembers of states still grows by some megabytes, up to its own bound.
WARM_S: Final = 40
WATCHED_S: Final = 20
STEP_S: Final = 5
FLAT_MB: Final = 64
CUT: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'suishi-%'"


@pytest.fixture
def moments(request: pytest.FixtureRequest) -> list[float]:
    """Seconds from the begin at which something fails."""
    return [*map(float, range(60, 600, 60))] if request.config.getoption("--long") else [8.0, 18.0, 28.0]


async def test_nothing_is_lost_lag_goes_and_memory_stays_however_often_something_fails(
    system: System, machine: Machine, moments: list[float]
) -> None:
    load, lives = Load(system, NUMBERS), Lives()
    await load.begin()
    rate = await load.most(MEASURING_S)
    async with supervised(system), watched(system, lives):
        coming = asyncio.create_task(load.keep_up(SHARE * rate, moments[-1]))
        await fail(moments, faults(system, machine))
        await coming
        while not processes(system) <= growth(lives).keys():
            await load.keep_up(SHARE * rate, STEP_S)
        await load.done()
        await asyncio.wait_for(all_quiet(system), LAG_GONE_S)
    print(f"{rate:.1f} households a second at most; MB grown: {growth(lives)}")  # noqa: T201 - what was measured
    await every_effect_is_there_once(system, load.told, perhaps_lost=IN_A_LEASE * len(moments))
    assert await load.everyday_is_recorded()
    assert max(growth(lives).values()) < FLAT_MB


def faults(system: System, machine: Machine) -> list[Fault]:
    """Cutting the connections comes right before the end of a short run: it makes every process a new one, to be watched from its begin."""
    killed = {service.name: partial(kill, service) for service in system.services}
    away, cut = partial(machine.kafka_stops, AWAY_S), partial(cut_connections, system)
    return [killed["enrollment"], away, cut, killed["notifications"], away, killed["assistance"], killed["enrollment"], cut]


async def fail(moments: list[float], faults: list[Fault]) -> None:
    began = time.monotonic()
    for moment, fault in zip(moments, cycle(faults), strict=False):
        await asyncio.sleep(max(0.0, moment - (time.monotonic() - began)))
        await fault()


async def cut_connections(system: System) -> None:
    """As a firewall that forgets; the writers lose their locks with it."""
    administrator = await asyncpg.connect(system.stack.administrator)
    try:
        await administrator.execute(CUT)
    finally:
        await administrator.close()


@asynccontextmanager
async def watched(system: System, lives: Lives) -> AsyncIterator[None]:
    """Notes seconds and megabytes of each process, every few seconds for the time of the block."""
    task = asyncio.create_task(_watch(system, lives))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watch(system: System, lives: Lives) -> None:
    while True:
        for service in system.services:
            with contextlib.suppress(psutil.NoSuchProcess):
                if (pid := service.program.pid) is not None:
                    megabytes = psutil.Process(pid).memory_info().rss / MEGABYTE
                    lives.setdefault((service.name, pid), []).append((time.monotonic(), megabytes))
        await asyncio.sleep(2)


def processes(system: System) -> set[tuple[str, int]]:
    return {(service.name, service.program.pid or 0) for service in system.services}


def growth(lives: Lives) -> dict[tuple[str, int], float]:
    """Megabytes that each process grew by after it was warm, of those that lived long enough to tell."""
    grown: dict[tuple[str, int], float] = {}
    for life, seen in lives.items():
        warm = [megabytes for at, megabytes in seen if at >= seen[0][0] + WARM_S]
        if seen[-1][0] - seen[0][0] >= WARM_S + WATCHED_S:
            grown[life] = round(median(warm[-3:]) - median(warm[:3]), 1)
    return grown
