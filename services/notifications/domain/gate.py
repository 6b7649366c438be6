"""When a recipient may be told: the one gate through which whatever leaves has to go."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.notifications.domain.policy import Urgency

COUNTY_TIME: Final = ZoneInfo("Asia/Shanghai")


def shut_until(urgency: Urgency, quiet: str, at: datetime) -> datetime | None:
    """The UTC instant at which it opens; None where it is open, as it always is to what is urgent.

    `quiet` are the recipient's quiet hours, "HH:MM-HH:MM" local, which may pass midnight; empty, or as long as nothing, for none.
    """
    if urgency == "urgent" or not quiet:
        return None
    begin, end = (time.fromisoformat(part) for part in quiet.split("-"))
    local = at.astimezone(COUNTY_TIME)
    now, day = local.time(), local.date()
    if begin <= now < end or now < end < begin:
        return datetime.combine(day, end, COUNTY_TIME).astimezone(UTC)
    if end < begin <= now:
        return datetime.combine(day + timedelta(days=1), end, COUNTY_TIME).astimezone(UTC)
    return None
