"""Whose stream does a message concern? Most name their household; of a day, a cadre who leaves and an answer the read models know it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg
from msgspec import field
from msgspec.structs import replace

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas.assistance import AssignCadre, ReleaseCadre
from schemas.clock import DayStarted
from schemas.enrollment import (
    HouseholdEnded,
    HouseholdEvent,
    HouseholdMoved,
    MembersJoined,
    PersonsMerged,
    PersonsUnmerged,
    ReferralAnswered,
)
from services.assistance.domain.policy import Policy
from services.assistance.one_person import ways
from services.assistance.referred import OpenPlan, asked_by, with_a_plan

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
REFERRED = "SELECT referral, household FROM referrals WHERE referral = ANY($1::uuid[])"
# Of households the open plan, and how many measures it has for each risk.
OPEN_PLANS = """
SELECT p.household, p.plan, asked.risk, count(*) FROM plans p LEFT JOIN measures m USING (plan, household)
LEFT JOIN LATERAL unnest(m.answers) AS asked (risk) ON true
WHERE p.household = ANY($1::uuid[]) AND p.closed_on IS NULL GROUP BY p.household, p.plan, asked.risk"""
LATE = """
SELECT household FROM outstanding_referrals WHERE due < $1 AND overdue_on IS NULL
UNION SELECT household FROM measures WHERE due < $1 AND overdue_on IS NULL AND state IN ('proposed', 'accepted') ORDER BY household"""


class Found(Value, frozen=True):
    """`pairings` are the households whose pairing a day or a cadre who leaves may concern, `late` those in whose plan something is late.

    `answers` are those of departments that were read before the message that asks for them.
    `today` is the last day that began before the message, where one did since the process began.
    Of a day, `care` are the care files with a week to judge or a caregiver at the limit of age: person and household by stream.
    Of two persons who are one, or two after all, `way` is who is kept, and from there everybody in whose place he is.
    """

    household: UUID | None
    pairings: tuple[UUID, ...] = ()
    late: tuple[UUID, ...] = ()
    care: Mapping[UUID, tuple[UUID, UUID]] = field(default_factory=dict[UUID, tuple[UUID, UUID]])
    way: tuple[UUID, ...] = ()
    answers: tuple[Envelope, ...] = ()
    today: date | None = None


class Identify:
    """The batched queries of assistance; most batches need none."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], policy: Policy) -> None:
        self._pool, self._policy, self._today = pool, policy, date.min

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        households, referred, late = await self._households(envelopes), await self._referred(envelopes), await self._late(envelopes)
        found = [replace(found_by_name(one, referred), pairings=tuple(households.get(_key(one), ()))) for one in envelopes]
        found = await self._asked_beside(envelopes, found, referred)
        care, merged = await self._care(envelopes), await self._merged(envelopes)
        found = [replace(what, way=way) if way else what for what, way in zip(found, ways(envelopes, merged), strict=True)]
        return [
            replace(what, late=late, care=care[one.data.date]) if isinstance(one.data, DayStarted) else replace(what, today=today)
            for one, what, today in zip(envelopes, found, self._todays(envelopes), strict=True)
        ]

    def _todays(self, envelopes: Sequence[Envelope]) -> Iterator[date | None]:
        for one in envelopes:
            yield self._today if self._today > date.min else None
            if isinstance(one.data, DayStarted):
                self._today = max(self._today, one.data.date)

    async def _merged(self, envelopes: Sequence[Envelope]) -> dict[UUID, UUID]:
        two = [one.data for one in envelopes if isinstance(one.data, PersonsMerged | PersonsUnmerged)]
        persons = {person for one in two for person in (one.keep_person_id, one.duplicate_person_id)}
        return {row[0]: row[1] for row in await self._pool.fetch(MERGED, sorted(persons))} if two else {}

    async def _referred(self, envelopes: Sequence[Envelope]) -> dict[UUID, UUID]:
        """The households of the referrals that are answered."""
        answered = [one.data.referral_id for one in envelopes if isinstance(one.data, ReferralAnswered)]
        return {row[0]: row[1] for row in await self._pool.fetch(REFERRED, answered)} if answered else {}

    async def _asked_beside(self, envelopes: Sequence[Envelope], found: list[Found], referred: Mapping[UUID, UUID]) -> list[Found]:
        """An answer to what this very batch asks goes to that household; one that was read too early follows whoever asks."""
        unknown = {
            place: one.data.referral_id
            for place, one in enumerate(envelopes)
            if isinstance(one.data, ReferralAnswered) and one.data.referral_id not in referred
        }
        if not unknown:
            return found
        plans = dict[UUID, OpenPlan]()
        for household, plan, risk, number in await self._pool.fetch(OPEN_PLANS, sorted(with_a_plan(envelopes))):
            known = plans.get(household, OpenPlan(plan))
            plans[household] = OpenPlan(plan, {**known.measures, risk: number}) if risk is not None else known
        asked, answers = asked_by(envelopes, plans, len(self._policy.base)), list(found)
        for place, referral in unknown.items():
            if (asking := asked.get(referral)) is None:
                continue
            early = place < asking.place
            answers[place] = Found(None if early else asking.household)
            if early:
                before = answers[asking.place]
                answers[asking.place] = replace(before, answers=(*before.answers, envelopes[place]))
        return answers

    async def _late(self, envelopes: Sequence[Envelope]) -> tuple[UUID, ...]:
        """Whom the last day concerns: the rules know what was late on the days before it."""
        days = [one.data.date for one in envelopes if isinstance(one.data, DayStarted)]
        return tuple(row[0] for row in await self._pool.fetch(LATE, max(days))) if days else ()

    async def _households(self, envelopes: Sequence[Envelope]) -> dict[object, dict[UUID, None]]:
        """By day, or by cadre who leaves; somebody may have been paired a moment ago, in the same batch."""
        asked = {_key(one): dict[UUID, None]() for one in envelopes if isinstance(one.data, DayStarted | ReleaseCadre)}
        if not asked:
            return {}
        since = dict[UUID, None]()
        for day in sorted({one.data.date for one in envelopes if isinstance(one.data, DayStarted)}):
            rows = await self._pool.fetch(UNPAIRED, day, sorted(self._policy.paired), "enrolled" in self._policy.paired)
            # Whoever began to answer on a day of this batch may end on a later one of it.
            since |= dict.fromkeys(row[0] for row in await self._pool.fetch(ANSWERED, day))
            asked[day] |= dict.fromkeys(sorted({row[0] for row in rows} | since.keys()))
        leaving = [one.data.cadre_id for one in envelopes if isinstance(one.data, ReleaseCadre)]
        for cadre, household in await self._pool.fetch(PAIRED_WITH, leaving) if leaving else ():
            asked[cadre][household] = None
        for one in envelopes:
            if isinstance(one.data, AssignCadre) and one.data.cadre_id in asked and one.subject is not None:
                asked[one.data.cadre_id][UUID(one.subject)] = None
        for key in asked:
            if isinstance(key, date):
                asked[key] |= dict.fromkeys(_changing(envelopes, asked))
        return asked

    async def _care(self, envelopes: Sequence[Envelope]) -> dict[date, dict[UUID, tuple[UUID, UUID]]]:
        """By day."""
        days = {one.data.date for one in envelopes if isinstance(one.data, DayStarted)}
        rows = await self._pool.fetch(CARE_DUE, max(days)) if days else []
        return {day: {stream: (person, household) for first, stream, person, household in rows if first <= day} for day in days}


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


def found_by_name(envelope: Envelope, referred: Mapping[UUID, UUID]) -> Found:
    """The household that the message itself names, or that of its referral; one that nobody knows is refused in a stream of its own."""
    if isinstance(envelope.data, ReferralAnswered):
        return Found(referred.get(envelope.data.referral_id, envelope.data.referral_id))
    if isinstance(envelope.data, HouseholdEvent):
        return Found(envelope.data.household_id)
    return Found(UUID(envelope.subject) if envelope.data.HOUSEHOLD_IS_SUBJECT and envelope.subject is not None else None)


def _key(envelope: Envelope) -> object:
    match envelope.data:
        case DayStarted(date=day):
            return day
        case ReleaseCadre(cadre_id=cadre):
            return cadre
        case _:
            return None
