"""Histories of enrollment's log, read from the database page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from audit.services import AUDITED
from audit.unreadable import UnreadableLog
from pipeline.kernel import StructMapper
from pipeline.store import Metadata, Recorded

PAGE: Final = 500
COLUMNS: Final = """notification_id, originator_id, originator_version, topic, state, event_id, correlation, causation, actor, source,
    valid_on, occurred_at, recorded_at"""
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


def to_recorded(rows: Iterable[Any]) -> Iterator[Recorded]:
    """Of rows of the log in these `COLUMNS`; raises `UnreadableLog`."""
    mapper = StructMapper()
    for position, stream, version, topic, state, identity, *metadata, recorded_at in rows:
        try:
            event = mapper.to_event(topic, state)
        except Exception as error:
            raise UnreadableLog(stream) from error
        yield Recorded(position, stream, version, event, identity, Metadata(*metadata), recorded_at)
