"""An instant of a database that several connections see alike, so that one can ask while another still reads."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg


@asynccontextmanager
async def snapshot(dsn: str, connections: int, *, readonly: bool = True) -> AsyncGenerator[list[asyncpg.Connection]]:
    """Each in a transaction as of the same instant; only one that is not `readonly` may make temporary tables."""
    async with AsyncExitStack() as open_:
        opened = list[asyncpg.Connection]()
        exported = ""
        for _ in range(connections):
            connection = await asyncpg.connect(dsn)
            open_.push_async_callback(connection.close)
            await open_.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=readonly))
            if exported:
                await connection.execute(f"SET TRANSACTION SNAPSHOT '{exported}'")
            else:
                exported = await connection.fetchval("SELECT pg_export_snapshot()")
            opened.append(connection)
        yield opened
