"""What must be true of every record, whatever a stranger put into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.envelope import Envelope, Record, Refusal, read_batch
from pipeline.set_aside import pack, unpack
from schemas.generate import TYPES
from schemas.topics import ALLOWED

NOW: Final = datetime(2021, 1, 5, 4, tzinfo=UTC)
TOPIC_OF: Final = {name: topic for topic, types in ALLOWED.items() for name in types}
NAMES: Final = sorted(TYPES)
ATTRIBUTES: Final = {
    "specversion": "1.0", "id": "7", "source": "/fuzz", "time": "2021-01-05T04:00:00Z", "subject": "00000000-0000-0000-0000-000000000001",
}  # fmt: skip
STRUCTURED: Final = ("content-type", b"application/cloudevents+json")
GOLDEN: Final = Path(__file__).parents[1] / "schemas" / "golden"


def golden(name: str) -> dict[str, Any]:
    """A valid message of the type."""
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def attributes(name: str) -> dict[str, str]:
    """A department takes back only what it said itself."""
    source = golden(name)["source"] if TYPES[name].SENDER_IS_SOURCE else ATTRIBUTES["source"]
    return {**ATTRIBUTES, "type": name, "source": source}


def binary(name: str, value: bytes, *more: tuple[str, bytes | None]) -> Record:
    """In binary mode, with more headers than it needs."""
    headers = [(f"ce_{key}", text.encode()) for key, text in attributes(name).items()]
    return Record(TOPIC_OF[name], 0, 0, 0, None, value, (*headers, *more))


def structured(name: str, event: Mapping[str, Any] | bytes) -> Record:
    value = event if isinstance(event, bytes) else json.dumps(event).encode()
    return Record(TOPIC_OF[name], 0, 0, 0, None, value, (STRUCTURED,))


def judged(record: Record) -> Envelope | Refusal:
    """Raises where the record did not become the one or the other, or something of it was lost."""
    (came,) = read_batch([record], {record.topic: ALLOWED[record.topic]}, NOW)
    assert came.record is record
    if isinstance(came, Refusal):
        assert came.reason != "message.unreadable", f"nobody foresaw this: {came.problem}"
        assert all((came.field, came.problem, came.remedy))
        f"{came.reason} {came.field} {came.problem} {came.remedy}".encode()
        kept = unpack(pack(record), record.topic, record.partition, record.offset, record.timestamp)
        assert kept == record
    else:
        "".join((came.id, came.source, came.actor, came.correlation, came.subject or "")).encode()
        assert (len(came.digest), len(came.content)) == (16, 16)
        assert type(came.data).model_validate_json(came.data.model_dump_json()) == came.data
    return came
