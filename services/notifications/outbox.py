"""What the delivery of one channel reads of the outbox; it changes nothing, that is the way of the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from services.notifications.answer import Lease
from services.notifications.matters import OVER
from services.notifications.names import digest_id
from services.notifications.pace import Pace

MOST: Final = 50
# A part for each index: what waits alone, what waits for a digest whose hour has come, and what is under way.
ANYTHING: Final = """
SELECT 1 WHERE EXISTS (SELECT FROM outbox WHERE state = 'queued' AND digest_at IS NULL AND channel = $1)
OR EXISTS (SELECT FROM outbox WHERE state = 'queued' AND digest_at <= clock_timestamp() AND channel = $1)
OR EXISTS (SELECT FROM outbox WHERE state = 'sending' AND channel = $1)"""
DUE: Final = """
state = 'queued' AND digest_at IS NULL AND channel = $1 AND (not_before IS NULL OR not_before <= clock_timestamp())"""
# What its recipient is not reached by any more is not leased: it is told by his other channels (`pass_on.py`). Nor what is over.
REACHED: Final = "(SELECT r.contacts ? channel FROM recipients r WHERE r.recipient = outbox.recipient)"
QUEUED: Final = f"""
SELECT notification, '' AS address FROM outbox WHERE {DUE} AND NOT {OVER} AND {REACHED} ORDER BY position LIMIT $2"""  # noqa: S608 - our own words
ADDRESSED: Final = """
outbox o JOIN recipients r USING (recipient) LEFT JOIN address_book b ON b.entry = (r.contacts ->> o.channel)::uuid"""
# Of before the book it is with the recipient.
ADDRESS: Final = "coalesce(b.address, CASE WHEN r.contacts ? o.channel THEN nullif(r.address, '') END)"
# One letter of each address, then a second one of each: no address waits behind the many letters of another.
IN_TURN: Final = f"""
SELECT notification, coalesce(address, '') AS address FROM (
    SELECT notification, position, {ADDRESS} AS address, row_number() OVER (PARTITION BY {ADDRESS} ORDER BY position) AS turn
    FROM {ADDRESSED} WHERE {DUE} AND NOT {OVER} AND {ADDRESS} IS NOT NULL
) AS waiting WHERE turn <= $3 ORDER BY turn, position LIMIT $2"""  # noqa: S608 - our own words
# A digest waits until all that is in it may be tried again.
DIGESTS: Final = f"""
SELECT array_agg(o.notification ORDER BY o.position) AS listed, coalesce(min({ADDRESS}), '') AS address
FROM {ADDRESSED} WHERE o.state = 'queued' AND o.digest_at <= clock_timestamp() AND o.channel = $1 AND {ADDRESS} IS NOT NULL
GROUP BY o.recipient, o.digest_at HAVING coalesce(max(o.not_before) <= clock_timestamp(), true)
ORDER BY min(o.position) LIMIT $2"""  # noqa: S608 - our own words
OURS: Final = f"""
SELECT o.notification, o.digest, o.kind, o.household, o.area, o.due, o.correlation, o.until, {ADDRESS} AS address,
    o.urgency, o.digest_at, r.quiet, r.daily
FROM {ADDRESSED} WHERE o.state = 'sending' AND o.channel = $1 AND o.holder = $2 ORDER BY o.position"""  # noqa: S608 - our own words
# What is under way may leave at any moment; a digest is one letter.
GONE: Final = f"""
SELECT address, extract(epoch FROM $2 - max(at))::float FROM (
    SELECT {ADDRESS} AS address, coalesce(o.digest, o.notification) AS letter,
        CASE WHEN o.state = 'sending' THEN $2 ELSE o.told_at END AS at
    FROM {ADDRESSED} WHERE o.channel = $1 AND (o.state = 'sending' OR o.told_at > $2 - make_interval(secs => $3))
) AS gone WHERE address IS NOT NULL GROUP BY address, letter ORDER BY max(at)"""  # noqa: S608 - our own words
ABANDONED: Final = """
SELECT coalesce(digest, notification), until, holder, array_agg(notification ORDER BY position) FILTER (WHERE digest IS NOT NULL)
FROM outbox WHERE state = 'sending' AND channel = $1 AND holder <> $2 AND until < clock_timestamp()
GROUP BY 1, until, holder ORDER BY min(position) LIMIT $3"""


class Waiting(NamedTuple):
    """A notification, or a digest with what is `listed` in it; `address` is told only where the channel has a limit for each."""

    id: UUID
    address: str
    listed: tuple[UUID, ...] = ()


class Outbox:
    """`pace` is that of the channel: what it has no room for need not be read."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], channel: str, pace: Pace) -> None:
        self._pool, self._channel, self.pace, self._limit = pool, channel, pace, pace.limit

    async def anything(self) -> bool:
        return await self._pool.fetchval(ANYTHING, self._channel) is not None

    async def waiting(self) -> list[Waiting]:
        """What may be leased now by itself, oldest first, as much as is worth a look."""
        most = max(MOST, self._limit.largest)
        if self._limit.each is None:
            rows = await self._pool.fetch(QUEUED, self._channel, most)
        else:
            rows = await self._pool.fetch(IN_TURN, self._channel, most, self._limit.each)
        return [Waiting(row["notification"], row["address"]) for row in rows]

    async def digests(self) -> list[Waiting]:
        """Those whose hour has come."""
        rows = await self._pool.fetch(DIGESTS, self._channel, MOST)
        parts = [(part, row["address"]) for row in rows for part in self._parts(tuple(row["listed"]))]
        return [Waiting(digest_id(part), address, part) for part, address in parts]

    def _parts(self, listed: tuple[UUID, ...]) -> list[tuple[UUID, ...]]:
        size = self._limit.listed
        return [listed[start : start + size] for start in range(0, len(listed), size)]

    async def gone(self, at: datetime) -> list[tuple[str, float]]:
        """To which address a letter went, or may have gone, and how many seconds ago, for as long as the limit reaches back."""
        if self._limit.each is None:
            return []
        return [(row[0], row[1]) for row in await self._pool.fetch(GONE, self._channel, at, float(self._limit.seconds))]

    async def leased(self, holder: UUID) -> Mapping[Lease, Sequence[asyncpg.Record]]:
        """Each notification, or all of a digest together."""
        leased: dict[Lease, list[asyncpg.Record]] = {}
        for row in await self._pool.fetch(OURS, self._channel, holder):
            leased.setdefault((row["digest"] or row["notification"], row["until"]), []).append(row)
        return leased

    async def abandoned(self, holder: UUID) -> Mapping[Lease, tuple[UUID, tuple[UUID, ...]]]:
        """Leases of other holders that are over, with their holder and what is in the digest."""
        found: Mapping[tuple[UUID, datetime], tuple[UUID, tuple[UUID, ...]]] = {
            (row[0], row[1]): (row[2], tuple(row[3] or ())) for row in await self._pool.fetch(ABANDONED, self._channel, holder, MOST)
        }
        return found
