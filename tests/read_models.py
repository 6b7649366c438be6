"""One service's log in a real database, written by hand, with the read models that its views keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

import asyncpg

from audit.replay import replay
from audit.services import AUDITED, Audited
from pipeline.decider import Event
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit, Metadata, NewEvent, Recorded
from tests.messages import TODAY

LOG: Final = ("stored_events", "inbox", "consumed_offsets", "cursors", "set_aside")


@dataclass
class ReadModels:
    """`owner` is the DSN that may read everything; versions are counted by stream."""

    owner: str
    service: str
    pool: Any
    store: PostgresStore
    versions: Counter[UUID] = field(default_factory=Counter[UUID])

    async def write(self, stream: UUID, *events: Event, on: date = TODAY) -> list[Recorded]:
        """In one commit, as of noon in Shandong."""
        why = Metadata("correlation", "cause", "clerk", "/test", on, datetime.combine(on, time(4), UTC))
        new = [NewEvent(stream, self._next(stream), event, why) for event in events]
        return await self.store.commit(Commit(events=new))

    def _next(self, stream: UUID) -> int:
        self.versions[stream] += 1
        return self.versions[stream]

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.pool.fetch(query, *values)]

    async def difference(self) -> str | None:
        """What the read models rebuilt from the log differ in, None when they are the same; every event has its message."""
        replayed = await replay(self.owner, self.service, messages=True)
        return None if replayed.ok else replayed.problem or str(replayed.differences)


@asynccontextmanager
async def read_models(owner: str, service: str) -> AsyncIterator[ReadModels]:
    """On a prepared database, emptied before."""
    audited = AUDITED[service]
    audited.register()
    await empty(owner, audited)
    pool = await connect(owner, service, size=1)
    store = PostgresStore(pool, Log(service, projection(audited.statements)))
    await store.lead()
    yield ReadModels(owner, service, pool, store)
    await pool.close()


async def empty(owner: str, audited: Audited) -> None:
    """Many times faster than a new database; of the few rows of a test DELETE makes less work than TRUNCATE, which makes new files."""
    name = audited.name
    emptied = "".join(f"DELETE FROM {name}.{table};" for table in (*LOG, *audited.tables))
    connection = await asyncpg.connect(owner)
    try:
        await connection.execute(
            f"ALTER TABLE {name}.stored_events DISABLE TRIGGER append_only; {emptied}"
            f"ALTER TABLE {name}.stored_events ENABLE TRIGGER append_only;"
            f"UPDATE {name}.log_head SET position = 0"
        )
    finally:
        await connection.close()
