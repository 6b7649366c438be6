"""One active writer per service and database: a PostgreSQL advisory lock, waited for by hot standbys."""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg
import structlog

from pipeline.postgres import FROZEN
from pipeline.store import OUTAGES

log = structlog.get_logger()
POLL_SECONDS: Final = 0.5
LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('suishi writer'), hashtext($1))"


class Leadership:
    """Held on a connection of its own, so that the end of the process or of the session gives it back."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        # From the first moment: however long a service takes to start, its session may not look frozen meanwhile.
        self._holding = asyncio.create_task(self._hold())

    @classmethod
    async def wait(cls, dsn: str, service: str) -> Leadership:
        """Until this process is the writer; an unreachable database is waited for as well."""
        while True:
            try:
                return cls(await _lock(dsn, service))
            except OUTAGES as error:
                log.warning("leadership.waits", problem=str(error))
                await asyncio.sleep(POLL_SECONDS)

    async def lost(self) -> None:
        """Returns when the lock can no longer be shown to be ours."""
        await asyncio.wait({self._holding})

    async def release(self) -> None:
        self._holding.cancel()
        await asyncio.wait({self._holding})
        await self._connection.close(timeout=2)

    async def _hold(self) -> None:
        problem = "the session has ended"
        try:
            while not self._connection.is_closed():
                await asyncio.sleep(POLL_SECONDS)
                await self._connection.fetchval("SELECT 1", timeout=5)
        except (*OUTAGES, asyncpg.PostgresError) as error:
            problem = str(error) or type(error).__name__
        log.warning("leadership.lost", problem=problem)


async def _lock(dsn: str, service: str) -> asyncpg.Connection:
    settings = {"application_name": f"suishi-{service}-writer", "idle_session_timeout": FROZEN}
    connection = await asyncpg.connect(dsn, server_settings=settings)
    try:
        while not await connection.fetchval(LOCK, service):  # noqa: ASYNC110 - another process holds it
            await asyncio.sleep(POLL_SECONDS)
    except BaseException:
        connection.terminate()
        raise
    return connection
