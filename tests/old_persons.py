"""What a county has after ten years: persons whom the vault saw long ago, and a log that was written then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from services.enrollment.vault import Identity, Vault

LOG: Final = "enrollment.stored_events"
IN_ORDER: Final = f"""
UPDATE {LOG} e SET recorded_at = least.at FROM (
    SELECT notification_id, min(recorded_at) OVER (ORDER BY notification_id DESC) AS at FROM {LOG}
) AS least WHERE least.notification_id = e.notification_id AND least.at < e.recorded_at"""
KNOWN: Final = "INSERT INTO persons (person, hash, wrapped_key, sealed, masked) VALUES ($1, $2, $3, $4, $5)"


async def know_since(vault: Vault, pool: Any, number: str, at: datetime) -> UUID:  # noqa: ANN401 - a pool of asyncpg
    """Puts somebody into the vault under an id of that instant."""
    person = UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62 | uuid4().int & 0xFFFFFFFF)
    await pool.execute(KNOWN, *vault.row(person, Identity("resident", number, {})))
    return person


async def as_recorded_on(owner: str, stream: UUID, day: date) -> None:
    """Lets the log say that a stream was recorded at noon of a local date, and the register as well."""
    at = datetime.combine(day, time(4), UTC)
    await _rewrite(
        owner,
        (f"UPDATE {LOG} SET recorded_at = $2, occurred_at = least(occurred_at, $2) WHERE originator_id = $1", (stream, at)),
        ("UPDATE enrollment.households SET changed_at = $2 WHERE household = $1", (stream, at)),
    )


async def in_order(owner: str) -> None:
    """Lets no event have been recorded after one behind it, as in a log that was written then."""
    await _rewrite(owner, (IN_ORDER, ()))


async def _rewrite(owner: str, *statements: tuple[str, tuple[Any, ...]]) -> None:
    connection = await asyncpg.connect(owner)
    try:
        async with connection.transaction():
            await connection.execute(f"ALTER TABLE {LOG} DISABLE TRIGGER append_only")
            for statement, values in statements:
                await connection.execute(statement, *values)
            await connection.execute(f"ALTER TABLE {LOG} ENABLE TRIGGER append_only")
    finally:
        await connection.close()
