"""Read models built a second time from the log, in temporary tables beside the live ones, and held against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

import asyncpg

from audit.services import Audited
from pipeline.projection import projection
from pipeline.store import Recorded

KEY: Final = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
WHERE i.indisprimary AND i.indrelid = $1::regclass ORDER BY array_position(i.indkey, a.attnum)"""
COLUMNS: Final = """
SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
# Both sides in one pass: a row that only one side has is null on the other. Values are the same when their bytes are.
DIFFERENCES: Final = """
SELECT {key}, rebuilt IS NULL AS extra, live IS NULL AS missing, ARRAY[{same}] AS same, ARRAY[{rebuilt}]::text[] AS rebuilt_values,
    ARRAY[{live}]::text[] AS live_values, count(*) OVER () AS total
FROM pg_temp.{table} rebuilt FULL JOIN {schema}.{table} live USING ({key})
WHERE (rebuilt *<> live) IS NOT FALSE ORDER BY {key} LIMIT $1"""
ROWS: Final = "SELECT * FROM pg_temp.{table} ORDER BY {key}"
OTHERS: Final = """
DELETE FROM {schema}.{table} live
WHERE NOT EXISTS (SELECT FROM pg_temp.{table} rebuilt WHERE {same_key} AND rebuilt *= live)"""
MISSING: Final = """
INSERT INTO {schema}.{table} SELECT * FROM pg_temp.{table} rebuilt
WHERE NOT EXISTS (SELECT FROM {schema}.{table} live WHERE {same_key})"""


@dataclass(frozen=True)
class Cell:
    """A column whose value is another one, as PostgreSQL writes it; None is null."""

    column: str
    live: str | None
    rebuilt: str | None


@dataclass(frozen=True)
class Difference:
    """A row of a read model that the log does not know ("extra"), that the read model lacks ("missing"), or whose `cells` differ."""

    table: str
    key: Mapping[str, str]
    way: Literal["extra", "missing", "changed"]
    cells: Sequence[Cell]

    @property
    def place(self) -> str:
        """The row, by its key."""
        return ", ".join(f"{name} = {value}" for name, value in self.key.items())


@dataclass(frozen=True)
class Model:
    """A read model as it was rebuilt; the SHA-256 is of its rows in the order of their key, as COPY writes them."""

    rows: int
    sha256: str


class BuiltAnew:
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

    async def differences(self, table: str, most: int) -> tuple[Sequence[Difference], int]:
        """The first of them by key, and how many there are."""
        live = f"{self._audited.name}.{table}"
        key = await self._key(live)
        names: list[str] = [row[0] for row in await self._connection.fetch(COLUMNS, live)]
        query = DIFFERENCES.format(
            table=table,
            schema=self._audited.name,
            key=", ".join(key),
            same=", ".join(f"row(rebuilt.{name})::record *= row(live.{name})::record" for name in names),
            rebuilt=", ".join(f"rebuilt.{name}::text" for name in names),
            live=", ".join(f"live.{name}::text" for name in names),
        )
        rows = await self._connection.fetch(query, most)
        return [_difference(live, key, names, row) for row in rows], rows[0]["total"] if rows else 0

    async def model(self, table: str) -> Model:
        """In bounded memory."""
        content = sha256()

        async def take(data: bytes) -> None:
            content.update(data)

        key = await self._key(f"{self._audited.name}.{table}")
        copied = await self._connection.copy_from_query(ROWS.format(table=table, key=", ".join(key)), output=take)
        return Model(int(copied.rpartition(" ")[2]), content.hexdigest())

    async def remove_others(self, table: str) -> int:
        """Live rows that are not the rebuilt ones; gives how many."""
        await self._connection.execute(f"ANALYZE pg_temp.{table}")
        return await self._change(OTHERS, table)

    async def write_missing(self, table: str) -> int:
        """Rebuilt rows whose key no live one has; gives how many."""
        return await self._change(MISSING, table)

    async def _change(self, statement: str, table: str) -> int:
        key = await self._key(f"{self._audited.name}.{table}")
        same_key = " AND ".join(f"rebuilt.{name} = live.{name}" for name in key)
        done = await self._connection.execute(statement.format(schema=self._audited.name, table=table, same_key=same_key))
        return int(done.rpartition(" ")[2])

    async def _key(self, live: str) -> list[str]:
        return [row[0] for row in await self._connection.fetch(KEY, live)]


def _difference(table: str, key: Sequence[str], names: Sequence[str], row: asyncpg.Record) -> Difference:
    way = "missing" if row["missing"] else "extra" if row["extra"] else "changed"
    cells = zip(names, row["same"], row["live_values"], row["rebuilt_values"], strict=True)
    changed = [Cell(name, live, rebuilt) for name, same, live, rebuilt in cells if not same] if way == "changed" else []
    return Difference(table, {name: str(row[name]) for name in key}, way, changed)
