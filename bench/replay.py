"""Reading a whole log back, every event decoded: our store, the library's recorder and mapper, and bare pages."""

from __future__ import annotations

import time
from typing import Any, Final

import orjson

from bench.library import Register
from bench.timing import Round
from pipeline.postgres import PostgresStore

PAGE: Final = 2000
AFTER: Final = """
SELECT notification_id, originator_id, originator_version, topic, state FROM copied
WHERE notification_id > $1 ORDER BY notification_id LIMIT $2"""


async def by_ours(store: PostgresStore) -> Round:
    began, position = time.monotonic(), 0
    while page := await store.after(position, PAGE):
        position = page[-1].position
    return Round(position, time.monotonic() - began)


def by_library(register: Register) -> Round:
    began, position, count = time.monotonic(), 0, 0
    while page := register.recorder.select_notifications(position + 1, PAGE):
        events = [register.mapper.to_domain_event(notification) for notification in page]
        position, count = int(page[-1].id), count + len(events)
    return Round(count, time.monotonic() - began)


async def by_pages(connection: Any) -> Round:  # noqa: ANN401 - an asyncpg connection
    began, position, count = time.monotonic(), 0, 0
    while page := await connection.fetch(AFTER, position, PAGE):
        states = [orjson.loads(row[4]) for row in page]
        position, count = page[-1][0], count + len(states)
    return Round(count, time.monotonic() - began)
