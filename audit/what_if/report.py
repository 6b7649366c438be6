"""Every household of the register judged twice, as known at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

import asyncpg

from audit.histories import COLUMNS, histories, to_recorded
from audit.services import AUDITED
from audit.what_if.compare import Difference, InForce, WhatIf, compare, state_on
from services.enrollment import packs
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.pack.lines import Published
from services.enrollment.domain.publications.publication_events import LinePublished, PackPublished

HOUSEHOLDS: Final = """
SELECT originator_id FROM enrollment.stored_events WHERE topic = 'enrollment.household-registered' AND recorded_at <= $1 ORDER BY 1"""
PUBLISHED: Final = f"""
SELECT {COLUMNS} FROM enrollment.stored_events
WHERE topic IN ('enrollment.line-published', 'enrollment.pack-published') AND recorded_at <= $1
ORDER BY notification_id"""  # noqa: S608 - a constant of our own
POSITION: Final = "SELECT coalesce(max(notification_id), 0) FROM enrollment.stored_events WHERE recorded_at <= $1"


@dataclass(frozen=True)
class Comparison:
    """What would have been so on the local date `on`; the same log up to `position` and the same packs give it again.

    `packs` are the SHA-256 of the packs' contents by name, `households` how many were judged.
    """

    on: date
    known: datetime
    position: int
    packs: dict[str, str]
    line_fen: int | None
    pack: str | None
    against: str | None
    households: int
    differences: Sequence[Difference]

    def of(self, way: str) -> list[Difference]:
        """Those that entered, left, or were to be verified."""
        return [one for one in self.differences if one.way == way]


async def report(dsn: str, default: str, moment: tuple[date, datetime], against: str | None, instead: WhatIf) -> Comparison:
    """Reads one snapshot as the owner or the auditor; `default` is the pack of areas for which none was published.

    Raises `UnreadableLog` and `WrongPack`; `KeyError` where a pack has not the name that was asked for.
    """
    on, known = moment
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            in_force = await rules_in_force(connection, default, known)
            every = in_force.policies.packs
            named = {name: every[name] for name in (instead.pack, against) if name is not None} or every
            households: list[UUID] = [row[0] for row in await connection.fetch(HOUSEHOLDS, known)]
            judged = [
                (state, compare(state, on, in_force, against, instead))
                async for _, recorded in histories(connection, households)
                if isinstance(state := state_on(recorded, on, known), Household) and state.ended is None
            ]
            position: int = await connection.fetchval(POSITION, known)
    finally:
        await connection.close()
    digests = {name: pack.digest for name, pack in sorted(named.items())}
    differences = sorted((one for _, one in judged if one is not None), key=attrgetter("village_code", "household"))
    return Comparison(on, known, position, digests, instead.line_fen, instead.pack, against, len(judged), differences)


async def rules_in_force(connection: Any, default: str, known: datetime) -> InForce:  # noqa: ANN401 - asyncpg's connection
    """The packs of the release, and what the county had published by the instant; raises `UnreadableLog` and `WrongPack`."""
    AUDITED["enrollment"].register()
    told = [one.event for one in to_recorded(await connection.fetch(PUBLISHED, known))]
    lines = tuple(one.line for one in told if isinstance(one, LinePublished))
    assignments = tuple(one.assignment for one in told if isinstance(one, PackPublished))
    return InForce(packs.load_all(default), Published(lines, assignments))
