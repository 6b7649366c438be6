"""What of a row is sealed: every column, in the bytes that PostgreSQL's own binary COPY writes for the row.

That is the number of columns as int16, and for each column, in the order of the table, the length as int32 and the value as its type's
`send` function gives it: integers, dates (days) and instants (microseconds) big-endian, both of the latter counted from 2000-01-01.
A leaf is SHA-256 of a zero byte and these bytes. `LEAF` says the same in SQL, and so can be checked without any program of ours.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

_SENT: Final[Mapping[str, str]] = {
    "uuid": "int4send(16) || uuid_send({0})",
    "bigint": "int4send(8) || int8send({0})",
    "integer": "int4send(4) || int4send({0})",
    "date": "int4send(4) || date_send({0})",
    "timestamp with time zone": "int4send(8) || timestamptz_send({0})",
    "text": "int4send(octet_length(convert_to({0}, 'UTF8'))) || convert_to({0}, 'UTF8')",
    "bytea": "int4send(octet_length({0})) || {0}",
}
COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "originator_id": "uuid",
        "originator_version": "bigint",
        "topic": "text",
        "state": "bytea",
        "notification_id": "bigint",
        "event_id": "uuid",
        "correlation": "text",
        "causation": "text",
        "actor": "text",
        "source": "text",
        "schema_version": "integer",
        "valid_on": "date",
        "occurred_at": "timestamp with time zone",
        "recorded_at": "timestamp with time zone",
        "pack_hash": "bytea",
    }
)
"""Names and types of the sealed columns, in order."""

CANONICAL: Final = " || ".join([f"int2send({len(COLUMNS)}::int2)", *(_SENT[kind].format(name) for name, kind in COLUMNS.items())])
LEAF: Final = f"sha256('\\x00'::bytea || {CANONICAL})"
"""The leaf of a row of `stored_events`, as an expression of SQL."""

# As asyncpg hands them over, but for dates and instants: infinity has a place of its own only in PostgreSQL's bytes.
SELECTED: Final = ", ".join(
    {"date": f"date_send({name})", "timestamp with time zone": f"timestamptz_send({name})"}.get(kind, name)
    for name, kind in COLUMNS.items()
)
"""The columns as `canonical` takes them."""

_COUNT: Final = struct.pack(">h", len(COLUMNS))
_LENGTH: Final = struct.Struct(">i")
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_TO_BYTES: Final[Mapping[str, Callable[[Any], bytes]]] = {
    "uuid": lambda value: value.bytes,
    "bigint": struct.Struct(">q").pack,
    "integer": _LENGTH.pack,
    "text": str.encode,
}
_WRITERS: Final = tuple(_TO_BYTES.get(kind, bytes) for kind in COLUMNS.values())
_TO_TEXT: Final[Mapping[str, Callable[[bytes], str]]] = {
    "uuid": lambda raw: str(UUID(bytes=raw)),
    "bigint": lambda raw: str(_number(raw)),
    "integer": lambda raw: str(_number(raw)),
    "date": lambda raw: (_EPOCH + timedelta(days=_number(raw))).date().isoformat(),
    "timestamp with time zone": lambda raw: (_EPOCH + timedelta(microseconds=_number(raw))).isoformat(),
    "text": bytes.decode,
    "bytea": bytes.hex,
}


def canonical(row: Sequence[Any]) -> bytes:
    """The sealed bytes of a row that was selected as `SELECTED`."""
    parts = [_COUNT]
    for value, write in zip(row, _WRITERS, strict=True):
        raw = write(value)
        parts += (_LENGTH.pack(len(raw)), raw)
    return b"".join(parts)


def told(sealed: bytes) -> dict[str, str]:
    """Each column of sealed bytes as text, the state as it is in the log; raises ValueError for other bytes."""
    place, told = len(_COUNT), dict[str, str]()
    try:
        for name, kind in COLUMNS.items():
            (length,) = _LENGTH.unpack_from(sealed, place)
            start = place + _LENGTH.size
            place = start + length
            told[name] = _to_text(name, kind, sealed[start:place])
    except (struct.error, OverflowError) as error:
        raise ValueError(str(error)) from error
    if place != len(sealed) or sealed[: len(_COUNT)] != _COUNT:
        message = "these are not the bytes of a row"
        raise ValueError(message)
    return told


def _to_text(name: str, kind: str, raw: bytes) -> str:
    return raw.decode() if name == "state" else _TO_TEXT[kind](raw)


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)
