"""Enrollment's log as far as a day and an instant ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

from audit.as_of.household import Statement, household_as_of
from audit.by_service import Tell, unheard
from audit.histories import histories
from audit.snapshot import whole

EVER_ENROLLED: Final = """
SELECT DISTINCT originator_id FROM enrollment.stored_events WHERE topic = 'enrollment.household-enrolled' ORDER BY originator_id"""

BEGAN: Final = "SELECT recorded_at FROM enrollment.stored_events ORDER BY notification_id LIMIT 1"

LAST_TOLD: Final = "SELECT max(day) FROM enrollment.told_days"


@dataclass(frozen=True)
class Enrolled:
    """A household that was in, since the local date `since` by the decision `event_id`."""

    household: UUID
    village_code: str
    type: str
    risks: tuple[str, ...]
    persons: int
    since: date
    event_id: UUID


async def household(dsn: str, identity: UUID, on: date, known: datetime) -> tuple[Statement, ...]:
    """One household on the local date `on` as known at the instant `known`; nothing where it was not in the register.

    Raises `UnreadableLog`.
    """
    async with whole(dsn) as connection:
        async for _, recorded in histories(connection, [identity]):
            return household_as_of(recorded, on, known)
    return ()


async def register(dsn: str, on: date, known: datetime, tell: Tell = unheard) -> list[Enrolled]:
    """Every household that was enrolled on the local date `on` as known at the instant `known`, by village and id.

    Raises `UnreadableLog`.
    """
    async with whole(dsn) as connection:
        households = [row[0] for row in await connection.fetch(EVER_ENROLLED)]
        read = list[tuple[UUID, tuple[Statement, ...]]]()
        async for stream, recorded in histories(connection, households):
            read.append((stream, household_as_of(recorded, on, known)))
            tell(len(read), len(households))
    found = [one for stream, statements in read if (one := _as_enrolled(stream, statements))]
    return sorted(found, key=attrgetter("village_code", "household"))


async def began(dsn: str) -> datetime | None:
    """When the first event of enrollment was recorded; None where there is none."""
    async with whole(dsn) as connection:
        instant: datetime | None = await connection.fetchval(BEGAN)
    return instant


async def last_told(dsn: str) -> date | None:
    """The local date that is today for the rules of enrollment; None where no day was told."""
    async with whole(dsn) as connection:
        day: date | None = await connection.fetchval(LAST_TOLD)
    return day


def _as_enrolled(identity: UUID, statements: Iterable[Statement]) -> Enrolled | None:
    by: dict[str, list[Statement]] = {}
    for one in statements:
        by.setdefault(one.what, []).append(one)
    if "type" not in by:
        return None
    decision, village = by["type"][0], by["village"][0].value
    risks = tuple(one.value for one in by.get("risk", ()))
    since = decision.since or date.min  # an enrolment is of a day, also one that was taken over
    return Enrolled(identity, village, decision.value, risks, len(by.get("member", ())), since, decision.event_id)
