"""Against which decision is an appeal? The log of the household knows it by its id, and who took it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import asyncpg

from pipeline.kernel import StructMapper
from services.enrollment.domain.case.decisions import case_of, is_decision
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.identify.directory import Contested

EVENTS = """
SELECT originator_id, event_id, topic, state, actor FROM stored_events
WHERE originator_id = ANY($1::uuid[]) AND event_id = ANY($2::uuid[])"""


async def decisions(pool: asyncpg.Pool[asyncpg.Record], appeals: Sequence[Contested]) -> Mapping[Contested, Decision]:
    """Those that are decisions on the household that appeals; what the log does not have is none."""
    mapper, found = StructMapper(), dict[Contested, Decision]()
    for stream, identity, topic, state, actor in await pool.fetch(EVENTS, [one for one, _ in appeals], [one for _, one in appeals]):
        if is_decision(event := mapper.to_event(topic, state)):
            found[stream, identity] = Decision(by=actor, case=case_of(event))
    return found
