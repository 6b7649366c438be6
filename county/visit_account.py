"""What the services made of the month's visits, and the promises about them held against the oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from county.visit_oracle import Change, ExpectedVisits

GOAL: Final = 99  # per cent, the county's article of 2021-03-22
PAIRED: Final = "SELECT household, bool_or(visited) FROM assistance.paired_months WHERE month = $1 GROUP BY household"
ALARMED: Final = """
SELECT DISTINCT stream FROM enrollment.events
WHERE topic IN ('enrollment.clue-raised', 'enrollment.clue-joined') AND state -> 'fact' ->> 'source' = '/suishi/assistance'"""
UNPAIRED: Final = "SELECT DISTINCT stream FROM assistance.events WHERE topic = 'assistance.cadre-missing'"
CHANGES: Final = """
SELECT stream, substr(topic, 12), valid_on, (state ->> 'on')::date, state ->> 'village_code' FROM enrollment.events
WHERE topic IN ('enrollment.household-moved', 'enrollment.household-ended', 'enrollment.members-joined') ORDER BY position"""
STILL_UNPAIRED: Final = "SELECT count(*) FROM assistance.unpaired"
OPEN: Final = "SELECT finding FROM assistance.open_findings"
FOUND: Final = "SELECT count(*) FROM assistance.findings"


@dataclass(frozen=True)
class VisitAccount:
    """`paired` says of each household that was paired in the month whether it was visited; the other sets are as the oracle's.

    `changes` are what enrollment made of moves, deaths and marriages, which the oracle takes as they are.
    `findings` counts all that visits found, `still_unpaired` the households for whom nobody answers at the end.
    """

    month: date
    paired: Mapping[UUID, bool]
    alarmed: frozenset[UUID]
    unpaired: frozenset[UUID]
    open_findings: frozenset[UUID]
    findings: int
    still_unpaired: int
    changes: Sequence[Change] = ()

    @property
    def visited(self) -> frozenset[UUID]:
        return frozenset(household for household, visited in self.paired.items() if visited)

    @property
    def rate(self) -> float | None:
        """Per cent of the paired households; None where none was paired."""
        return round(100 * len(self.visited) / len(self.paired), 2) if self.paired else None


async def visit_account(database: asyncpg.Connection[asyncpg.Record], month: date) -> VisitAccount:
    """`month` by its first day."""
    return VisitAccount(
        month=month,
        paired={row[0]: row[1] for row in await database.fetch(PAIRED, month)},
        alarmed=frozenset(row[0] for row in await database.fetch(ALARMED)),
        unpaired=frozenset(row[0] for row in await database.fetch(UNPAIRED)),
        open_findings=frozenset(row[0] for row in await database.fetch(OPEN)),
        findings=await database.fetchval(FOUND),
        still_unpaired=await database.fetchval(STILL_UNPAIRED),
        changes=[Change(*row) for row in await database.fetch(CHANGES)],
    )


def visit_checks(found: VisitAccount, expected: ExpectedVisits, newly_paired: frozenset[UUID]) -> dict[str, bool]:
    """Sets are compared, never only their sizes; `newly_paired` had no cadre when the season began and are visited when they get one."""
    return {
        "households paired in the month = planted": frozenset(found.paired) - newly_paired == expected.paired,
        "households visited in the month = planted": found.visited - newly_paired == expected.visited,
        "every newly paired household is visited": all(visited for house, visited in found.paired.items() if house in newly_paired),
        "clues by home visits = planted": found.alarmed == expected.alarmed,
        "open findings = planted": found.open_findings == expected.open_findings,
        "households left without a cadre = planted, and paired again": found.unpaired == expected.unpaired and found.still_unpaired == 0,
    }
