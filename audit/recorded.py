"""Rows of a log as the events that were recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from audit.unreadable import UnreadableLog
from pipeline.kernel import StructMapper
from pipeline.store import Metadata, Recorded

COLUMNS: Final = """notification_id, originator_id, originator_version, topic, state, event_id, correlation, causation, actor, source,
    valid_on, occurred_at, recorded_at"""


def to_recorded(rows: Iterable[Any]) -> Iterator[Recorded]:
    """Of rows of the log in these `COLUMNS`; raises `UnreadableLog`."""
    mapper = StructMapper()
    for position, stream, version, topic, state, identity, *metadata, recorded_at in rows:
        try:
            event = mapper.to_event(topic, state)
        except Exception as error:
            raise UnreadableLog(stream) from error
        yield Recorded(position, stream, version, event, identity, Metadata(*metadata), recorded_at)
