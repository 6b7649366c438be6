"""What everybody of a role is told goes on, some hundreds in each commit, until nobody is left; asked by the service's own door."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import uuid5

import asyncpg

from pipeline.kafka import Connection
from schemas.notifications import ContinueAnnouncement
from services.notifications.asking import Asking, Pause
from services.notifications.domain.events import AnnouncementAdvanced, AnnouncementBegun
from services.notifications.own_door import Sender, to_record

ANNOUNCE: Final = Sender("announce")
PAUSE: Final = Pause(busy=1.0, idle=1.0)
OPEN: Final = "SELECT announcement, after FROM announcements WHERE NOT ended ORDER BY position"


def announcing(pool: asyncpg.Pool[asyncpg.Record], kafka: Connection) -> Asking[ContinueAnnouncement]:
    async def next_parts(_: datetime) -> list[ContinueAnnouncement]:
        return await next_parts_of(pool)

    return Asking(kafka, next_parts, asked_for, PAUSE, stirring=(AnnouncementBegun, AnnouncementAdvanced))


async def next_parts_of(pool: asyncpg.Pool[asyncpg.Record]) -> list[ContinueAnnouncement]:
    """What is to be asked for next of each announcement that is not over."""
    return [ContinueAnnouncement(announcement_id=row[0], after=row[1]) for row in await pool.fetch(OPEN)]


def asked_for(part: ContinueAnnouncement, at: datetime) -> dict[str, Any]:
    """The same part is the same message, however often it is asked for."""
    identity = uuid5(part.announcement_id, str(part.after))
    return to_record(part, part.announcement_id, identity, ANNOUNCE, at)
