"""Against which decision is an appeal? The log of the household knows it by its id, and who took it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from pipeline.kernel import StructMapper
from pipeline.postgres import event_id
from services.enrollment.domain.case.decisions import is_decision
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.identify.directory import Contested

SERVICE: Final = "enrollment"
AHEAD: Final = 1000
EVENTS = """
SELECT originator_id, event_id, topic, state, actor FROM stored_events
WHERE originator_id = ANY($1::uuid[]) AND event_id = ANY($2::uuid[])"""
HEADS = "SELECT originator_id, max(originator_version) FROM stored_events WHERE originator_id = ANY($1::uuid[]) GROUP BY originator_id"


async def decisions(pool: asyncpg.Pool[asyncpg.Record], appeals: Sequence[Contested]) -> Mapping[Contested, Decision]:
    """Those that are decisions on the household that appeals.

    A restored log has not yet all that an appeal may name: the id of one of the next events of the household stands for a decision that
    is in the same batch. Nobody can name it who did not see it published.
    """
    mapper, found, known = StructMapper(), dict[Contested, Decision](), set[Contested]()
    for stream, identity, topic, state, actor in await pool.fetch(EVENTS, [one for one, _ in appeals], [one for _, one in appeals]):
        known.add((stream, identity))
        if is_decision(mapper.to_event(topic, state)):
            found[stream, identity] = Decision(by=actor)
    missing = [one for one in appeals if one not in known]
    heads = {row[0]: row[1] for row in await pool.fetch(HEADS, [one for one, _ in missing])} if missing else {}
    return {**found, **_to_come(missing, heads)}


def _to_come(missing: Iterable[Contested], heads: Mapping[UUID, int]) -> dict[Contested, Decision]:
    return {(stream, identity): Decision(by="") for stream, identity in missing if identity in _next_ids(stream, heads.get(stream, 0))}


def _next_ids(stream: UUID, head: int) -> frozenset[UUID]:
    return frozenset(event_id(SERVICE, stream, version) for version in range(head + 1, head + 1 + AHEAD))
