"""What nobody acknowledged in time is asked about by the service's own door, so that the next level hears of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg

from pipeline.kafka import Connection
from schemas.notifications import EscalateNotification
from services.notifications.asking import Asking, Pause
from services.notifications.domain.policy import Policy
from services.notifications.goes_up import GOES_UP, above_each
from services.notifications.own_door import Sender, to_record

REMIND: Final = Sender("remind")
# Hours do not wait for events.
PAUSE: Final = Pause(busy=10.0, idle=10.0)
MOST: Final = 500
# A part for each index: what was told, and what is urgent and still queued.
DUE: Final = f"""
SELECT notification FROM (
    SELECT *, told_at AS since FROM outbox WHERE state IN ('sent', 'unknown', 'failed')
    UNION ALL SELECT *, queued_at FROM outbox WHERE state = 'queued' AND digest_at IS NULL AND urgency = 'urgent'
) AS unanswered JOIN unnest($1::text[], $2::int[]) AS wait (urgency, hours) USING (urgency)
WHERE escalates AND NOT escalated AND since + make_interval(hours => hours) <= $3
AND NOT EXISTS (
    SELECT FROM outbox same
    WHERE same.event = unanswered.event AND same.recipient = unanswered.recipient AND same.state = 'acknowledged' OFFSET 0)
AND {GOES_UP} ORDER BY since LIMIT $7"""  # noqa: S608 - our own words


def going_up(pool: asyncpg.Pool[asyncpg.Record], kafka: Connection, policy: Policy) -> Asking[UUID]:
    async def due(now: datetime) -> list[UUID]:
        return await overdue(pool, policy, now)

    return Asking(kafka, due, asked_for, PAUSE)


async def overdue(pool: asyncpg.Pool[asyncpg.Record], policy: Policy, now: datetime) -> list[UUID]:
    """What asks for an answer, got none for its hours, and has somebody above who has not heard of it; the oldest first.

    Its hours begin when it was told. What is urgent and still queued, whatever its channel lacks, has had no answer since it was queued.
    """
    hours = policy.escalation.hours
    return [row[0] for row in await pool.fetch(DUE, list(hours), list(hours.values()), now, *above_each(policy), MOST)]


def asked_for(notification: UUID, at: datetime) -> dict[str, Any]:
    """Asked again it is another message: the first one may have come too early for the rules."""
    identity = uuid5(notification, f"escalate {at.isoformat()}")
    return to_record(EscalateNotification(notification_id=notification), notification, identity, REMIND, at)
