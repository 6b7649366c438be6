"""Rows of a log as the events that were recorded, and a log from its first event on, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from audit.unreadable import UnreadableLog
from audit.verdict import Bad
from local.language import say
from pipeline.kernel import StructMapper
from pipeline.store import Metadata, Recorded

COLUMNS: Final = """notification_id, originator_id, originator_version, topic, state, event_id, correlation, causation, actor, source,
    valid_on, occurred_at, recorded_at"""
# What the view `events` shows; `verify` does not look at that one, and whoever owns it may have replaced it.
SHOWN: Final = """(
    SELECT notification_id AS position, originator_id AS stream, originator_version AS version, topic,
        convert_from(state, 'UTF8')::jsonb AS state, event_id, correlation, causation, actor, source,
        valid_on, occurred_at, recorded_at, pack_hash
    FROM {service}.stored_events) AS events"""
PAGE: Final = 2_000
FOLLOWING: Final = f"""
SELECT {COLUMNS} FROM {{schema}}.stored_events
WHERE notification_id > $1 AND notification_id <= $2 ORDER BY notification_id LIMIT $3"""  # noqa: S608 - a constant of our own


def to_recorded(rows: Iterable[Any]) -> Iterator[Recorded]:
    """Of rows of the log in these `COLUMNS`; raises `UnreadableLog`."""
    mapper = StructMapper()
    for position, stream, version, topic, state, identity, *metadata, recorded_at in rows:
        try:
            event = mapper.to_event(topic, state)
        except Exception as error:
            raise UnreadableLog(stream) from error
        yield Recorded(position, stream, version, event, identity, Metadata(*metadata), recorded_at)


async def following(connection: Any, schema: str, after: int, last: int) -> list[Recorded]:  # noqa: ANN401 - asyncpg's
    """What follows position `after`, up to `last` and at most `PAGE`; raises Bad at a position that is missing or cannot be read."""
    rows = await connection.fetch(FOLLOWING.format(schema=schema), after, last, PAGE)
    for expected, place in enumerate([row[0] for row in rows] or [0], after + 1):
        if place != expected:
            raise Bad(expected, say("该位置的事件缺失", "the event at this position is missing"))
    page = list[Recorded]()
    try:
        page.extend(to_recorded(rows))
    except UnreadableLog as unread:
        raise Bad(after + len(page) + 1, say("该事件无法解读", "the event at this position cannot be read")) from unread
    return page
