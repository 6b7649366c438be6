"""Messages of the county as Kafka records: CloudEvents 1.0 in binary mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

NAMES: Final = UUID("5b0c5f8e-9a53-5f0e-8d0b-370323000000")

Headers = list[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record ready to send; only a planted malformed one has a header without value, or an `id` that its headers do not show."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers
    id: str
    source: str

    @property
    def record(self) -> dict[str, Any]:
        """The keyword arguments of a producer's `send`."""
        return {"topic": self.topic, "value": self.value, "key": self.key, "headers": self.headers}


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sends a message, when, and because of which other message."""

    source: str
    actor: str
    time: datetime
    correlation: str | None = None
    causation: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody asks a service to do with `subject`, a household or a recipient."""

    service: str
    name: str
    subject: UUID
    data: Mapping[str, object]


def command(identity: str, asked: Command, origin: Origin) -> Outgoing:
    """The record of a command; the same `identity` always gives the same message id."""
    message_id, subject = str(uuid5(NAMES, identity)), str(asked.subject).encode()
    headers = _attributes(message_id, origin.source, f"suishi.{asked.service}.command.{asked.name}.v1", origin.time)
    headers += [("ce_subject", subject), ("ce_partitionkey", subject), ("ce_authtype", b"user"), ("ce_authid", origin.actor.encode())]
    headers.append(("ce_correlationid", (origin.correlation or message_id).encode()))
    if origin.causation:
        headers.append(("ce_causationid", origin.causation.encode()))
    return Outgoing(f"suishi.{asked.service}.commands.v1", subject, orjson.dumps(asked.data), headers, message_id, origin.source)


@dataclass(frozen=True, slots=True)
class Told:
    """What a department says; `key` is the opaque partition key of the person, `subject` a household where the department knows it."""

    department: str
    name: str
    key: str
    data: Mapping[str, object]
    subject: UUID | None = None


def source_of(department: str) -> str:
    return f"/370323/departments/{department}"


def fact(identity: str, told: Told, time: datetime) -> Outgoing:
    """The record of a department's fact."""
    source, key = source_of(told.department), told.key.encode()
    headers = _attributes(identity, source, f"suishi.fact.{told.name}.v1", time)
    headers += [("ce_partitionkey", key), ("ce_correlationid", identity.encode())]
    if told.subject is not None:
        headers.append(("ce_subject", str(told.subject).encode()))
    return Outgoing(f"suishi.facts.{told.department}.v1", key, orjson.dumps(told.data), headers, identity, source)


def _attributes(identity: str, source: str, message_type: str, time: datetime) -> Headers:
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", source.encode()),
        ("ce_type", message_type.encode()),
        ("ce_time", time.astimezone(UTC).isoformat(timespec="seconds").encode()),
        ("content-type", b"application/json"),
    ]
