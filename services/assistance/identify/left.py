"""On which days did a cadre leave who is paired now? What is told later does not undo it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import asyncpg

from pipeline.envelope import Envelope
from schemas.assistance import AssignCadre, ReleaseCadre

LEFT = "SELECT cadre, on_day FROM left_cadres WHERE cadre = ANY($1::uuid[])"


async def left_before(pool: asyncpg.Pool[asyncpg.Record], envelopes: Sequence[Envelope]) -> list[tuple[date, ...]]:
    """Of each pairing the days that were told before it, also in the same batch; nothing of any other message."""
    paired = sorted({one.data.cadre_id for one in envelopes if isinstance(one.data, AssignCadre)})
    if not paired:
        return [()] * len(envelopes)
    known = {cadre: set[date]() for cadre in paired}
    for cadre, day in await pool.fetch(LEFT, paired):
        known[cadre].add(day)
    left = list[tuple[date, ...]]()
    for envelope in envelopes:
        said = envelope.data
        left.append(tuple(sorted(known[said.cadre_id])) if isinstance(said, AssignCadre) else ())
        if isinstance(said, ReleaseCadre) and said.cadre_id in known:
            known[said.cadre_id].add(said.on)
    return left
