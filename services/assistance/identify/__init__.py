"""Whose stream does a message concern? Most name their household; of a day, a cadre who leaves and an answer the read models know it.

`found` is what comes of it, `paired` asks for the households of a day or a cadre, `left` when a cadre left, `answers` for the households
that departments answer about, `referred` follows what a batch itself asks them, `one_person` whom enrollment joins and parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
from msgspec.structs import replace

from pipeline.envelope import Envelope
from schemas.clock import DayStarted
from schemas.enrollment import PersonsMerged, PersonsUnmerged
from services.assistance.domain.policy import Policy
from services.assistance.identify.answers import referred_by, with_answers
from services.assistance.identify.found import Found, found_by_name
from services.assistance.identify.left import left_before
from services.assistance.identify.one_person import ways
from services.assistance.identify.paired import day_or_cadre, households

__all__ = ["Found", "Identify"]

# Of each file the first day that concerns it: after the last Sunday that was not judged, or that of a caregiver's limit of age.
CARE_DUE = """
SELECT least(due + 1, CASE WHEN ended_on IS NULL THEN limit_on END) AS first, stream, person, household FROM care_files
WHERE due < $1 OR (limit_on <= $1 AND ended_on IS NULL) ORDER BY stream"""
# Of the duplicates among these, and of everybody in whose place they are kept.
MERGED = """
WITH RECURSIVE way AS (
    SELECT person, into_person FROM merged_persons WHERE person = ANY($1::uuid[])
    UNION SELECT m.person, m.into_person FROM merged_persons m JOIN way ON m.person = way.into_person)
SELECT person, into_person FROM way"""
LAST_DAY = "SELECT max(day) FROM told_days"
LATE = """
SELECT household FROM outstanding_referrals WHERE due < $1 AND overdue_on IS NULL
UNION SELECT household FROM measures WHERE due < $1 AND overdue_on IS NULL AND state IN ('proposed', 'accepted') ORDER BY household"""


class Identify:
    """The queries of assistance, each for a whole batch; most batches need but the last day."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], policy: Policy) -> None:
        self._pool, self._policy = pool, policy

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        paired, referred = await households(self._pool, self._policy, envelopes), await referred_by(self._pool, envelopes)
        found = [replace(found_by_name(one, referred), pairings=tuple(paired.get(day_or_cadre(one), ()))) for one in envelopes]
        found = await with_answers(self._pool, self._policy, envelopes, found)
        late, care, merged = await self._late(envelopes), await self._care(envelopes), await self._merged(envelopes)
        found = [replace(what, way=way) if way else what for what, way in zip(found, ways(envelopes, merged), strict=True)]
        left = await left_before(self._pool, envelopes)
        found = [replace(what, left=days) if days else what for what, days in zip(found, left, strict=True)]
        return [
            replace(what, late=late, care=care[one.data.date]) if isinstance(one.data, DayStarted) else replace(what, today=today)
            for one, what, today in zip(envelopes, found, await self._todays(envelopes), strict=True)
        ]

    async def _todays(self, envelopes: Sequence[Envelope]) -> list[date | None]:
        """Asked for each batch: one that could not be committed is read again, as a whole or in halves."""
        today: date | None = await self._pool.fetchval(LAST_DAY)
        todays = list[date | None]()
        for one in envelopes:
            todays.append(today)
            if isinstance(one.data, DayStarted):
                today = max(today or one.data.date, one.data.date)
        return todays

    async def _merged(self, envelopes: Sequence[Envelope]) -> dict[UUID, UUID]:
        two = [one.data for one in envelopes if isinstance(one.data, PersonsMerged | PersonsUnmerged)]
        persons = {person for one in two for person in (one.keep_person_id, one.duplicate_person_id)}
        return {row[0]: row[1] for row in await self._pool.fetch(MERGED, sorted(persons))} if two else {}

    async def _late(self, envelopes: Sequence[Envelope]) -> tuple[UUID, ...]:
        """Whom the last day concerns: the rules know what was late on the days before it."""
        days = [one.data.date for one in envelopes if isinstance(one.data, DayStarted)]
        return tuple(row[0] for row in await self._pool.fetch(LATE, max(days))) if days else ()

    async def _care(self, envelopes: Sequence[Envelope]) -> dict[date, dict[UUID, tuple[UUID, UUID]]]:
        """By day."""
        days = {one.data.date for one in envelopes if isinstance(one.data, DayStarted)}
        rows = await self._pool.fetch(CARE_DUE, max(days)) if days else []
        return {day: {stream: (person, household) for first, stream, person, household in rows if first <= day} for day in days}
