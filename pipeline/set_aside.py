"""Rows of messages that were refused or parked, and how a repeat proves that it is of its row."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from uuid import UUID

import orjson

from pipeline.envelope import Envelope, Record, Refusal, Repeat
from pipeline.store import SetAside
from pipeline.uuid5 import uuid5

PLACES: Final = UUID("7f2b0f0e-3b59-5d8e-8f2c-6f8f5a1d9b42")


def refused(refusal: Refusal) -> SetAside:
    """The row of a message that nothing waits for."""
    row_id = identity(refusal.record, refusal.record.partition, refusal.record.offset)
    return SetAside(row_id, refusal.record, None, refusal.reason, refusal.field, refusal.problem, refusal.remedy)


def conflict(envelope: Envelope) -> SetAside:
    """The row of a message whose source and id said something else before."""
    problem = "was used before for a message with other data"
    return refused(Refusal(envelope.record, "message.conflict", "id", problem, "send a correction under a new id and a later time"))


def identity(record: Record, partition: int, offset: int) -> UUID:
    """The same record at the same place has the same row, however often it is read."""
    digest = sha256(record.value or b"").hexdigest()
    return uuid5(PLACES, f"{record.topic}/{partition}/{offset}/{digest}")


def is_of(record: Record, repeat: Repeat, stream: UUID | None) -> bool:
    """A row's id follows from its topic, place and value, so that nobody can settle another's row with a message of his own."""
    row_id = identity(record, repeat.partition, repeat.offset)
    return repeat.row in {row_id, uuid5(row_id, str(stream))}


def pack(record: Record) -> bytes:
    """Key, value and headers of a record in one JSON document, bytes as hexadecimal: nothing of the original is lost."""
    headers = [[name, value.hex() if value is not None else None] for name, value in record.headers]
    key, value = (part.hex() if part is not None else None for part in (record.key, record.value))
    return orjson.dumps({"key": key, "value": value, "headers": headers})


def unpack(packed: bytes, topic: str, partition: int, offset: int, timestamp: int) -> Record:
    parts = orjson.loads(packed)
    key, value = (bytes.fromhex(parts[name]) if parts[name] is not None else None for name in ("key", "value"))
    headers = tuple((name, bytes.fromhex(text) if text is not None else None) for name, text in parts["headers"])
    return Record(topic, partition, offset, timestamp, key, value, headers)
