"""Read models built a second time from the log, in temporary tables beside the live ones, and held against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from audit.services import Audited
from local.language import say
from pipeline.projection import projection
from pipeline.store import Recorded

KEY: Final = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indisprimary AND i.indrelid = $1::regclass ORDER BY array_position(i.indkey, a.attnum)"""
# Both sides in one pass: a row that only one side has is null on the other.
FIRST_DIFFERENCE: Final = """
SELECT {key}, rebuilt IS NULL AS extra, live IS NULL AS missing
FROM pg_temp.{table} rebuilt FULL JOIN {schema}.{table} live USING ({key})
WHERE row(rebuilt.*) IS DISTINCT FROM row(live.*) ORDER BY {key} LIMIT 1"""


class Rebuilt:
    """The second build; it lives as long as the connection's transaction."""

    def __init__(self, connection: asyncpg.Connection, audited: Audited) -> None:
        self._connection, self._audited = connection, audited

    async def prepare(self) -> None:
        """Empty tables of the same shape that the projections find before the live ones."""
        schema = self._audited.name
        await self._connection.execute("SET temp_buffers = '64MB'")
        await self._connection.execute(f"SET LOCAL search_path = pg_temp, {schema}")
        for table in self._audited.tables:
            await self._connection.execute(f"CREATE TEMP TABLE {table} (LIKE {schema}.{table} INCLUDING ALL) ON COMMIT DROP")

    async def project(self, recorded: Sequence[Recorded]) -> None:
        await projection(self._audited.statements)(self._connection, recorded)

    async def difference(self) -> str | None:
        """What differs first, by table and key; None when every live row is as the log says."""
        for table in self._audited.tables:
            live = f"{self._audited.name}.{table}"
            key = [row[0] for row in await self._connection.fetch(KEY, live)]
            query = FIRST_DIFFERENCE.format(table=table, schema=self._audited.name, key=", ".join(key))
            if row := await self._connection.fetchrow(query):
                return _said(live, ", ".join(f"{name} = {row[name]}" for name in key), row)
        return None


def _said(table: str, key: str, row: asyncpg.Record) -> str:
    if row["missing"]:
        return say(f"{table} 缺少日志所要求的一行：{key}", f"{table} lacks a row that the log asks for: {key}")
    if row["extra"]:
        return say(f"{table} 有一行在日志中没有依据：{key}", f"{table} has a row that the log does not know: {key}")
    return say(f"{table} 有一行与日志不符：{key}", f"{table} has a row that is not as the log says: {key}")
