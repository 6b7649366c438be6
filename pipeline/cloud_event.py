"""What a Kafka record says as a CloudEvent 1.0: its attributes and its data, in binary or in structured mode."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from json import JSONDecodeError
from typing import Any, Final, TypeAlias, cast

import orjson
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from schemas.identity import LIKE_RESIDENT, holds_resident

Headers: TypeAlias = Sequence[tuple[str, bytes | None]]
STRUCTURED: Final = "application/cloudevents+json"
LARGEST: Final = 1024 * 1024
TOMORROW: Final = timedelta(days=1)
EARLIEST: Final = datetime(1900, 1, 2, tzinfo=UTC)
LONGEST_ATTRIBUTE: Final = 256  # a state remembers the source and the id of each of its facts
REQUIRED: Final = ("specversion", "id", "source", "type")
FILLED: Final = ("id", "source", "type", "subject")
CARRIED: Final = ("source", "id", "subject", "authid", "correlationid")
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
NAME: Final = re.compile(r"[A-Za-z][A-Za-z _.-]{0,63}")
NO_ATTRIBUTE: Final = ("is missing or wrong", "set it as CloudEvents 1.0 says")
NO_INSTANT: Final = ("is not an instant", "write it as RFC 3339 says, with its offset")
NO_OFFSET: Final = ("lacks its offset", "write it with its offset, as +08:00")
NUL: Final = ("data", "contains the character U+0000, which the database cannot hold", "remove it")


class Refused(Exception):  # noqa: N818 - it is not an error of ours
    """What cannot be taken: a reason code, the field, its problem and the remedy."""

    def __init__(self, reason: str, field: str, problem: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason, self.field, self.problem, self.remedy = reason, field, problem, remedy


def read_event(headers: Headers, value: bytes | None) -> tuple[dict[str, Any], bytes]:
    """The CloudEvents attributes, all of them texts but `time`, and the data as JSON; raises `Refused`."""
    if not value:
        raise Refused("value.empty", "value", "is empty", "send the JSON data of the event as the value")
    if len(value) > LARGEST:
        raise Refused("value.too-large", "value", f"has {len(value)} bytes", f"keep a message below {LARGEST} bytes")
    try:
        joined = b"\0".join([cast("bytes", header) for _, header in headers]).decode()
    except (TypeError, UnicodeDecodeError):
        raise _bad_header(headers) from None
    texts = joined.split("\0")
    if len(texts) > len(headers) > 0:
        raise Refused("text.nul", *NUL)
    named = dict(zip([name for name, _ in headers], texts, strict=False))
    if named.get("content-type", "").startswith(STRUCTURED):
        attributes, body = _structured(value)
        if "\0" in "".join(str(attributes.get(name)) for name in CARRIED):
            raise Refused("text.nul", *NUL)
        return _fitting(attributes), body
    attributes = _binary({name[3:]: text for name, text in named.items() if name.startswith("ce_")})
    all_texts = " ".join(texts)
    ordinary = max(map(len, texts)) <= LONGEST_ATTRIBUTE and all_texts.isprintable() and LIKE_RESIDENT.search(all_texts) is None
    return attributes if ordinary else _fitting(attributes), value


def _fitting(attributes: dict[str, Any]) -> dict[str, Any]:
    """What is repeated of a stranger must fit into our own messages, and into the head of a letter."""
    for name in CARRIED:
        text = str(attributes.get(name) or "")
        if len(text) > LONGEST_ATTRIBUTE:
            raise Refused("attribute.too-long", name, f"has {len(text)} characters", f"keep it to {LONGEST_ATTRIBUTE} at most")
        if CONTROL.search(text):
            raise Refused("attribute.invalid", name, "contains a control character", "remove line feeds and the like")
        if holds_resident(text):
            raise Refused(
                "attribute.personal", name, "contains an identity number", "use a number or name of your own; attributes are kept for good"
            )
    return attributes


def _bad_header(headers: Headers) -> Refused:
    """The first header that is no text."""
    bad = ""
    for name, value in headers:
        if value is None:
            return Refused("header.null", _named(name, "header"), "is null", "send a UTF-8 text or leave the header out")
        try:
            value.decode()
        except UnicodeDecodeError:
            bad = name
            break
    return Refused("header.not-utf8", _named(bad, "header"), "is not UTF-8", "encode the header as UTF-8")


def _named(name: str, otherwise: str) -> str:
    """A name of a stranger's is repeated where it looks like one: he may have put anything there."""
    return name if NAME.fullmatch(name) else otherwise


def _binary(attributes: dict[str, Any]) -> dict[str, Any]:
    """By ourselves: the library takes 60 of the 140 microseconds of a whole reading, and every message pays them (decision 0009)."""
    _require(attributes)
    if attributes["specversion"] != "1.0":
        raise Refused("attribute.invalid", "specversion", *NO_ATTRIBUTE)
    if "" in attributes.values():
        for name in FILLED:
            if attributes.get(name) == "":
                raise Refused("attribute.invalid", name, *NO_ATTRIBUTE)
    if "time" in attributes:
        try:
            attributes["time"] = datetime.fromisoformat(attributes["time"])
        except ValueError:
            raise Refused("attribute.invalid", "time", *NO_INSTANT) from None
    return attributes


def _require(attributes: Mapping[str, Any]) -> None:
    for name in REQUIRED:
        if name not in attributes:
            raise Refused("attribute.invalid", name, "is missing", NO_ATTRIBUTE[1])


def _structured(value: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        event = from_structured(KafkaMessage({}, None, value), JSONFormat(), _AsSent)
        texts = {name: given if isinstance(given, datetime) else str(given) for name, given in event.get_attributes().items()}
        "".join(map(str, texts.values())).encode()  # JSON may hold half a character
        return texts, orjson.dumps(event.get_data())
    except CloudEventValidationError as error:
        field = _named(next(iter(error.errors)), "attribute")
        raise Refused("attribute.invalid", field, *(NO_OFFSET if field == "time" else NO_ATTRIBUTE)) from None
    except (JSONDecodeError, UnicodeError):
        raise Refused("json.broken", "value", "is not valid JSON", "send valid UTF-8 JSON") from None
    except (AttributeError, RecursionError, TypeError):
        raise Refused("event.invalid", "value", "is no event in JSON", "send one object as CloudEvents 1.0 says") from None
    except ValueError:
        raise Refused("attribute.invalid", "time", *NO_INSTANT) from None


def instant(value: Any, now: datetime) -> datetime:  # noqa: ANN401 - an attribute of a stranger
    """When it happened, in UTC; raises `Refused` where that cannot be."""
    if not isinstance(value, datetime):
        raise Refused("time.missing", "time", "is missing", "give the instant of the event, RFC 3339 with its offset")
    if value.tzinfo is None:
        raise Refused("attribute.invalid", "time", *NO_OFFSET)
    if value < EARLIEST:
        raise Refused("time.past", "time", "lies before 1900", "check the clock of the sending system")
    if value > now + TOMORROW:
        raise Refused("time.future", "time", "lies more than a day in the future", "check the clock of the sending system")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


class _AsSent(CloudEvent):
    """The library would give a message without id or time new ones, and the same bytes read again would be another message."""

    def __init__(self, attributes: dict[str, Any], data: dict[str, Any] | str | bytes | None = None) -> None:
        _require(attributes)
        timed = "time" in attributes
        super().__init__(attributes, data)
        if not timed:
            del self._attributes["time"]
