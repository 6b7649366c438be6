"""Every household of the register judged twice on each day of a period, as known at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from audit.by_service import Tell
from audit.histories import histories
from audit.question import Question
from audit.recorded import COLUMNS, to_recorded
from audit.services import AUDITED
from audit.snapshot import whole
from audit.what_if.compare import Difference, InForce, WhatIf
from audit.what_if.period import through
from services.enrollment import packs
from services.enrollment.domain.pack.lines import Published
from services.enrollment.domain.publications.publication_events import LinePublished, PackPublished

HEARD: Final = "recorded_at <= $1 AND notification_id <= coalesce($2, 9223372036854775807)"
HOUSEHOLDS: Final = f"""
SELECT originator_id FROM enrollment.stored_events WHERE topic = 'enrollment.household-registered' AND {HEARD} ORDER BY 1"""  # noqa: S608 - constants of our own
PUBLISHED: Final = f"""
SELECT {COLUMNS} FROM enrollment.stored_events
WHERE topic IN ('enrollment.line-published', 'enrollment.pack-published') AND {HEARD}
ORDER BY notification_id"""  # noqa: S608 - constants of our own
POSITION: Final = f"SELECT coalesce(max(notification_id), 0) FROM enrollment.stored_events WHERE {HEARD}"  # noqa: S608 - constants of our own


class NoSuchPack(Exception):  # noqa: N818 - it says what is so
    """No pack of the release has the `name` that was asked for; there are those that are `known`."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, sorted(known)
        super().__init__(name)


@dataclass(frozen=True)
class Comparison:
    """What would have been so; `asked` names the position up to which the log was read, and with the same packs it is answered alike again.

    `packs` are the SHA-256 of the packs' contents by name, `households` how many were judged.
    """

    asked: WhatIf
    packs: dict[str, str]
    households: int
    differences: Sequence[Difference]

    def of(self, way: str) -> int:
        """How many households went that way on any of the days."""
        return len({one.household for one in self.differences if one.way == way})


async def report(dsn: str, default: str, asked: WhatIf, tell: Tell) -> Comparison:
    """Reads one snapshot as the owner or the auditor; `default` is the pack of areas for which none was published.

    A question that names such a pack is answered by that one. Raises `UnreadableLog`, `WrongPack` and `NoSuchPack`.
    """
    async with whole(dsn) as connection:
        in_force = await rules_in_force(connection, default, asked)
        every, wanted = in_force.policies.packs, [name for name in (asked.pack, asked.against) if name is not None]
        if unknown := [name for name in wanted if name not in every]:
            raise NoSuchPack(unknown[0], every)
        named = {name: every[name] for name in wanted} or every
        households: list[UUID] = [row[0] for row in await connection.fetch(HOUSEHOLDS, asked.known, asked.position)]
        judged, found, read = 0, list[Difference](), 0
        async for _, recorded in histories(connection, households):
            there, differences = through(recorded, asked, in_force)
            judged += there
            found += differences
            tell(read := read + 1, len(households))
        position: int = await connection.fetchval(POSITION, asked.known, asked.position)
    digests = {name: pack.digest for name, pack in sorted(named.items())}
    return Comparison(
        replace(asked, position=position), digests, judged, sorted(found, key=attrgetter("village_code", "household", "since"))
    )


async def rules_in_force(connection: Any, default: str, asked: Question) -> InForce:  # noqa: ANN401 - asyncpg's connection
    """The packs of the release, and what the county had published by then; raises `UnreadableLog` and `WrongPack`."""
    AUDITED["enrollment"].register()
    told = [one.event for one in to_recorded(await connection.fetch(PUBLISHED, asked.known, asked.position))]
    lines = tuple(one.line for one in told if isinstance(one, LinePublished))
    assignments = tuple(one.assignment for one in told if isinstance(one, PackPublished))
    return InForce(packs.load_all(asked.usual or default), Published(lines, assignments))
