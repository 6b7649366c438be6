"""The door in: a Kafka record becomes an envelope with valid data, or a refusal that says what to mend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from json import JSONDecodeError
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from aiokafka import ConsumerRecord
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic import ValidationError

from schemas.message import Message
from schemas.problems import problems

COUNTY_TIME: Final = ZoneInfo("Asia/Shanghai")
REDRIVE: Final = "suishi_redrive"
POSITION: Final = "position"
LARGEST: Final = 4 * 1024 * 1024
TOMORROW: Final = timedelta(days=1)
EARLIEST: Final = datetime(1900, 1, 2, tzinfo=UTC)
LONGEST_ATTRIBUTE: Final = 1024
TYPE_NAME: Final = re.compile(r"[a-z-]+(?:\.[a-z-]+)*(?:\.v[0-9]{1,3})?")
REQUIRED: Final = ("specversion", "id", "source", "type")
FILLED: Final = (*REQUIRED, "subject")
NO_ATTRIBUTE: Final = ("is missing or wrong", "set it as CloudEvents 1.0 says")
NO_HOUSEHOLD: Final = ("is no id of a household", "set it to the household's UUID")
NO_INSTANT: Final = ("is not an instant", "write it as RFC 3339 says, with its offset")


@dataclass(frozen=True, slots=True)
class Record:
    """One Kafka record, untouched; `timestamp` is milliseconds since 1970 UTC."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message that passed the door; `digest` names (source, id), `content` what it says, both 16 bytes of SHA-256."""

    record: Record
    id: str
    source: str
    time: datetime
    subject: str | None
    actor: str
    correlation: str
    position: int | None
    data: Message
    digest: bytes
    content: bytes

    @property
    def on(self) -> date:
        """The local date of the message's time."""
        return self.time.astimezone(COUNTY_TIME).date()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that cannot be taken; the texts name the field, the problem and the remedy, never a personal value."""

    record: Record
    reason: str
    field: str
    problem: str
    remedy: str


class _AsSent(CloudEvent):
    """The library would give a message without id or time new ones, and the same bytes read again would be another message."""

    def __init__(self, attributes: dict[str, Any], data: dict[str, Any] | str | bytes | None = None) -> None:
        _require(attributes)
        timed = "time" in attributes
        super().__init__(attributes, data)
        if not timed:
            del self._attributes["time"]


def to_record(kafka: ConsumerRecord[bytes | None, bytes | None]) -> Record:
    headers: tuple[tuple[str, bytes | None], ...] = tuple(kafka.headers)
    return Record(kafka.topic, kafka.partition, kafka.offset, kafka.timestamp, kafka.key, kafka.value, headers)


def type_of(record: Record) -> bytes | None:
    """The type of a message in binary mode, before anything else of it is looked at."""
    return next((value for name, value in record.headers if name == "ce_type"), None)


class Repeat(NamedTuple):
    """Which set-aside row a record says it repeats, and where that row's record had stood."""

    row: UUID
    partition: int
    offset: int


def redriven(record: Record) -> Repeat | None:
    """What a record says it repeats; the handler believes it only of the same value."""
    for name, value in record.headers:
        if name == REDRIVE and value:
            try:
                row, partition, offset = value.decode().split()
                return Repeat(UUID(row), int(partition), int(offset))
            except ValueError:
                return None
    return None


def redrive(record: Record, row: UUID) -> Record:
    """A record that was set aside, once more: key, value and headers as they were, and which row it repeats."""
    kept = tuple(header for header in record.headers if header[0] != REDRIVE)
    return replace(record, headers=(*kept, (REDRIVE, f"{row} {record.partition} {record.offset}".encode())))


def read(record: Record, allowed: Mapping[str, type[Message]], now: datetime | None = None) -> Envelope | Refusal:
    """Check a record against the message types that its topic may carry; never raises."""
    try:
        return _read(record, allowed, now or datetime.now(UTC))
    except _Refused as refused:
        return Refusal(record, refused.reason, refused.field, refused.problem, refused.remedy)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's bytes provoke ends in the dead letters
        return Refusal(
            record, "message.unreadable", "message", f"cannot be read ({type(error).__name__})", "send a CloudEvents 1.0 message"
        )


