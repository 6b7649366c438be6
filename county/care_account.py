"""What assistance made of special-group care, read from its read models, and held against the oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg

from county.care_oracle import CareExpectation, Week

FILES: Final = "SELECT person FROM assistance.care_files"
PLANS: Final = "SELECT care_dependency, count(*) FROM assistance.care_plans GROUP BY care_dependency"
WEEKS: Final = "SELECT person, week FROM assistance.care_weeks WHERE told = $1"
VISITS: Final = "SELECT count(*) FROM assistance.care_visits"


@dataclass(frozen=True)
class CareAccount:
    """Persons by internal id; `plans` counts by care dependency; weeks as (person, Monday)."""

    files: frozenset[UUID] = frozenset()
    plans: Mapping[str, int] | None = None
    met: frozenset[tuple[UUID, date]] = frozenset()
    missed: frozenset[tuple[UUID, date]] = frozenset()
    corrected: frozenset[tuple[UUID, date]] = frozenset()
    visits: int = 0

    @property
    def document(self) -> dict[str, object]:
        """For `--json`; a corrected week was missed before."""
        weeks = {"met": len(self.met), "missed": len(self.missed), "corrected": len(self.corrected)}
        return {"files": len(self.files), "plans": dict(self.plans or {}), "visits": self.visits, "weeks": weeks}


async def care_account(database: asyncpg.Connection[asyncpg.Record]) -> CareAccount:
    met, missed, corrected = [
        frozenset((row[0], row[1]) for row in await database.fetch(WEEKS, told)) for told in ("met", "missed", "corrected")
    ]
    return CareAccount(
        files=frozenset(row[0] for row in await database.fetch(FILES)),
        plans={row[0]: row[1] for row in await database.fetch(PLANS)},
        met=met,
        missed=missed,
        corrected=corrected,
        visits=await database.fetchval(VISITS),
    )


def care_checks(found: CareAccount, expected: CareExpectation, persons: Mapping[str, UUID]) -> dict[str, bool]:
    """`persons` are the internal ids by identity number."""

    def known(weeks: frozenset[Week]) -> frozenset[tuple[UUID | None, date]]:
        return frozenset((persons.get(number), week) for number, week in weeks)

    return {
        "every special person has a care file": (set(found.files), set(persons)) == (set(persons.values()), set(expected.files)),
        "care weeks met = planted": found.met == known(expected.met),
        "care weeks missed and corrected = planted": (found.missed, found.corrected) == (known(expected.missed), known(expected.corrected)),
    }
