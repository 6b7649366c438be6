"""The log alone, without Kafka and rules: the sides append the same events in turns, then each reads its own back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from bench import append, replay
from bench.append import COPIED, Appended
from bench.ground import Ground
from bench.library import Register, application
from bench.timing import Round
from pipeline.kernel import register
from pipeline.postgres import Log, PostgresStore, connect
from services import prepare
from services.enrollment.domain.events import AnyEvent


@dataclass(frozen=True)
class Sides:
    """One database with our log, the library's table, and a table that is filled by COPY."""

    store: PostgresStore
    library: Register
    connection: Any

    async def append(self, events: Sequence[Appended], rounds: int, size: int) -> dict[str, list[Round]]:
        """In batches of `size`; every round takes a part of them, the same for all."""
        batches = [events[first : first + size] for first in range(0, len(events), size)]
        taken: dict[str, list[Round]] = {"ours": [], "library": [], "limit": []}
        for number in range(rounds):
            part = batches[number::rounds]
            taken["ours"].append(await append.by_ours(self.store, part))
            taken["library"].append(append.by_library(self.library, part))
            taken["limit"].append(await append.by_copy(self.connection, part))
        return taken

    async def replay(self, rounds: int) -> dict[str, list[Round]]:
        taken: dict[str, list[Round]] = {"ours": [], "library": [], "limit": []}
        for _ in range(rounds):
            taken["ours"].append(await replay.by_ours(self.store))
            taken["library"].append(replay.by_library(self.library))
            taken["limit"].append(await replay.by_pages(self.connection))
        return taken


@asynccontextmanager
async def opened(ground: Ground) -> AsyncGenerator[Sides]:
    """All three over one empty database."""
    dsn = await ground.empty("bench_log")
    await prepare.database(dsn)
    register(AnyEvent.__args__)
    connection: Any = await asyncpg.connect(dsn)
    pool = await connect(dsn, "enrollment", size=1)
    store = PostgresStore(pool, Log("enrollment", no_read_models))
    try:
        await store.lead()
        await connection.execute(COPIED)
        with application(dsn) as library:
            yield Sides(store, library, connection)
    finally:
        await pool.close()
        await connection.close()


async def no_read_models(connection: object, recorded: object) -> None:
    """The others keep none either."""
