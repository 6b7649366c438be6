"""Enrollment's log as far as a day and an instant ask for it, read from the database page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import asyncpg

from audit.as_of.household import Statement, household_as_of
from audit.services import AUDITED
from audit.unreadable import UnreadableLog
from pipeline.kernel import StructMapper
from pipeline.store import Metadata, Recorded

PAGE: Final = 500
ONE: Final = """
SELECT notification_id, originator_id, originator_version, topic, state, event_id, correlation, causation, actor, source,
    valid_on, occurred_at, recorded_at
FROM enrollment.stored_events WHERE originator_id = ANY($1::uuid[]) ORDER BY originator_id, originator_version"""
EVER_ENROLLED: Final = """
SELECT DISTINCT originator_id FROM enrollment.stored_events WHERE topic = 'enrollment.household-enrolled' ORDER BY originator_id"""


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
    connection = await asyncpg.connect(dsn)
    try:
        AUDITED["enrollment"].register()
        rows = await connection.fetch(ONE, [identity])
        return household_as_of(_recorded(rows), on, known)
    finally:
        await connection.close()


async def register(dsn: str, on: date, known: datetime) -> list[Enrolled]:
    """Every household that was enrolled on the local date `on` as known at the instant `known`, by village and id."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            AUDITED["enrollment"].register()
            found = [one async for one in _enrolled(connection, on, known)]
    finally:
        await connection.close()
    return sorted(found, key=attrgetter("village_code", "household"))


async def _enrolled(connection: Any, on: date, known: datetime) -> AsyncIterator[Enrolled]:  # noqa: ANN401 - asyncpg's connection
    households = [row[0] for row in await connection.fetch(EVER_ENROLLED)]
    for first in range(0, len(households), PAGE):
        rows = await connection.fetch(ONE, households[first : first + PAGE])
        for stream, recorded in groupby(_recorded(rows), key=attrgetter("stream")):
            if one := _as_enrolled(stream, household_as_of(recorded, on, known)):
                yield one


def _as_enrolled(identity: UUID, statements: Iterable[Statement]) -> Enrolled | None:
    by: dict[str, list[Statement]] = {}
    for one in statements:
        by.setdefault(one.what, []).append(one)
    if "type" not in by:
        return None
    decision, village = by["type"][0], by["village"][0].value
    risks = tuple(one.value for one in by.get("risk", ()))
    return Enrolled(identity, village, decision.value, risks, len(by.get("member", ())), decision.since, decision.event_id)


def _recorded(rows: Iterable[Any]) -> Iterable[Recorded]:
    mapper = StructMapper()
    for position, stream, version, topic, state, identity, *metadata, recorded_at in rows:
        try:
            event = mapper.to_event(topic, state)
        except Exception as error:
            raise UnreadableLog(stream) from error
        yield Recorded(position, stream, version, event, identity, Metadata(*metadata), recorded_at)
