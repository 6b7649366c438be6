"""The households that departments answer about, though an answer be read before the plan that asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
from msgspec.structs import replace

from pipeline.envelope import Envelope
from schemas.enrollment import ReferralAnswered
from services.assistance.domain.policy import Policy
from services.assistance.domain.referrals.referral_commands import AnswerReferral
from services.assistance.identify.found import Found
from services.assistance.identify.referred import Asking, OpenPlan, asked_by, asks, with_a_plan

REFERRED = "SELECT referral, household FROM referrals WHERE referral = ANY($1::uuid[])"
# Of households the open plan, and how many measures it has for each risk.
OPEN_PLANS = """
SELECT p.household, p.plan, asked.risk, count(*) FROM plans p LEFT JOIN measures m USING (plan, household)
LEFT JOIN LATERAL unnest(m.answers) AS asked (risk) ON true
WHERE p.household = ANY($1::uuid[]) AND p.closed_on IS NULL GROUP BY p.household, p.plan, asked.risk"""
ANY_UNMATCHED = "SELECT EXISTS (SELECT FROM unmatched_answers)"
UNMATCHED = """
SELECT command, answered_on, referral, outcome, department FROM unmatched_answers WHERE referral = ANY($1::uuid[]) ORDER BY department"""


async def referred_by(pool: asyncpg.Pool[asyncpg.Record], envelopes: Sequence[Envelope]) -> Mapping[UUID, UUID]:
    """The households of the referrals that are answered."""
    answered = [one.data.referral_id for one in envelopes if isinstance(one.data, ReferralAnswered)]
    return {row[0]: row[1] for row in await pool.fetch(REFERRED, answered)} if answered else {}


async def with_answers(
    pool: asyncpg.Pool[asyncpg.Record], policy: Policy, envelopes: Sequence[Envelope], found: Sequence[Found]
) -> list[Found]:
    """An answer to what this very batch asks goes to that household; one that was read too early follows whoever asks."""
    unknown = _unknown(envelopes, found)
    waits = any(asks(one) for one in envelopes) and await pool.fetchval(ANY_UNMATCHED)
    if not unknown and not waits:
        return list(found)
    asked = asked_by(envelopes, await _open_plans(pool, envelopes), len(policy.base))
    with_those_read_before = list(found)
    for command, on, referral, outcome, department in await pool.fetch(UNMATCHED, list(asked)) if waits else ():
        at, kept = asked[referral].place, AnswerReferral(id=command, on=on, referral=referral, outcome=outcome, department=department)
        with_those_read_before[at] = replace(with_those_read_before[at], kept=(*with_those_read_before[at].kept, kept))
    return _with_those_beside(envelopes, with_those_read_before, asked, unknown)


def _unknown(envelopes: Sequence[Envelope], found: Sequence[Found]) -> Mapping[int, UUID]:
    """By their places the referrals that no read model knows: those in whose own stream their answers are."""
    answered = [(place, one.data.referral_id) for place, one in enumerate(envelopes) if isinstance(one.data, ReferralAnswered)]
    return {place: referral for place, referral in answered if found[place].household == referral}


async def _open_plans(pool: asyncpg.Pool[asyncpg.Record], envelopes: Sequence[Envelope]) -> Mapping[UUID, OpenPlan]:
    plans = dict[UUID, OpenPlan]()
    for household, plan, risk, number in await pool.fetch(OPEN_PLANS, sorted(with_a_plan(envelopes))):
        known = plans.get(household, OpenPlan(plan))
        plans[household] = OpenPlan(plan, {**known.measures, risk: number}) if risk is not None else known
    return plans


def _with_those_beside(
    envelopes: Sequence[Envelope], found: list[Found], asked: Mapping[UUID, Asking], unknown: Mapping[int, UUID]
) -> list[Found]:
    for place, referral in unknown.items():
        if (asking := asked.get(referral)) is None:
            continue
        if place > asking.place:
            found[place] = Found(asking.household)
        else:
            # It is refused and kept as well: whoever asks may be parked, and comes again without it.
            before = found[asking.place]
            found[asking.place] = replace(before, answers=(*before.answers, envelopes[place]))
    return found