class _Refused(Exception):  # noqa: N818 - it is not an error of ours
    def __init__(self, reason: str, field: str, problem: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.field, self.problem, self.remedy = reason, field, problem, remedy


def _read(record: Record, allowed: Mapping[str, type[Message]], now: datetime) -> Envelope:
    attributes, body = _attributes(record)
    message_type = str(attributes["type"])
    expected = allowed.get(message_type)
    if expected is None:
        known = ", ".join(sorted(allowed))
        # repeated only where it looks like a type: a stranger may have put anything there
        named = repr(message_type[:120]) if TYPE_NAME.fullmatch(message_type) else "a message of this type"
        raise _Refused("type.not-allowed", "type", f"this topic does not carry {named}", f"send one of: {known}")
    time = _time(attributes.get("time"), now)
    source, message_id = str(attributes["source"]), str(attributes["id"])
    subject, actor = attributes.get("subject"), str(attributes.get("authid") or "")
    correlation = str(attributes.get("correlationid") or message_id)
    if b"\\u0000" in body or b"\x00" in f"{source}{message_id}{subject}{actor}{correlation}".encode():
        raise _Refused("text.nul", "data", "contains the character U+0000, which the database cannot hold", "remove it")
    if expected.HOUSEHOLD_IS_SUBJECT:
        _require_household(subject)
    for name, text in (("source", source), ("id", message_id), ("subject", subject), ("authid", actor), ("correlationid", correlation)):
        if len(text or "") > LONGEST_ATTRIBUTE:
            raise _Refused("attribute.too-long", name, f"has {len(text or '')} characters", f"keep it to {LONGEST_ATTRIBUTE} at most")
    data, position = _data(expected, body), attributes.get(POSITION)
    if expected.SENDER_IS_SOURCE and getattr(data, "source", source) != source:
        raise _Refused("source.foreign", "data.source", "is not the source of this message", "let the department that sent it withdraw it")
    return Envelope(
        record=record,
        id=message_id,
        source=source,
        time=time,
        subject=subject,
        actor=actor,
        correlation=correlation,
        position=int(position) if position is not None else None,
        data=data,
        digest=_digest(source.encode(), message_id.encode()),
        content=_digest(message_type.encode(), str(subject).encode(), body),
    )


def _attributes(record: Record) -> tuple[dict[str, Any], bytes]:
    if not record.value:
        raise _Refused("value.empty", "value", "is empty", "send the JSON data of the event as the value")
    if len(record.value) > LARGEST:
        raise _Refused("value.too-large", "value", f"has {len(record.value)} bytes", f"keep a message below {LARGEST} bytes")
    attributes, content_type = _texts(record.headers)
    if content_type.startswith("application/cloudevents+json"):
        return _structured(record.value)
    return _binary(attributes), record.value


def _texts(headers: Sequence[tuple[str, bytes | None]]) -> tuple[dict[str, Any], str]:
    """The attributes of binary mode, and the content type."""
    attributes, content_type = dict[str, Any](), ""
    for name, value in headers:
        if value is None:
            raise _Refused("header.null", name, "is null", "send a UTF-8 text or leave the header out")
        try:
            text = value.decode()
        except UnicodeDecodeError:
            raise _Refused("header.not-utf8", name, "is not UTF-8", "encode the header as UTF-8") from None
        if name.startswith("ce_"):
            attributes[name[3:]] = text
        elif name == "content-type":
            content_type = text
    return attributes, content_type


def _binary(attributes: dict[str, Any]) -> dict[str, Any]:
    """By ourselves: the library takes 60 of the 140 microseconds of a whole reading, and every message pays them (decision 0009)."""
    _require(attributes)
    if attributes["specversion"] != "1.0":
        raise _Refused("attribute.invalid", "specversion", *NO_ATTRIBUTE)
    for name in FILLED:
        if attributes.get(name) == "":
            raise _Refused("attribute.invalid", name, *NO_ATTRIBUTE)
    if "time" in attributes:
        try:
            attributes["time"] = datetime.fromisoformat(attributes["time"])
        except ValueError:
            raise _Refused("attribute.invalid", "time", *NO_INSTANT) from None
    return attributes


def _require(attributes: Mapping[str, Any]) -> None:
    for name in REQUIRED:
        if name not in attributes:
            raise _Refused("attribute.invalid", name, "is missing", NO_ATTRIBUTE[1])


def _structured(value: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        event = from_structured(KafkaMessage({}, None, value), JSONFormat(), _AsSent)
        return event.get_attributes(), orjson.dumps(event.get_data())
    except CloudEventValidationError as error:
        field = next(iter(error.errors))
        raise _Refused("attribute.invalid", field, *NO_ATTRIBUTE) from None
    except (JSONDecodeError, UnicodeDecodeError):
        raise _Refused("json.broken", "value", "is not valid JSON", "send valid UTF-8 JSON") from None
    except ValueError:
        raise _Refused("attribute.invalid", "time", *NO_INSTANT) from None


def _time(value: Any, now: datetime) -> datetime:  # noqa: ANN401 - an attribute of a stranger
    if not isinstance(value, datetime):
        raise _Refused("time.missing", "time", "is missing", "give the instant of the event, RFC 3339 with its offset")
    if value.tzinfo is None:
        raise _Refused("attribute.invalid", "time", *NO_INSTANT)
    if value < EARLIEST:
        raise _Refused("time.past", "time", "lies before 1900", "check the clock of the sending system")
    if value > now + TOMORROW:
        raise _Refused("time.future", "time", "lies more than a day in the future", "check the clock of the sending system")
    return value.astimezone(UTC)


def _require_household(subject: str | None) -> None:
    try:
        UUID(subject or "")
    except ValueError:
        raise _Refused("subject.invalid", "subject", *NO_HOUSEHOLD) from None


def _data(expected: type[Message], body: bytes) -> Message:
    try:
        return expected.model_validate_json(body)
    except ValidationError as error:
        first = problems(error, "en")[0]
        raise _Refused("data.invalid", first.field, first.problem, first.remedy) from None


def _digest(*parts: bytes) -> bytes:
    return sha256(b"\0".join(parts)).digest()[:16]
