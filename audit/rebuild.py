"""Read models made anew beside the live ones, and put in their place while the service runs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg

from audit.built_anew import BuiltAnew
from audit.by_service import HEAD, Tell, unheard
from audit.recorded import following
from audit.services import AUDITED

# From here on every commit of the service waits for us, and we may be stopped.
PATIENCE: Final = "SET LOCAL idle_in_transaction_session_timeout = '10s'"


@dataclass(frozen=True)
class Rebuilt:
    """`positions` events were read; `removed` rows were not as the log says, or not known to it, and `written` are new, by read model."""

    positions: int
    removed: Mapping[str, int]
    written: Mapping[str, int]


async def rebuild(dsn: str, service: str, tell: Tell = unheard) -> Rebuilt:
    """As the owner. New events are followed while the tables are built; only for the last of them, and to change places, the writer waits.

    It is one transaction: whoever reads sees the old rows or the new ones, and after a kill the old ones.

    Raises Bad where the log has a gap or cannot be read.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="read_committed"):
            return await _Rebuilding(connection, service, tell).rebuilt()
    finally:
        await connection.close()


class _Rebuilding:
    """One of them."""

    def __init__(self, connection: asyncpg.Connection, service: str, tell: Tell) -> None:
        self._connection, self._audited, self._tell = connection, AUDITED[service], tell
        self._anew, self._read = BuiltAnew(connection, self._audited), 0

    async def rebuilt(self) -> Rebuilt:
        self._audited.register()
        await self._anew.prepare()
        head = HEAD.format(schema=self._audited.name)
        await self._follow(await self._connection.fetchval(head) or 0)
        await self._connection.execute(PATIENCE)
        await self._follow(await self._connection.fetchval(f"{head} FOR UPDATE") or 0)
        tables = self._audited.tables
        removed = {table: await self._anew.remove_others(table) for table in tables}
        return Rebuilt(self._read, removed, {table: await self._anew.write_missing(table) for table in tables})

    async def _follow(self, head: int) -> None:
        while self._read < head:
            page = await following(self._connection, self._audited.name, self._read, head)
            await self._anew.project(page)
            self._read = page[-1].position
            self._tell(self._read, head)
