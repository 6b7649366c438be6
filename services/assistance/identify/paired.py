"""The households that a day, or a cadre who leaves, concerns by their pairings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from pipeline.envelope import Envelope
from schemas.assistance import AssignCadre, ReleaseCadre
from schemas.clock import DayStarted
from schemas.enrollment import HouseholdEnded, HouseholdMoved, MembersJoined
from services.assistance.domain.policy import Policy

PAIRED_WITH = "SELECT cadre, household FROM pairings WHERE cadre = ANY($1::uuid[]) ORDER BY household"
# Those whom the pack wants paired and for whom nobody answers on a day, unless it was told.
UNPAIRED = """
SELECT household FROM households h WHERE ended_on IS NULL AND missing_on IS NULL
AND (category = ANY($2::text[]) OR ($3 AND EXISTS (SELECT FROM plans p WHERE p.household = h.household AND p.closed_on IS NULL)))
AND NOT EXISTS (
    SELECT FROM pairings p WHERE p.household = h.household AND p.from_day <= $1 AND (p.until IS NULL OR p.until >= $1)
    AND NOT EXISTS (SELECT FROM pairings o WHERE o.household = p.household AND o.from_day > p.from_day AND o.from_day <= $1))
ORDER BY household"""
# Those for whom somebody else answers on a day than was told, or of whom a log from before told pairings and nothing else.
ANSWERED = """
SELECT household FROM (
    SELECT household, cadre FROM paired WHERE from_day <= $1 AND (to_day IS NULL OR to_day >= $1)
) AS today FULL JOIN answering AS told USING (household)
WHERE today.cadre IS DISTINCT FROM told.cadre
UNION SELECT household FROM pairings WHERE household NOT IN (SELECT household FROM answering)
ORDER BY household"""


async def households(
    pool: asyncpg.Pool[asyncpg.Record], policy: Policy, envelopes: Sequence[Envelope]
) -> Mapping[object, Mapping[UUID, None]]:
    """By day, or by cadre who leaves; somebody may have been paired a moment ago, in the same batch."""
    asked = {day_or_cadre(one): dict[UUID, None]() for one in envelopes if isinstance(one.data, DayStarted | ReleaseCadre)}
    if not asked:
        return {}
    since = dict[UUID, None]()
    for day in sorted({one.data.date for one in envelopes if isinstance(one.data, DayStarted)}):
        rows = await pool.fetch(UNPAIRED, day, sorted(policy.paired), "enrolled" in policy.paired)
        # Whoever began to answer on a day of this batch may end on a later one of it.
        since |= dict.fromkeys(row[0] for row in await pool.fetch(ANSWERED, day))
        asked[day] |= dict.fromkeys(sorted({row[0] for row in rows} | since.keys()))
    leaving = [one.data.cadre_id for one in envelopes if isinstance(one.data, ReleaseCadre)]
    for cadre, household in await pool.fetch(PAIRED_WITH, leaving) if leaving else ():
        asked[cadre][household] = None
    for one in envelopes:
        if isinstance(one.data, AssignCadre) and one.data.cadre_id in asked and one.subject is not None:
            asked[one.data.cadre_id][UUID(one.subject)] = None
    for key in asked:
        if isinstance(key, date):
            asked[key] |= dict.fromkeys(_changing(envelopes, asked))
    return asked


def day_or_cadre(envelope: Envelope) -> object:
    match envelope.data:
        case DayStarted(date=day):
            return day
        case ReleaseCadre(cadre_id=cadre):
            return cadre
        case _:
            return None


def _changing(envelopes: Sequence[Envelope], asked: Mapping[object, Mapping[UUID, None]]) -> Iterator[UUID]:
    """The households for which somebody else may answer by what this batch says, today or on a later day of it."""
    for one in envelopes:
        match one.data:
            case AssignCadre() if one.subject is not None:
                yield UUID(one.subject)
            case ReleaseCadre(cadre_id=cadre):
                yield from asked[cadre]
            case HouseholdMoved(household_id=household) | HouseholdEnded(household_id=household) | MembersJoined(household_id=household):
                yield household
            case _:
                pass
