"""Who was born or died by a fact that is taken back? The log of the household knows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from pipeline.kernel import StructMapper
from services.enrollment.domain.members.change_events import MembersJoined, MembersLeft
from services.enrollment.identify.vital_events import Vital

EVENTS = """
SELECT f.fact, f.stream, e.topic, e.state FROM facts f JOIN stored_events e ON e.originator_id = f.stream AND e.notification_id > f.position
WHERE f.fact = ANY($1::uuid[]) AND NOT f.withdrawn AND e.topic IN ('enrollment.members-joined', 'enrollment.members-left')"""


async def vital_events(pool: asyncpg.Pool[asyncpg.Record], facts: Sequence[UUID]) -> Mapping[UUID, Vital]:
    """By the fact; none of those that were taken back before."""
    mapper, found = StructMapper(), dict[UUID, Vital]()
    for fact, household, topic, state in await pool.fetch(EVENTS, facts):
        match mapper.to_event(topic, state):
            case MembersJoined(members=(child,), reason="born", fact=cause) if cause == fact:
                found[fact] = Vital(child.person, household, born=True)
            case MembersLeft(members=(dead,), reason="died", fact=cause) if cause == fact:
                found[fact] = Vital(dead.person, household, born=False)
            case _:
                pass
    return found
