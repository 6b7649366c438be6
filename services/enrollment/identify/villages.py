"""Which households live in villages that the county's table does not have, or has again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import asyncpg

from services.divisions import Divisions

CODES = "SELECT DISTINCT village_code FROM households WHERE stage <> 'ended'"
UNTOLD = """
SELECT household FROM households h WHERE village_code = ANY($1::text[]) AND stage <> 'ended'
AND NOT EXISTS (SELECT FROM unplaced u WHERE u.household = h.household AND u.village_code = h.village_code) ORDER BY household"""
UNPLACED = "SELECT household, village_code FROM unplaced ORDER BY household"


async def misplaced(pool: asyncpg.Pool[asyncpg.Record], divisions: Divisions, day: date) -> list[UUID]:
    """The households of which, on a local date, something else is to be told than was told; once a day, for all that live."""
    wrong = [row[0] for row in await pool.fetch(CODES) if divisions.problem(row[0], day) is not None]
    untold = [row[0] for row in await pool.fetch(UNTOLD, wrong)] if wrong else []
    return [*untold, *(row[0] for row in await pool.fetch(UNPLACED) if divisions.problem(row[1], day) is None)]
