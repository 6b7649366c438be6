"""What the three services refused to whoever asked, across all households."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from audit.history import STEPS, Step, to_step
from audit.snapshot import whole
from schemas.clock import COUNTY_TIME
from schemas.topics import SERVICES

# From the newest back, so that the log is read no further than there are as many.
REFUSED: Final = """
({steps} WHERE topic = '{service}.command-refused' AND ($1::date IS NULL OR (recorded_at AT TIME ZONE $2)::date = $1)
ORDER BY position DESC LIMIT $3)"""
EACH: Final = "SELECT recorded_at FROM {service}.stored_events WHERE topic = '{service}.command-refused'"
COUNTED: Final = f"""
SELECT count(*) FROM ({" UNION ALL ".join(EACH.format(service=service) for service in SERVICES)}) AS refused
WHERE $1::date IS NULL OR (recorded_at AT TIME ZONE $2)::date = $1"""  # noqa: S608 - constants of our own


async def refusals(dsn: str, on: date | None, most: int) -> tuple[Sequence[Step], int]:
    """The newest, at most so many, in the order in which they were recorded, `on` a local date or on any, and of how many."""
    logs = [REFUSED.format(steps=STEPS.format(number=number, service=service), service=service) for number, service in enumerate(SERVICES)]
    async with whole(dsn) as connection:
        rows = await connection.fetch(" UNION ALL ".join(logs) + " ORDER BY 1, 2, 3", on, str(COUNTY_TIME), most)
        there: int = await connection.fetchval(COUNTED, on, str(COUNTY_TIME)) if len(rows) >= most else len(rows)
    return [to_step(dict(row)) for row in rows][-most:], there
