"""What goes to a dead-letter topic: the reason always, the message itself only where its topic carries no personal data."""

from __future__ import annotations

import orjson

from pipeline.relay import DeadLetter
from pipeline.store import SetAside
from schemas.topics import PERSONAL, dlq


def notice(row: SetAside) -> DeadLetter:
    """On personal topics a reference to the stored record instead of its key, bytes and headers."""
    record, topic = row.record, dlq(row.record.topic)
    if record.topic not in PERSONAL:
        valid = [(name, value) for name, value in record.headers if value is not None]
        return DeadLetter(topic, record.key, record.value or b"", valid)
    reference = {"id": str(row.id), "reason": row.reason, "field": row.field, "problem": row.problem, "remedy": row.remedy}
    return DeadLetter(topic, None, orjson.dumps(reference), [])
