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
from services.notifications.domain.routing import rungs
from services.notifications.own_door import Sender, to_record

REMIND: Final = Sender("remind")
# Hours do not wait for events.
PAUSE: Final = Pause(busy=10.0, idle=10.0)
MOST: Final = 500
# As the rules say it in `untold_above`: not twice from one level, not past whoever has seen it, and not where all have heard of it.
GOES_UP: Final = """
NOT EXISTS (SELECT FROM gone_up WHERE gone_up.event = unanswered.event AND gone_up.level = unanswered.level)
AND EXISTS (SELECT FROM unnest($4::text[], $5::text[], $6::text[]) AS rung (below, level, role) WHERE rung.below = unanswered.level
    AND NOT EXISTS (
        SELECT FROM heard WHERE heard.event = unanswered.event AND heard.level = rung.level AND heard.role = rung.role))
AND NOT EXISTS (SELECT FROM unnest($4::text[], $5::text[], $6::text[]) AS rung (below, level, role)
    JOIN heard ON heard.event = unanswered.event AND heard.level = rung.level AND heard.role = rung.role AND heard.seen
    WHERE rung.below = unanswered.level)"""
# A part for each index: what was told, and what is urgent and still queued.
DUE: Final = f"""
SELECT notification FROM (
    SELECT *, told_at AS since FROM outbox WHERE state IN ('sent', 'unknown', 'failed')
    UNION ALL SELECT *, queued_at FROM outbox WHERE state = 'queued' AND digest_at IS NULL AND urgency = 'urgent'
) AS unanswered JOIN unnest($1::text[], $2::int[]) AS wait (urgency, hours) USING (urgency)
WHERE escalates AND NOT escalated AND since + make_interval(hours => hours) <= $3
AND NOT EXISTS (
    SELECT FROM outbox same
    WHERE same.event = unanswered.event AND same.recipient = unanswered.recipient AND same.state = 'acknowledged')
AND {GOES_UP} ORDER BY since LIMIT $7"""  # noqa: S608 - our own words


def reminding(pool: asyncpg.Pool[asyncpg.Record], kafka: Connection, policy: Policy) -> Asking[UUID]:
    async def due(now: datetime) -> list[UUID]:
        return await overdue(pool, policy, now)

    return Asking(kafka, due, asked_for, PAUSE)


async def overdue(pool: asyncpg.Pool[asyncpg.Record], policy: Policy, now: datetime) -> list[UUID]:
    """What asks for an answer, got none for its hours, and has somebody above who has not heard of it; the oldest first.

    Its hours begin when it was told. What is urgent and still queued, whatever its channel lacks, has had no answer since it was queued.
    """
    hours = policy.escalation.hours
    return [row[0] for row in await pool.fetch(DUE, list(hours), list(hours.values()), now, *above_each(policy), MOST)]


def above_each(policy: Policy) -> tuple[list[str], list[str], list[str]]:
    """Levels, and level and role of each who is above them."""
    steps = rungs(policy)
    return [below for below, _ in steps], [above.level for _, above in steps], [above.role for _, above in steps]


def asked_for(notification: UUID, at: datetime) -> dict[str, Any]:
    """Asked again it is another message: the first one may have come too early for the rules."""
    identity = uuid5(notification, f"escalate {at.isoformat()}")
    return to_record(EscalateNotification(notification_id=notification), notification, identity, REMIND, at)
