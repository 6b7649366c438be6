"""What a stranger sends, in binary and in structured mode, and what a refusal says to him."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import orjson

from pipeline.envelope import Envelope, Record, Refusal, read
from schemas.topics import ALLOWED

TOPIC: Final = "suishi.facts.medical-insurance.v1"
TYPES: Final = ALLOWED[TOPIC]
NOW: Final = datetime(2021, 1, 5, 4, tzinfo=UTC)
NUMBER: Final = "370399196001010016"
ATTRIBUTES: Final = {
    "specversion": "1.0",
    "id": "7",
    "source": "/medical-insurance",
    "type": "suishi.fact.medical-expense-reported.v1",
    "time": "2021-01-05T12:00:00+08:00",
}
PERSON: Final = {"id_type": "resident", "id_number": NUMBER, "name": "古丽·买买提"}
DATA: Final = {
    "valid_on": "2021-01-04", "person": PERSON, "period": "2021-01", "kind": "inpatient",
    "out_of_pocket_fen": 2_500_000, "within_policy_fen": 0, "reimbursed_fen": 0,
}  # fmt: skip
NUL: Final = ("text.nul", "data", "contains the character U+0000, which the database cannot hold", "remove it")
COMMANDS: Final = ALLOWED["suishi.enrollment.commands.v1"]
DISMISSAL: Final = {**ATTRIBUTES, "type": "suishi.enrollment.command.dismiss-clue.v1"}
STRUCTURED: Final = ("content-type", b"application/cloudevents+json; charset=utf-8")
Headers = list[tuple[str, bytes | None]]


def headers(**changed: str | None) -> Headers:
    """The attributes in binary mode; None leaves one out."""
    attributes = {**ATTRIBUTES, **changed}
    return [(f"ce_{name}", text.encode()) for name, text in attributes.items() if text is not None]


def taken(value: bytes | None = None, sent: Headers | None = None, *, empty: bool = False) -> Envelope | Refusal:
    body = value if value is not None or empty else orjson.dumps(DATA)
    record = Record(TOPIC, 0, 41, 1_609_819_200_000, b"key", body, tuple(headers() if sent is None else sent))
    return read(record, TYPES, NOW)


def structured(event: object) -> Envelope | Refusal:
    return taken(event if isinstance(event, bytes) else orjson.dumps(event), [STRUCTURED])


def commanded(subject: str | None) -> list[Envelope | Refusal]:
    """A command about a household, in binary and in structured mode."""
    attributes = DISMISSAL if subject is None else {**DISMISSAL, "subject": subject}
    event, data = orjson.dumps({**attributes, "data": {"reason": "误报"}}), orjson.dumps({"reason": "误报"})
    sent = [(data, tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())), (event, (STRUCTURED,))]
    return [read(Record("commands", 0, 41, 0, None, value, names), COMMANDS, NOW) for value, names in sent]


def said(refusal: Envelope | Refusal) -> tuple[str, str, str, str]:
    assert isinstance(refusal, Refusal)
    return (refusal.reason, refusal.field, refusal.problem, refusal.remedy)
