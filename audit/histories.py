"""Histories of enrollment's log, read from the database page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from audit.recorded import COLUMNS, to_recorded
from audit.services import AUDITED
from pipeline.store import Recorded

PAGE: Final = 500
EVENTS: Final = f"""
SELECT {COLUMNS} FROM enrollment.stored_events
WHERE originator_id = ANY($1::uuid[]) ORDER BY originator_id, originator_version"""  # noqa: S608 - a constant of our own


async def histories(connection: Any, streams: Sequence[UUID]) -> AsyncIterator[tuple[UUID, list[Recorded]]]:  # noqa: ANN401 - asyncpg's
    """The events of each stream that has any, in their order; raises `UnreadableLog`."""
    AUDITED["enrollment"].register()
    for first in range(0, len(streams), PAGE):
        rows = await connection.fetch(EVENTS, streams[first : first + PAGE])
        for stream, recorded in groupby(to_recorded(rows), key=attrgetter("stream")):
            yield stream, list(recorded)
