"""What the delivery of one channel reads of the outbox; it changes nothing, that is the way of the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from services.notifications.answer import Lease
from services.notifications.domain.policy import Limit

MOST: Final = 50
ANYTHING: Final = "SELECT 1 FROM outbox WHERE state IN ('queued', 'sending') AND channel = $1 LIMIT 1"
DUE: Final = "state = 'queued' AND channel = $1 AND (not_before IS NULL OR not_before <= clock_timestamp())"
QUEUED: Final = f"SELECT notification, '' AS address FROM outbox WHERE {DUE} ORDER BY position LIMIT $2"  # noqa: S608 - our own words
ADDRESSED: Final = """
outbox o JOIN recipients r USING (recipient) LEFT JOIN address_book b ON b.entry = (r.contacts ->> o.channel)::uuid"""
ADDRESS: Final = "coalesce(b.address, CASE WHEN o.channel = 'email' THEN nullif(r.address, '') END)"
# One letter of each address, then a second one of each: no address waits behind the many letters of another.
IN_TURN: Final = f"""
SELECT notification, coalesce(address, '') AS address FROM (
    SELECT notification, position, {ADDRESS} AS address, row_number() OVER (PARTITION BY {ADDRESS} ORDER BY position) AS turn
    FROM {ADDRESSED} WHERE {DUE}
) AS waiting WHERE turn <= $3 ORDER BY turn, position LIMIT $2"""  # noqa: S608 - our own words
OURS: Final = f"""
SELECT o.notification, o.kind, o.household, o.area, o.due, o.correlation, o.until, {ADDRESS} AS address
FROM {ADDRESSED} WHERE o.state = 'sending' AND o.channel = $1 AND o.holder = $2 ORDER BY o.position"""  # noqa: S608 - our own words
ABANDONED: Final = """
SELECT notification, until, holder FROM outbox
WHERE state = 'sending' AND channel = $1 AND holder <> $2 AND until < clock_timestamp() ORDER BY position LIMIT $3"""


class Waiting(NamedTuple):
    """`address` is told only where the channel has a limit for each."""

    notification: UUID
    address: str


class Outbox:
    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], channel: str, limit: Limit) -> None:
        self._pool, self._channel, self._limit = pool, channel, limit

    async def anything(self) -> bool:
        return await self._pool.fetchval(ANYTHING, self._channel) is not None

    async def waiting(self) -> list[Waiting]:
        """What may be leased now, oldest first, as much as is worth a look."""
        most = max(MOST, self._limit.largest)
        if self._limit.each is None:
            rows = await self._pool.fetch(QUEUED, self._channel, most)
        else:
            rows = await self._pool.fetch(IN_TURN, self._channel, most, self._limit.each)
        return [Waiting(row["notification"], row["address"]) for row in rows]

    async def leased(self, holder: UUID) -> Mapping[Lease, asyncpg.Record]:
        rows = await self._pool.fetch(OURS, self._channel, holder)
        return {(row["notification"], row["until"]): row for row in rows}

    async def abandoned(self, holder: UUID) -> Mapping[Lease, UUID]:
        """Leases of other holders that are over, with their holder."""
        found: Mapping[tuple[UUID, datetime], UUID] = {
            (row[0], row[1]): row[2] for row in await self._pool.fetch(ABANDONED, self._channel, holder, MOST)
        }
        return found
