"""A value that cannot be read, is no event or says something wrong is refused without a word of what it says."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cloud_event import LARGEST
from pipeline.envelope import Envelope, Refusal
from tests.pipeline.stranger import ATTRIBUTES, DATA, NUL, NUMBER, PERSON, headers, said, structured, taken


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        (None, ("value.empty", "value", "is empty", "send the JSON data of the event as the value")),
        (b"", ("value.empty", "value", "is empty", "send the JSON data of the event as the value")),
        (b"{", ("data.invalid", "message", "is not valid JSON", "send valid UTF-8 JSON")),
        (b'{"valid_on": "\xff"}', ("data.invalid", "message", "is not valid JSON", "send valid UTF-8 JSON")),
        (b'{"valid_on": "\x00"}', ("data.invalid", "message", "is not valid JSON", "send valid UTF-8 JSON")),
        (b"[" * 100_000, ("data.invalid", "message", "is not valid JSON", "send valid UTF-8 JSON")),
        (b'{"a":' * 9_999 + b"1" + b"}" * 9_999, ("data.invalid", "message", "is not valid JSON", "send valid UTF-8 JSON")),
        (b"null", ("data.invalid", "message", "is not a JSON object", "send an object in braces")),
        (b'{"valid_on": "\\u0000"}', NUL),
    ],
    ids=["null", "empty", "cut off", "not UTF-8", "raw U+0000", "deep lists", "deep objects", "no object", "escaped U+0000"],
)
def test_a_bad_value_is_refused_with_its_remedy(value: bytes | None, refused: tuple[str, ...]) -> None:
    assert refused == said(taken(value, empty=value is None))


def test_a_value_of_the_largest_size_is_read_and_one_more_byte_is_not() -> None:
    room = LARGEST - len(orjson.dumps({**DATA, "padding": ""}))
    largest = orjson.dumps({**DATA, "padding": "x" * room})
    assert isinstance(taken(largest), Envelope)
    remedy = "keep a message below 1048576 bytes"
    assert ("value.too-large", "value", "has 1048577 bytes", remedy) == said(taken(largest + b" "))


def test_nobody_takes_back_what_another_department_said() -> None:
    own, another = (orjson.dumps({"source": source, "id": "7", "reason": "查无此人"}) for source in (ATTRIBUTES["source"], "/water"))
    kind = "suishi.fact.fact-withdrawn.v1"
    assert isinstance(taken(own, sent=headers(type=kind)), Envelope)
    assert said(taken(another, sent=headers(type=kind)))[:2] == ("source.foreign", "data.source")


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"valid_on": "4.1.2021"}, ("data.invalid", "valid_on", "is not a date", "write it as YYYY-MM-DD")),
        ({"kind": NUMBER}, ("data.invalid", "kind", "has a value that is not allowed",
            "use one of the allowed values: inpatient, outpatient_chronic_special")),
        ({"within_policy_fen": "12"}, ("data.invalid", "within_policy_fen", "is not a whole number",
            "send a whole number without quotes or decimals")),
        ({"person": {"id_number": NUMBER[:-1] + "1"}}, ("data.invalid", "person.id_number", "has a wrong check digit",
            "check the number against the document")),
        ({"person": None}, ("data.invalid", "message", "names neither a person nor a household", "add person or household_id")),
    ],
    ids=["date", "choice", "amount", "identity", "nobody"],
)  # fmt: skip
def test_a_wrong_field_is_named_with_problem_and_remedy(change: dict[str, Any], refused: tuple[str, ...]) -> None:
    assert refused == said(taken(orjson.dumps({**DATA, **change})))


@pytest.mark.parametrize(
    "event",
    [b"{", b"[1]", b"7", b"\xff", b'{"a":' * 9_999, b"[" * 100_000, b'{"specversion":"1.0"}', {**ATTRIBUTES, "data_base64": "e30="},
     {**ATTRIBUTES, "time": 5, "data": DATA}, {**ATTRIBUTES, "id": 7, "data": DATA}, ATTRIBUTES],
    ids=["cut off", "list", "number", "not UTF-8", "deep objects", "deep lists", "bare", "base64", "numeric time", "numeric id", "no data"],
)  # fmt: skip
def test_a_structured_event_that_is_none_is_refused(event: object) -> None:
    assert isinstance(structured(event), Refusal)


@pytest.mark.parametrize("event", [b"null", b"[]", b"7", b'"event"', b"[" * 100_000], ids=["null", "list", "number", "text", "deep lists"])
def test_a_structured_event_that_is_no_object_is_told_so(event: bytes) -> None:
    assert ("event.invalid", "value", "is no event in JSON", "send one object as CloudEvents 1.0 says") == said(structured(event))


wrong = st.sampled_from([NUMBER, f"{NUMBER}\n", [NUMBER], {NUMBER: NUMBER}, float("7e77"), NUMBER * 200])
paths = st.sampled_from([*((name,) for name in DATA), *(("person", name) for name in PERSON), ("person", "phone")])


@given(st.lists(st.tuples(paths, wrong), min_size=1, max_size=4))
def test_no_refusal_repeats_a_personal_value(changes: list[tuple[tuple[str, ...], Any]]) -> None:
    person = {**PERSON, **{path[-1]: value for path, value in changes if len(path) > 1}}
    data = {**DATA, "person": person, **{path[0]: value for path, value in changes if len(path) == 1}}
    refusal = taken(orjson.dumps(data))
    assert isinstance(refusal, Envelope) or NUMBER not in " ".join(said(refusal))
