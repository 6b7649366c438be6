"""What became of asking the departments, read from assistance's read model, and held against the oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

COUNTED: Final = """
SELECT count(*) AS sent, count(outcome) AS answered, count(overdue_on) AS overdue,
    count(*) FILTER (WHERE outcome IS NULL AND withdrawn_on IS NULL) AS outstanding,
    count(*) FILTER (WHERE outcome IS NULL AND withdrawn_on IS NULL AND overdue_on IS NOT NULL) AS forgotten
FROM assistance.referrals"""
LATE: Final = "SELECT DISTINCT household FROM assistance.referrals WHERE overdue_on IS NOT NULL"


@dataclass(frozen=True)
class ReferralAccount:
    """`counts` by what became of them; `late` are the households about whom a department kept silent too long."""

    counts: Mapping[str, int]
    late: frozenset[UUID]


async def referral_account(database: asyncpg.Connection[asyncpg.Record]) -> ReferralAccount:
    counts: Mapping[str, int] = dict(await database.fetchrow(COUNTED) or {})
    return ReferralAccount(counts, frozenset(row[0] for row in await database.fetch(LATE)))


def referral_checks(found: ReferralAccount, answered_late: frozenset[UUID]) -> dict[str, bool]:
    """Whoever is told that he is late answers the same day."""
    return {
        "households with a silent department = planted": found.late == answered_late,
        "every late referral was answered": found.counts["forgotten"] == 0,
    }
