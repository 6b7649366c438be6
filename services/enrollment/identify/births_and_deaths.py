"""Who was born or died by a fact that is taken back, or told again? The log of the household knows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

import asyncpg

from pipeline.decider import Event
from pipeline.kernel import StructMapper
from services.enrollment.identify.vital_events import Vital, reports

# Fenced: with an estimate of many streams the planner would read the whole log.
EVENTS = """
WITH streams AS (
    SELECT household AS stream FROM members WHERE person = ANY($1::uuid[])
    UNION SELECT stream FROM facts WHERE fact = ANY($2::uuid[]) AND NOT withdrawn
)
SELECT originator_id, topic, state FROM streams
CROSS JOIN LATERAL (SELECT * FROM stored_events WHERE originator_id = stream OFFSET 0) AS told
WHERE topic IN ('enrollment.members-joined', 'enrollment.members-left', 'enrollment.fact-withdrawn')
    OR (topic = 'enrollment.fact-recorded' AND convert_from(state, 'UTF8') ~ '"name":"person-(born|died)"')
ORDER BY notification_id"""


async def vital_events(
    pool: asyncpg.Pool[asyncpg.Record], persons: Collection[UUID], withdrawn: Sequence[UUID], kept: Callable[[UUID], UUID]
) -> Mapping[UUID, Vital]:
    """By the fact, of these persons and of everybody whom one of the facts says it about; none of those that were taken back before."""
    mapper, events = StructMapper(), defaultdict[UUID, list[Event]](list)
    for household, topic, state in await pool.fetch(EVENTS, list(persons), withdrawn):
        events[household].append(mapper.to_event(topic, state))
    found = {fact: vital for household, told in events.items() for fact, vital in reports(household, told, kept).items()}
    concerned = {*persons, *(found[fact].person for fact in withdrawn if fact in found)}
    return {fact: vital for fact, vital in found.items() if vital.person in concerned}
