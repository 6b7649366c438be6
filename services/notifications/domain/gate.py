"""When a recipient may be told: the one gate through which whatever leaves has to go."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from pipeline.value import Value
from schemas.clock import COUNTY_TIME
from services.notifications.domain.policy import Policy, Urgency


class Wish(Value, frozen=True):
    """When a recipient wants to be told: never in his quiet hours, and where `daily_at` is an hour, "HH:MM" local, once a day then."""

    quiet: str
    daily_at: str = ""


def wish(quiet: str, policy: Policy, *, daily: bool) -> Wish:
    return Wish(quiet, policy.daily_at if daily else "")


def held_for(urgency: Urgency, wish: Wish, at: datetime, digest_at: datetime | None) -> tuple[datetime, bool] | None:
    """Until when it is held back, and whether for the daily digest; None where it may go.

    `digest_at` is the digest for which it was held back before: it waits for one, and for no second one when that fails.
    """
    if urgency == "normal" and wish.daily_at and (digest_at is None or at < digest_at):
        return digest_at or next_digest(wish, at), digest_at is None
    until = shut_until(urgency, wish.quiet, at)
    return (until, False) if until is not None else None


def next_digest(wish: Wish, at: datetime) -> datetime:
    """The UTC instant of the first digest after `at`; one that would come in quiet hours comes at their end."""
    local = at.astimezone(COUNTY_TIME)
    today = datetime.combine(local.date(), time.fromisoformat(wish.daily_at), COUNTY_TIME)
    due = today if local < today else today + timedelta(days=1)
    return shut_until("normal", wish.quiet, due) or due.astimezone(UTC)


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
