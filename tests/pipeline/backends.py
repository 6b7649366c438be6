"""The two places a log is kept in, with what a test may do to them that a store may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import asyncpg

from pipeline.memory import MemoryStore, Shared
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.store import Recorded, Store

SCHEMA: Final = "enrollment"
EMPTY: Final = """
ALTER TABLE enrollment.stored_events DISABLE TRIGGER append_only;
DELETE FROM enrollment.stored_events; DELETE FROM enrollment.inbox; DELETE FROM enrollment.consumed_offsets;
DELETE FROM enrollment.cursors; DELETE FROM enrollment.set_aside; DELETE FROM enrollment.relay_ends;
UPDATE enrollment.relay_checkpoint SET position = 0;
UPDATE enrollment.log_head SET position = 0, epoch = 0, recorded_at = clock_timestamp();
ALTER TABLE enrollment.stored_events ENABLE TRIGGER append_only"""


class Backend(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def store(self) -> Store:
        """One more instance of the service over the same log."""
        ...

    async def remove(self, position: int) -> None:
        """Take one event out of the log, as no service can."""
        ...

    async def set_last_recorded_at(self, at: datetime) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.shared = Shared()

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def store(self) -> MemoryStore:
        return MemoryStore(SCHEMA, self.shared)

    async def remove(self, position: int) -> None:
        del self.shared.recorded[position - 1]

    async def set_last_recorded_at(self, at: datetime) -> None:
        self.shared.recorded_at = at


class InPostgres:
    """Over one database with the log's schema for all tests, which is many times faster than one for each."""

    def __init__(self, owner: str) -> None:
        self.owner = owner

    async def open(self) -> None:
        await self.empty()
        self.pool = await connect(self.owner, SCHEMA)

    async def close(self) -> None:
        await self.pool.close()

    def store(self, log: Log | None = None) -> PostgresStore:
        return PostgresStore(self.pool, log or Log(SCHEMA, no_read_models))

    async def remove(self, position: int) -> None:
        await self.as_owner("ALTER TABLE enrollment.stored_events DISABLE TRIGGER append_only")
        await self.as_owner("DELETE FROM enrollment.stored_events WHERE notification_id = $1", position)

    async def set_last_recorded_at(self, at: datetime) -> None:
        await self.as_owner("UPDATE enrollment.log_head SET recorded_at = $1", at)

    async def empty(self) -> None:
        """Start the log again."""
        connection = await asyncpg.connect(self.owner)
        try:
            await connection.execute(EMPTY)
        finally:
            await connection.close()

    async def as_owner(self, statement: str, *values: object) -> Sequence[asyncpg.Record]:
        connection = await asyncpg.connect(self.owner)
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()


async def no_read_models(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401 - an asyncpg connection or its proxy
    """For a log whose events nobody reads."""
