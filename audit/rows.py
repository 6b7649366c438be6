"""The rows of a log as PostgreSQL's binary COPY writes them, which are the bytes that are sealed."""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

import asyncpg

from audit.seal.leaf import COLUMNS

# Position, stream, version, event id, the instant of recording as `EARLIEST` counts it, and all of it as it is sealed.
Row: TypeAlias = tuple[int, bytes, int, bytes, int, bytes]
Take: TypeAlias = Callable[[Sequence[Row]], Awaitable[None]]

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\0"
HEADER: Final = len(SIGNATURE) + 8  # flags, and the length of an extension that nobody uses
END: Final = b"\xff\xff"
ENOUGH: Final = 1 << 20
EARLIEST: Final = -(1 << 63)  # as PostgreSQL writes -infinity: microseconds from 2000-01-01
LOG: Final = f"SELECT {', '.join(COLUMNS)} FROM {{schema}}.stored_events ORDER BY notification_id"  # noqa: S608 - a constant of our own

# What lies between texts and bytes of any length, the length of the next of these included; every value comes behind its length.
_TO_TOPIC: Final = struct.Struct(">hi16siqi")  # how many columns, stream, version
_TO_STATE: Final = struct.Struct(">i")
_TO_CORRELATION: Final = struct.Struct(">iqi16si")  # position, event id
_TO_PACK_HASH: Final = struct.Struct(">iiiiiqiqi")  # schema version, date, two instants


class NotARow(Exception):  # noqa: N818 - it says what is so
    """A column of the next row is empty, or has not the length of its type."""


async def read(connection: asyncpg.Connection, schema: str, take: Take) -> None:
    """The whole log in the order of its positions, some thousand rows at a time.

    While `take` works PostgreSQL goes on, as far as the socket lets it. Raises `NotARow` behind the last that is one, and what `take`
    raises.
    """
    gathered = bytearray()

    async def hand_over() -> None:
        rows, whole = _rows(bytes(gathered))
        gathered.clear()
        await take(rows)
        if not whole:
            raise NotARow

    async def gather(data: bytes) -> None:
        """PostgreSQL sends each row as a message, and the driver hands on whole messages."""
        gathered.extend(data[HEADER:] if data.startswith(SIGNATURE) else data)
        if len(gathered) >= ENOUGH:
            await hand_over()

    await connection.copy_from_query(LOG.format(schema=schema), output=gather, format="binary")
    await hand_over()


def _rows(data: bytes) -> tuple[list[Row], bool]:
    """As many as there are, and whether that is all of it."""
    rows, place, last = list[Row](), 0, len(data) - len(END)
    try:
        while place < last:
            start = place
            columns, a, stream, b, version, length = _TO_TOPIC.unpack_from(data, place)
            place += _TO_TOPIC.size + length
            (length,) = _TO_STATE.unpack_from(data, place)
            place += _TO_STATE.size + length
            c, position, d, identity, length = _TO_CORRELATION.unpack_from(data, place)
            place += _TO_CORRELATION.size + length
            for _ in ("causation", "actor", "source"):
                (length,) = _TO_STATE.unpack_from(data, place)
                place += _TO_STATE.size + length
            e, _, f, _, g, _, h, recorded, length = _TO_PACK_HASH.unpack_from(data, place)
            place += _TO_PACK_HASH.size + length
            if (columns, a, b, c, d, e, f, g, h) != (len(COLUMNS), 16, 8, 8, 16, 4, 4, 8, 8) or place > len(data):
                return rows, False
            rows.append((position, stream, version, identity, recorded, data[start:place]))
    except struct.error:
        return rows, False
    return rows, True
