"""Our side: the real enrollment process, from facts on Kafka to its events on Kafka."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

from bench.timing import Round
from local.problem import Problem
from local.services import Service, kafka_settings, settings
from local.stack import Stack
from schemas.topics import FACTS

if TYPE_CHECKING:
    from bench.ground import Ground

POLL_SECONDS: Final = 0.01
READ: Final = "SELECT coalesce(sum(next_offset), 0)::bigint FROM enrollment.consumed_offsets WHERE topic = ANY($1)"
BEHIND: Final = """
SELECT (SELECT position FROM enrollment.log_head) - (SELECT position FROM enrollment.relay_checkpoint)"""
REFUSED: Final = "SELECT reason || ': ' || field || ' ' || problem FROM enrollment.set_aside LIMIT 1"


@contextmanager
def enrolling(stack: Stack, dsn: str) -> Generator[Service]:
    """The service over this database, ready; only this thread may enter, since the process dies with it."""
    with starting(stack, dsn) as service:
        service.wait()
        yield service


@contextmanager
def starting(stack: Stack, dsn: str) -> Generator[Service]:
    """The same, not yet ready."""
    service = Service("enrollment", stack.folder)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SUISHI_")}
    own = {**kafka_settings(stack.kafka_as("enrollment")), "SUISHI_DATABASE": dsn, "SUISHI_CLOCK": "external"}
    service.start({**inherited, **settings(stack, stack.folder), **own}, throw_away=True)
    try:
        yield service
    finally:
        service.stop()


async def settled(service: Service, dsn: str, topics: Sequence[str], wanted: int) -> float:
    """The instant (seconds since 1970) at which all messages of the topics were read and their last event was on Kafka.

    Raises a Problem when the service ended or refused a message.
    """
    connection: Any = await asyncpg.connect(dsn)
    try:
        while await connection.fetchval(READ, topics) < wanted or await connection.fetchval(BEHIND):
            if service.program.pid is None:
                raise service.program.failure()
            await asyncio.sleep(POLL_SECONDS)
        ended = time.time()
        if refused := await connection.fetchval(REFUSED):
            raise Problem(refused)
        return ended
    finally:
        await connection.close()


async def consume(ground: Ground, name: str) -> Round:
    """All facts, on a fresh copy of the register; the clock runs from the moment at which the service was ready to read."""
    dsn = await ground.register(name)
    with enrolling(ground.stack, dsn) as service:
        ended = await settled(service, dsn, tuple(FACTS.values()), ground.facts)
        return Round(await _count(dsn), ended - ready_at(service))


def ready_at(service: Service) -> float:
    """The instant (seconds since 1970) in the service's own log: no start of a process and no import is measured."""
    said = (orjson.loads(line) for line in service.program.log.read_bytes().splitlines() if line.startswith(b"{"))
    ready = next(line for line in said if line["event"] == "service.ready")
    return datetime.fromisoformat(ready["timestamp"]).timestamp()


async def _count(dsn: str) -> int:
    connection: Any = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(READ, tuple(FACTS.values()))
    finally:
        await connection.close()
