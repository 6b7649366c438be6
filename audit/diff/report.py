"""Every household that was ever enrolled on two days, as known at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Final
from uuid import UUID

import asyncpg

from audit.by_service import Tell
from audit.diff.compare import Turned, stand, turned
from audit.histories import histories
from audit.what_if.report import POSITION, rules_in_force

EVER_ENROLLED: Final = """
SELECT DISTINCT originator_id FROM enrollment.stored_events
WHERE topic = 'enrollment.household-enrolled' AND recorded_at <= $1 ORDER BY originator_id"""


@dataclass(frozen=True)
class Diff:
    """`first` and `last` are local dates on which `enrolled` households were in; the same log up to `position` gives it again.

    `packs` are the SHA-256 of the packs' contents by name, by which criteria were judged.
    """

    first: date
    last: date
    known: datetime
    position: int
    packs: dict[str, str]
    enrolled: tuple[int, int]
    differences: Sequence[Turned]

    def of(self, way: str) -> list[Turned]:
        """Those that entered, or left."""
        return [one for one in self.differences if one.way == way]


async def diff(dsn: str, default: str, days: tuple[date, date], known: datetime, tell: Tell) -> Diff:
    """Reads one snapshot as the owner or the auditor; `default` is the pack of areas for which none was published.

    Raises `UnreadableLog` and `WrongPack`.
    """
    first, last = days
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            in_force = await rules_in_force(connection, default, known)
            households: list[UUID] = [row[0] for row in await connection.fetch(EVER_ENROLLED, known)]
            found, counted, read = list[Turned](), [0, 0], 0
            async for _, recorded in histories(connection, households):
                before, after = (first, stand(recorded, first, known)), (last, stand(recorded, last, known))
                counted = [counted[0] + before[1].is_in, counted[1] + after[1].is_in]
                if one := turned(before, after, in_force):
                    found.append(one)
                tell(read := read + 1, len(households))
            position: int = await connection.fetchval(POSITION, known)
    finally:
        await connection.close()
    digests = {name: pack.digest for name, pack in sorted(in_force.policies.packs.items())}
    differences = sorted(found, key=attrgetter("village_code", "household"))
    return Diff(first, last, known, position, digests, (counted[0], counted[1]), differences)
