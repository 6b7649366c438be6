"""Every household that was ever enrolled on two days, as known at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from audit.as_of.knowledge import Known
from audit.by_service import Tell
from audit.diff.compare import Turned, stand, turned
from audit.histories import histories
from audit.question import Question
from audit.snapshot import whole
from audit.what_if.report import HEARD, POSITION, rules_in_force

EVER_ENROLLED: Final = f"""
SELECT DISTINCT originator_id FROM enrollment.stored_events
WHERE topic = 'enrollment.household-enrolled' AND {HEARD} ORDER BY originator_id"""  # noqa: S608 - constants of our own


@dataclass(frozen=True)
class Diff:
    """On the first and the last day that were `asked` for `enrolled` households were in; `asked` names the position of the log as well.

    `packs` are the SHA-256 of the packs' contents by name, by which criteria were judged.
    """

    asked: Question
    packs: dict[str, str]
    enrolled: tuple[int, int]
    differences: Sequence[Turned]

    def of(self, way: str) -> list[Turned]:
        """Those that entered, or left."""
        return [one for one in self.differences if one.way == way]


async def diff(dsn: str, default: str, asked: Question, tell: Tell) -> Diff:
    """Reads one snapshot as the owner or the auditor; `default` is the pack of areas for which none was published.

    A question that names such a pack is answered by that one. Raises `UnreadableLog` and `WrongPack`.
    """
    first, last, known = asked.first, asked.last, asked.known
    async with whole(dsn) as connection:
        in_force = await rules_in_force(connection, default, asked)
        households: list[UUID] = [row[0] for row in await connection.fetch(EVER_ENROLLED, known, asked.position)]
        found, counted, read = list[Turned](), [0, 0], 0
        async for _, recorded in histories(connection, households):
            told = Known(asked.heard(recorded), known)
            before, after = (first, stand(told, first)), (last, stand(told, last))
            counted = [counted[0] + before[1].is_in, counted[1] + after[1].is_in]
            if one := turned(before, after, in_force):
                found.append(one)
            tell(read := read + 1, len(households))
        position: int = await connection.fetchval(POSITION, known, asked.position)
    digests = {name: pack.digest for name, pack in sorted(in_force.policies.packs.items())}
    differences = sorted(found, key=attrgetter("village_code", "household"))
    return Diff(replace(asked, position=position), digests, (counted[0], counted[1]), differences)
