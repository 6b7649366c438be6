"""What a county has after ten years: persons whom the vault saw long ago, and a log that was written then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from services.enrollment.vault import Identity, Vault

KNOWN: Final = "INSERT INTO persons (person, hash, wrapped_key, sealed, masked) VALUES ($1, $2, $3, $4, $5)"


async def know_since(vault: Vault, pool: Any, number: str, at: datetime) -> UUID:  # noqa: ANN401 - a pool of asyncpg
    """Puts somebody into the vault under an id of that instant."""
    person = UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | uuid4().int & 0xFFFFFFFF)
    await pool.execute(KNOWN, *vault.row(person, Identity("resident", number, {})))
    return person


async def as_recorded_on(owner: str, stream: UUID, day: date) -> None:
    """Lets the log say that a stream was recorded at noon of a local date, and the register as well."""
    at = datetime.combine(day, time(4), UTC)
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute("ALTER TABLE enrollment.stored_events DISABLE TRIGGER append_only")
            change = "UPDATE enrollment.stored_events SET recorded_at = $2, occurred_at = least(occurred_at, $2) WHERE originator_id = $1"
            await connection.execute(change, stream, at)
            await connection.execute("ALTER TABLE enrollment.stored_events ENABLE TRIGGER append_only")
            await connection.execute("UPDATE enrollment.households SET changed_at = $2 WHERE household = $1", stream, at)
    finally:
        await connection.close()
