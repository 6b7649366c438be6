"""By which hash a log's leaves are made: SHA-256, or SM3 (GB/T 32905) where a county has to; the tree above them is SHA-256 always."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import asyncpg
from cryptography.hazmat.primitives.hashes import SM3, Hash

from audit.merkle import leaf_hash
from audit.seal.leaf import LEAF, SELECTED, canonical

SHA256: Final = "sha256"
IN_SQL: Final = f"""
SELECT notification_id, {LEAF} FROM {{service}}.stored_events WHERE notification_id >= $1 ORDER BY notification_id LIMIT $2"""  # noqa: S608 - a constant of our own
HERE: Final = f"""
SELECT notification_id, {SELECTED} FROM {{service}}.stored_events WHERE notification_id >= $1 ORDER BY notification_id LIMIT $2"""  # noqa: S608 - a constant of our own


def sm3_leaf(data: bytes) -> bytes:
    """As `leaf_hash`, with the other hash."""
    digest = Hash(SM3())
    digest.update(b"\x00" + data)
    return digest.finalize()


LEAF_HASHES: Final[Mapping[str, Callable[[bytes], bytes]]] = {SHA256: leaf_hash, "sm3": sm3_leaf}


async def leaves(connection: asyncpg.Connection, service: str, begin: int, most: int, name: str) -> Sequence[tuple[int, bytes]]:
    """Positions from `begin` on with their leaves; PostgreSQL itself knows SHA-256 only."""
    if name == SHA256:
        return [(row[0], row[1]) for row in await connection.fetch(IN_SQL.format(service=service), begin, most)]
    return [(position, LEAF_HASHES[name](data)) for position, data in await sealed_rows(connection, service, begin, most)]


async def sealed_rows(connection: asyncpg.Connection, service: str, begin: int, most: int) -> Sequence[tuple[int, bytes]]:
    """Positions from `begin` on with the bytes that are sealed of them."""
    rows: Sequence[Any] = await connection.fetch(HERE.format(service=service), begin, most)
    return [(row[0], canonical(tuple(row)[1:])) for row in rows]
