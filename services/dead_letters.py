"""What goes to a dead-letter topic: the reason always, the message itself only where its topic carries no personal data."""

from __future__ import annotations

from typing import Final

import orjson

from pipeline.relay import DeadLetter
from pipeline.set_aside import pack
from pipeline.store import SetAside
from schemas.topics import PERSONAL, dlq

# In hexadecimal, so twice the bytes; the dead-letter topics take 16 MiB.
LARGEST_PACKED: Final = 24 * 1024 * 1024


def notice(row: SetAside) -> DeadLetter:
    """On personal topics a reference to the stored record instead of its key, bytes and headers.

    Likewise of what no topic would take: a compressed batch may hold far more than a broker lets through in one message.
    """
    record, topic = row.record, dlq(row.record.topic)
    if record.topic not in PERSONAL and len(pack(record)) < LARGEST_PACKED:
        valid = [(name, value) for name, value in record.headers if value is not None]
        return DeadLetter(topic, record.key, record.value or b"", valid)
    reference = {"id": str(row.id), "reason": row.reason, "field": row.field, "problem": row.problem, "remedy": row.remedy}
    return DeadLetter(topic, None, orjson.dumps(reference), [])
