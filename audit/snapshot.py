"""An instant of a database, seen by one connection or alike by several, so that one can ask while another still reads."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from audit.guarded import shown_otherwise
from audit.services import AUDITED


@asynccontextmanager
async def snapshot(dsn: str, *, readonly: bool = True, exported: str = "") -> AsyncGenerator[asyncpg.Connection]:
    """In a transaction as of now or of the instant that another one exported; only if it is not `readonly` it may make temporary tables.

    Whatever a policy of the database would leave out is refused (asyncpg's InsufficientPrivilegeError), and not left out.
    """
    connection = await asyncpg.connect(dsn, server_settings={"row_security": "off"})
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=readonly):
            if exported:
                await connection.execute(f"SET TRANSACTION SNAPSHOT '{exported}'")
            yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def whole(dsn: str) -> AsyncGenerator[asyncpg.Connection]:
    """A snapshot for whoever shows what the logs say; raises ValueError where one of them may be shown otherwise than it is."""
    async with snapshot(dsn) as connection:
        for service in AUDITED:
            if (problem := await shown_otherwise(connection, service)) is not None:
                raise ValueError(problem)
        yield connection


@asynccontextmanager
async def several_alike(dsn: str, connections: int, *, readonly: bool = True) -> AsyncGenerator[list[asyncpg.Connection]]:
    """As many, each in a transaction as of the same instant."""
    async with AsyncExitStack() as open_:
        first = await open_.enter_async_context(snapshot(dsn, readonly=readonly))
        exported = await first.fetchval("SELECT pg_export_snapshot()")
        others = [await open_.enter_async_context(snapshot(dsn, readonly=readonly, exported=exported)) for _ in range(1, connections)]
        yield [first, *others]
