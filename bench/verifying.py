"""`audit verify` over a sealed log, beside a plain read of the same rows with a SHA-256 of each."""

from __future__ import annotations

import time
from hashlib import sha256
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.seal.leaf import SELECTED
from audit.seal.sealing import Keys, Sealing
from audit.verify import verify
from bench.timing import Round

SERVICE: Final = "enrollment"
ROWS: Final = f"""
SELECT {SELECTED} FROM {SERVICE}.stored_events WHERE notification_id > $1 ORDER BY notification_id LIMIT $2"""  # noqa: S608 - a constant of our own
PAGE: Final = 5_000
POSITION, STATE = 4, 3


async def seal(dsn: str) -> None:
    """The whole log, by a key that nobody keeps."""
    connection = await asyncpg.connect(dsn)
    try:
        sealing = Sealing(connection, SERVICE, Keys(Ed25519PrivateKey.generate()))
        await sealing.resume()
        while await sealing.step():
            pass
    finally:
        await connection.close()


async def by_ours(dsn: str) -> Round:
    """Everything that it does: positions, streams, every column against its leaf, the tree against its checkpoints."""
    began = time.monotonic()
    verdict = await verify(dsn, SERVICE)
    if not verdict.ok or verdict.sealed != verdict.positions:
        message = f"the log of the bench is not whole: {verdict}"
        raise AssertionError(message)
    return Round(verdict.positions, time.monotonic() - began)


async def by_reading(dsn: str) -> Round:
    """The same columns in the same pages, and the hash of each row's largest."""
    connection = await asyncpg.connect(dsn)
    try:
        began, position, count = time.monotonic(), 0, 0
        while page := await connection.fetch(ROWS, position, PAGE):
            digests = [sha256(row[STATE]).digest() for row in page]
            position, count = page[-1][POSITION], count + len(digests)
        return Round(count, time.monotonic() - began)
    finally:
        await connection.close()
