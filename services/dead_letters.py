"""What goes to a dead-letter topic: the reason always, the bytes only where the topic carries no personal data."""

from __future__ import annotations

import orjson

from pipeline.store import SetAside
from schemas.topics import PERSONAL, dlq


def notice(row: SetAside) -> tuple[str, bytes]:
    """Topic and value; on personal topics a reference to the stored record instead of its bytes."""
    if row.record.topic not in PERSONAL:
        return dlq(row.record.topic), row.record.value or b""
    reference = {"id": str(row.id), "reason": row.reason, "field": row.field, "problem": row.problem, "remedy": row.remedy}
    return dlq(row.record.topic), orjson.dumps(reference)
