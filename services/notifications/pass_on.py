"""What is still queued where nobody reads it is taken back by the service's own door, and told anew.

For somebody who retired: to whoever has his post now. For somebody who answers no more for a household that moved or was paired anew: to
whoever does. By a channel that its recipient has no more: by those that he has. What is about something that has ended is taken back too,
and told to nobody.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg

from pipeline.kafka import Connection
from schemas.notifications import WithdrawNotification
from services.notifications.asking import Asking, Pause
from services.notifications.domain.events import DeliveryReleased, MatterEnded, RecipientRegistered, RecipientRetired
from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import told_by_post
from services.notifications.matters import OVER
from services.notifications.own_door import Sender, to_record
from services.notifications.posts import REPLACED

PASS_ON: Final = Sender("pass-on")
# What was under way when he retired may come back into the queue. A first pairing stirs nothing: they come by the ten thousand.
PAUSE: Final = Pause(busy=1.0, idle=60.0)
MOST: Final = 500
STIRRING: Final = (RecipientRegistered, RecipientRetired, DeliveryReleased, MatterEnded)
LEFT: Final = f"""
SELECT o.notification FROM outbox o JOIN recipients r USING (recipient)
WHERE o.state = 'queued' AND (r.retired OR NOT r.contacts ? o.channel OR {OVER} OR {REPLACED})
ORDER BY o.position LIMIT $1"""  # noqa: S608 - our own words


def passing_on(pool: asyncpg.Pool[asyncpg.Record], kafka: Connection, policy: Policy) -> Asking[UUID]:
    async def left(_: datetime) -> list[UUID]:
        return await left_behind(pool, policy)

    return Asking(kafka, left, asked_for, PAUSE, stirring=STIRRING)


async def left_behind(pool: asyncpg.Pool[asyncpg.Record], policy: Policy) -> list[UUID]:
    """The oldest first."""
    return [row[0] for row in await pool.fetch(LEFT, MOST, told_by_post(policy))]


def asked_for(notification: UUID, at: datetime) -> dict[str, Any]:
    """Asked again it is another message: he may have come back and retired again."""
    identity = uuid5(notification, f"withdraw {at.isoformat()}")
    return to_record(WithdrawNotification(notification_id=notification), notification, identity, PASS_ON, at)
