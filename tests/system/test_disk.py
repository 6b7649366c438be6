"""The disk of PostgreSQL, of its write-ahead log or of Kafka is full in the middle of a season, until somebody makes room."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from itertools import count
from typing import Final

import asyncpg
import pytest

from pipeline.store import OUTAGES
from tests.journeys.system import System, performing
from tests.system.disk import Disk
from tests.system.oracle import every_effect_is_there_once
from tests.system.season import Season, supervised
from tests.system.servers import Machine, machine_of_our_own

NUMBERS: Final = count(14_000, 100)
HOUSES: Final = 60
PATIENCE_S: Final = 60
A_MOMENT: Final = partial(asyncio.sleep, 0.1)
FULL: Final = "No space left on device"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with machine_of_our_own() as servers:
        yield servers


@pytest.fixture(scope="module")
def disks(machine: Machine) -> Iterator[dict[str, Disk]]:
    """Under the files of servers that never ran."""
    machine.kafka.prepare()
    machine.postgres.prepare()
    data = machine.folder / "postgres" / "data"
    with (data / "postgresql.conf").open("a") as settings:
        settings.write("wal_recycle = off\n")  # kept for later use, old files would fill so small a disk for good
    disks = {"tables": Disk(data, 160), "log": Disk(data / "pg_wal", 128), "kafka": Disk(machine.folder / "kafka" / "data", 160)}
    with contextlib.ExitStack() as ends:
        for disk in disks.values():
            disk.mount()
            ends.callback(disk.unmount)
        ends.callback(machine.stop)
        yield disks


@pytest.fixture(scope="module")
def system(machine: Machine, disks: dict[str, Disk]) -> Iterator[System]:
    assert set(disks) == {"tables", "log", "kafka"}
    with performing(machine.start()) as everything:
        yield everything


async def test_services_wait_while_tables_cannot_grow(system: System, disks: dict[str, Disk], rounds: int) -> None:
    """PostgreSQL lives on, and nobody needs to start anything."""
    processes = [service.program.pid for service in system.services]
    for _ in range(rounds):
        season = Season.of(system, next(NUMBERS), HOUSES)
        told = await season.pass_with(partial(tables_are_full, system, disks["tables"]), times=rounds)
        await every_effect_is_there_once(system, told)
    assert [service.program.pid for service in system.services] == processes


async def test_nothing_is_lost_when_postgres_ends_because_its_log_cannot_grow(
    system: System, machine: Machine, disks: dict[str, Disk], rounds: int
) -> None:
    for _ in range(rounds):
        season = Season.of(system, next(NUMBERS), HOUSES)
        async with supervised(system):
            told = await season.pass_with(partial(the_log_is_full, system, machine, disks["log"]), times=rounds)
            await every_effect_is_there_once(system, told, perhaps_lost=2 * len(told.houses))


async def test_services_wait_when_kafka_ended_on_a_full_disk(system: System, machine: Machine, disks: dict[str, Disk], rounds: int) -> None:
    processes = [service.program.pid for service in system.services]
    for _ in range(rounds):
        season = Season.of(system, next(NUMBERS), HOUSES)
        told = await season.pass_with(partial(kafka_is_full, machine, disks["kafka"]), times=rounds)
        await every_effect_is_there_once(system, told)
    assert [service.program.pid for service in system.services] == processes


async def tables_are_full(system: System, disk: Disk) -> None:
    """Until a service was refused a page."""
    before = refused(system)
    disk.fill()
    await until(lambda: refused(system) > before)
    disk.free()


async def the_log_is_full(system: System, machine: Machine, disk: Disk) -> None:
    """Until PostgreSQL could neither go on nor recover."""
    disk.fill()
    await until(lambda: machine.postgres.program.pid is None, partial(next_segment, system))
    assert FULL in machine.postgres.program.log.read_text()
    disk.free()
    await machine.postgres_starts()


async def kafka_is_full(machine: Machine, disk: Disk) -> None:
    """Until it ended, whichever of its writers met the end of the disk first."""
    disk.fill()
    await until(lambda: machine.kafka.program.pid is None)
    assert FULL in machine.kafka.program.log.read_text()
    disk.free()
    await machine.kafka_starts()


async def next_segment(system: System) -> None:
    """PostgreSQL begins another file of its log, unless it is away, trying to recover."""
    with contextlib.suppress(*OUTAGES):
        administrator = await asyncpg.connect(system.stack.administrator)
        try:
            await administrator.execute("SELECT pg_logical_emit_message(false, 'test', 'begins another'), pg_switch_wal()")
        finally:
            await administrator.close()
    await A_MOMENT()


def refused(system: System) -> int:
    return sum(service.program.log.read_text().count(FULL) for service in system.services)


async def until(condition: Callable[[], bool], meanwhile: Callable[[], Awaitable[None]] = A_MOMENT) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        await meanwhile()
