"""Service processes as an operator's bad day treats them."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg

from local.services import Service, settings_of
from schemas.topics import SERVICES
from tests.journeys.system import System

WRITING = """
SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle' AND backend_xid IS NOT NULL"""


def named(system: System, name: str) -> Service:
    return next(service for service in system.services if service.name == name)


def start(system: System, service: Service) -> None:
    """From this thread, which outlives it."""
    environment = {**os.environ, **settings_of(service.name, system.stack, system.stack.folder), **system.extra}
    service.start(environment, throw_away=True)


def another(system: System, name: str, folder: Path) -> Service:
    """One more instance of a service, with a folder for its own pid, port and log."""
    folder.mkdir(parents=True, exist_ok=True)
    instance = Service(name, folder)
    start(system, instance)
    return instance


async def kill_in_the_middle(system: System, name: str, position: int) -> None:
    """SIGKILL while it writes a batch, once its log has come to a position; then start it again."""
    service = named(system, name)
    await system.wait_for(f"SELECT 1 FROM {name}.log_head WHERE position >= $1", position)
    connection = await asyncpg.connect(system.stack.database)
    try:
        for _ in range(2_000):
            if await connection.fetch(WRITING, f"suishi-{name}"):
                break
            await asyncio.sleep(0.001)
        service.program.send(signal.SIGKILL)
    finally:
        await connection.close()
    await revive(system, service)


async def kill(service: Service) -> None:
    """Whatever it does at the moment."""
    service.program.send(signal.SIGKILL)


async def revive(system: System, service: Service) -> None:
    restart(system, service)
    await asyncio.to_thread(service.wait)


def restart(system: System, service: Service) -> None:
    service.program.stop(signal.SIGKILL, 5)
    start(system, service)


async def position(system: System, name: str) -> int:
    return (await system.see(f"SELECT position FROM {name}.log_head"))[0][0]


async def all_quiet(system: System) -> None:
    """Everything read, decided, published and told: the same twice in a row."""
    quiet = 0
    while quiet < 2:
        reports = [await asyncio.to_thread(service.report) for service in system.services]
        behind = [
            await system.see(f"SELECT 1 FROM {name}.log_head h, {name}.relay_checkpoint c WHERE h.position <> c.position")
            for name in SERVICES
        ]
        quiet = quiet + 1 if all(one.lag == 0 for one in reports) and not any(behind) else 0
        await asyncio.sleep(1.1)
