"""Writes what other languages read: a JSON Schema per message type and one AsyncAPI document; `--check` finds drift."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from schemas.message import Message
from schemas.topics import ALLOWED, FOLLOWS, PARTITIONS, PERSONAL, SENDS, SERVICES, dlq

HERE: Final = Path(__file__).parent
# AsyncAPI 3 is defined over draft 07; our schemas use nothing that later drafts read differently.
DRAFT_07: Final = "http://json-schema.org/draft-07/schema#"
DRAFT_07_IN_ASYNCAPI: Final = "application/schema+json;version=draft-07"
TYPES: Final[Mapping[str, type[Message]]] = {name: found for carried in ALLOWED.values() for name, found in carried.items()}
ATTRIBUTES: Final[Mapping[str, str]] = {
    "ce_specversion": "1.0",
    "ce_id": "with ce_source the identity of the message: the same pair twice has one effect",
    "ce_source": "who says it",
    "ce_type": "the name of the message",
    "ce_time": "RFC 3339 with offset, at most a day in the future",
    "ce_subject": "household id, or recipient id of notifications",
    "ce_partitionkey": "a stable opaque key",
    "ce_correlationid": "the id of the message that began it all",
    "ce_causationid": "the id of the message that caused this one",
    "ce_recordedtime": "when a service committed it, RFC 3339",
    "ce_authtype": "what kind of actor",
    "ce_authid": "who did it",
    "ce_position": "the position in the log of the sending service, without gaps",
    "ce_traceparent": "W3C Trace Context",
    "content-type": "application/json",
}
REQUIRED: Final = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time")


class _Untitled(GenerateJsonSchema):
    """A field's name is its title already."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - the library's signature
        return False


def documents() -> Mapping[Path, str]:
    """Every generated file with its text."""
    made = {HERE / "json" / f"{name}.json": _text(_schema(found)) for name, found in sorted(TYPES.items())}
    return {**made, HERE / "asyncapi.json": _text(_asyncapi())}


def drifted() -> list[Path]:
    """The files that are missing, differ from the classes, or belong to no class any more."""
    wanted, there = documents(), set((HERE / "json").glob("*.json"))
    changed = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    return sorted([*changed, *(there - wanted.keys())])


def write() -> None:
    for path in drifted():
        path.unlink(missing_ok=True)
    for path, text in documents().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _text(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _schema(message: type[Message]) -> JsonSchemaValue:
    made = message.model_json_schema(schema_generator=_Untitled)
    named = {"$schema": DRAFT_07, "$id": f"urn:suishi:{message.TYPE}", "title": made.pop("title"), "description": made.pop("description")}
    return {**named, **made}


def _asyncapi() -> JsonSchemaValue:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Suishi",
            "version": "1.0.0",
            "description": "Households in difficulty enter and leave assistance (随时进、即时出): CloudEvents 1.0 on Kafka, data in JSON.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in sorted(ALLOWED)},
        "operations": {name: made for service in SERVICES for name, made in _operations(service).items()},
        "components": {
            "messages": {name: _message(name) for name in sorted(TYPES)},
            "messageTraits": {"cloudEvent": {"headers": _headers()}},
        },
    }


def _channel(topic: str) -> JsonSchemaValue:
    return {
        "address": topic,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in sorted(ALLOWED[topic])},
        "bindings": {"kafka": {"topic": topic, "partitions": PARTITIONS[topic], "bindingVersion": "0.5.0"}},
        "x-dead-letters": dlq(topic),
        "x-personal": topic in PERSONAL,
    }


def _operations(service: str) -> Mapping[str, JsonSchemaValue]:
    directions = (("receive", FOLLOWS[service]), ("send", {topic: ALLOWED[topic] for topic in SENDS[service]}))
    return {
        f"{service}.{action}.{topic}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic}"},
            "messages": [{"$ref": f"#/channels/{topic}/messages/{name}"} for name in sorted(types)],
            "tags": [{"name": service}],
        }
        for action, topics in directions
        for topic, types in topics.items()
    }


def _message(name: str) -> JsonSchemaValue:
    return {
        "name": name,
        "title": TYPES[name].__name__,
        "summary": TYPES[name].__doc__,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"schemaFormat": DRAFT_07_IN_ASYNCAPI, "schema": {"$ref": f"json/{name}.json"}},
    }


def _headers() -> JsonSchemaValue:
    described = {name: {"type": "string", "description": text} for name, text in ATTRIBUTES.items()}
    return {"type": "object", "required": list(REQUIRED), "properties": described}


def main() -> int:
    """0 when all is written or nothing drifted, else 1 with the names of the drifted files on stderr."""
    parser = argparse.ArgumentParser(prog="python -m schemas.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 and name the files that drifted")
    if not parser.parse_args().check:
        write()
        return 0
    found = drifted()
    for path in found:
        sys.stderr.write(f"schemas/{path.relative_to(HERE)} differs from the message classes; run: python -m schemas.generate\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
