"""Read models built a second time from the log, in temporary tables beside the live ones, and held against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from audit.services import Audited
from local.language import say
from pipeline.projection import Statement
from pipeline.store import Recorded

KEY: Final = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indisprimary AND i.indrelid = $1::regclass ORDER BY array_position(i.indkey, a.attnum)"""
# Both sides in one pass: a row that only one side has is null on the other.
FIRST_DIFFERENCE: Final = """
SELECT {key}, rebuilt IS NULL AS extra, live IS NULL AS missing
FROM pg_temp.{table} rebuilt FULL JOIN {schema}.{table} live USING ({key})
WHERE row(rebuilt.*) IS DISTINCT FROM row(live.*) ORDER BY {key} LIMIT 1"""


@dataclass(slots=True)
class Batches:
    """Statements put together by their SQL as far as their order allows.

    Two statements can touch one row only if they share an id, so an id keeps its statements in order; one without an id waits for all.
    """

    runs: list[tuple[str, list[tuple[Any, ...]]]] = field(default_factory=list[tuple[str, list[tuple[Any, ...]]]])
    _last: dict[UUID, int] = field(default_factory=dict[UUID, int])
    _floor: int = 0

    def add(self, statement: Statement) -> None:
        sql, row = statement
        ids = [value for value in row if isinstance(value, UUID)]
        earliest = max((self._last.get(one, self._floor) for one in ids), default=len(self.runs))
        place = next((number for number in range(earliest, len(self.runs)) if self.runs[number][0] == sql), len(self.runs))
        if place == len(self.runs):
            self.runs.append((sql, []))
        self.runs[place][1].append(row)
        for one in ids:
            self._last[one] = place
        if not ids:
            self._last.clear()
            self._floor = place


class Rebuilt:
    """The second build; it lives as long as the connection's transaction."""

    def __init__(self, connection: Any, audited: Audited) -> None:  # noqa: ANN401 - an asyncpg connection
        self._connection, self._audited = connection, audited

    async def prepare(self) -> None:
        """Empty tables of the same shape that the projections find before the live ones."""
        schema = self._audited.name
        await self._connection.execute("SET temp_buffers = '64MB'")
        await self._connection.execute(f"SET LOCAL search_path = pg_temp, {schema}")
        for table in self._audited.tables:
            await self._connection.execute(f"CREATE TEMP TABLE {table} (LIKE {schema}.{table} INCLUDING ALL) ON COMMIT DROP")

    async def project(self, recorded: Iterable[Recorded]) -> None:
        batches = Batches()
        for event in recorded:
            for statement in self._audited.statements(event):
                batches.add(statement)
        for sql, rows in batches.runs:
            await self._connection.executemany(sql, rows)

    async def difference(self) -> str | None:
        """What differs first, by table and key; None when every live row is as the log says."""
        for table in self._audited.tables:
            live = f"{self._audited.name}.{table}"
            key = [row[0] for row in await self._connection.fetch(KEY, live)]
            query = FIRST_DIFFERENCE.format(table=table, schema=self._audited.name, key=", ".join(key))
            if row := await self._connection.fetchrow(query):
                return _said(live, ", ".join(f"{name} = {row[name]}" for name in key), row)
        return None


def _said(table: str, key: str, row: Any) -> str:  # noqa: ANN401 - an asyncpg record
    if row["missing"]:
        return say(f"{table} 缺少日志所要求的一行：{key}", f"{table} lacks a row that the log asks for: {key}")
    if row["extra"]:
        return say(f"{table} 有一行在日志中没有依据：{key}", f"{table} has a row that the log does not know: {key}")
    return say(f"{table} 有一行与日志不符：{key}", f"{table} has a row that is not as the log says: {key}")
