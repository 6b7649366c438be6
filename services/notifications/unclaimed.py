"""What waits for a recipient whom nobody knows is asked about by the service's own door, so that the next level hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import uuid5

import asyncpg

from pipeline.kafka import Connection
from schemas.notifications import EscalateNotice
from services.notifications.asking import Asking, Pause
from services.notifications.domain.policy import Policy
from services.notifications.goes_up import GOES_UP, above_each
from services.notifications.own_door import Sender, to_record

UNCLAIMED: Final = Sender("unclaimed")
# Hours do not wait for events.
PAUSE: Final = Pause(busy=10.0, idle=10.0)
MOST: Final = 500
DUE: Final = f"""
SELECT stream, event, post FROM (
    SELECT *, coalesce(target->>'level', 'village') AS level, notice->>'urgency' AS urgency
    FROM awaiting WHERE (notice->>'escalates')::boolean
) AS unanswered JOIN unnest($1::text[], $2::int[]) AS wait (urgency, hours) USING (urgency)
WHERE since + make_interval(hours => hours) <= $3 AND {GOES_UP} ORDER BY since LIMIT $7"""  # noqa: S608 - our own words


def going_up(pool: asyncpg.Pool[asyncpg.Record], kafka: Connection, policy: Policy) -> Asking[EscalateNotice]:
    async def due(now: datetime) -> list[EscalateNotice]:
        return await unclaimed(pool, policy, now)

    return Asking(kafka, due, asked_for, PAUSE)


async def unclaimed(pool: asyncpg.Pool[asyncpg.Record], policy: Policy, now: datetime) -> list[EscalateNotice]:
    """What has waited for its hours, and has somebody above who has not heard of it; the oldest first."""
    hours = policy.escalation.hours
    rows = await pool.fetch(DUE, list(hours), list(hours.values()), now, *above_each(policy), MOST)
    return [EscalateNotice(waiting_id=row[0], event_id=row[1], post=row[2]) for row in rows]


def asked_for(waiting: EscalateNotice, at: datetime) -> dict[str, Any]:
    """Asked again it is another message: the first one may have come too early for the rules."""
    identity = uuid5(waiting.waiting_id, f"escalate {waiting.event_id} {waiting.post} {at.isoformat()}")
    return to_record(waiting, waiting.waiting_id, identity, UNCLAIMED, at)
