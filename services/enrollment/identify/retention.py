"""Since when is nothing said of somebody any more? What the law wants kept is counted from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.enrollment.identify.keeping import Known
from services.enrollment.vault import Vault

# Days that somebody names may be mistyped, so the day of its recording counts too: of all that names him, in his own stream and in that of
# every household he belonged to, and of when the vault first saw him. Fenced: else the planner may read the whole log.
KEPT: Final = """
WITH asked AS (SELECT unnest($1::uuid[]) AS person),
streams AS (SELECT person, person AS stream FROM asked UNION SELECT person, household FROM asked JOIN members USING (person)),
told AS (
    SELECT person, max(greatest(e.recorded_at, e.occurred_at)) AS at FROM streams
    CROSS JOIN LATERAL (SELECT * FROM stored_events WHERE originator_id = stream OFFSET 0) AS e
    WHERE stream = person OR position(convert_to(person::text, 'UTF8') IN e.state) > 0 GROUP BY person)
SELECT person, EXISTS (SELECT FROM members m JOIN households USING (household)
        WHERE m.person = asked.person AND m.until IS NULL AND stage <> 'ended'),
    greatest(
        (SELECT max(until) FROM members m WHERE m.person = asked.person),
        (SELECT max((changed_at AT TIME ZONE 'Asia/Shanghai')::date) FROM members m JOIN households USING (household)
            WHERE m.person = asked.person AND m.until IS NULL AND stage = 'ended'),
        (SELECT max((told_at AT TIME ZONE 'Asia/Shanghai')::date) FROM facts WHERE stream = asked.person),
        (told.at AT TIME ZONE 'Asia/Shanghai')::date,
        (uuid_extract_timestamp(person) AT TIME ZONE 'Asia/Shanghai')::date
    )
FROM asked LEFT JOIN told USING (person)"""


async def known(pool: asyncpg.Pool[asyncpg.Record], vault: Vault, persons: Sequence[UUID]) -> dict[UUID, Known]:
    """What the register and the vault know of each."""
    readable = await vault.known(persons)
    rows = await pool.fetch(KEPT, persons)
    return {person: Known(in_register, last, person in readable) for person, in_register, last in rows}
