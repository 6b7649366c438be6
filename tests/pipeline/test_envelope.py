"""Whatever a stranger sends becomes an envelope, or a refusal that says what to mend; nothing else can come of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.cloud_event import LARGEST
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
HEADER: Final = ("attribute.invalid", "is missing or wrong", "set it as CloudEvents 1.0 says")
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


def test_a_message_in_binary_mode_is_taken_with_its_attributes() -> None:
    sent = headers(subject=str(UUID(int=1)), authid="clerk", correlationid="0", position="12")
    envelope = taken(sent=sent)
    assert isinstance(envelope, Envelope)
    assert ("7", "/medical-insurance", NOW, str(UUID(int=1)), "clerk", "0", 12) == (
        envelope.id, envelope.source, envelope.time, envelope.subject, envelope.actor, envelope.correlation, envelope.position,
    )  # fmt: skip
    assert envelope.data.model_dump(mode="json", exclude_none=True) == DATA
    assert envelope.on == date(2021, 1, 5)


def test_what_is_optional_has_its_default() -> None:
    envelope = taken()
    assert isinstance(envelope, Envelope)
    assert (envelope.subject, envelope.actor, envelope.correlation, envelope.position) == (None, "", "7", None)


def test_a_message_in_structured_mode_says_the_same() -> None:
    binary, same = taken(sent=headers(position="12")), structured({**ATTRIBUTES, "position": 12, "data": DATA})
    assert isinstance(binary, Envelope)
    assert isinstance(same, Envelope)
    names = ("id", "source", "time", "subject", "actor", "correlation", "position", "data", "digest", "content")
    assert [getattr(binary, name) for name in names] == [getattr(same, name) for name in names]


def test_a_local_day_is_the_countys() -> None:
    late = taken(sent=headers(time="2021-01-04T16:00:00Z"))
    assert isinstance(late, Envelope)
    assert late.on == date(2021, 1, 5)


def test_unknown_fields_and_attributes_of_a_newer_sender_are_ignored() -> None:
    newer = taken(orjson.dumps({**DATA, "ward": {"bed": 3}, "person": {**PERSON, "phone": "1"}}), headers(traceparent="00-1-2-01"))
    assert isinstance(newer, Envelope)
    assert newer.data.model_dump(mode="json", exclude_none=True) == DATA


def test_the_digest_is_of_topic_source_and_id_alone_and_the_content_of_all_that_is_said() -> None:
    first, other = taken(), taken(orjson.dumps({**DATA, "reimbursed_fen": 1}))
    elsewhere, named = taken(sent=headers(source="/health")), taken(sent=headers(subject="x"))
    assert all(isinstance(one, Envelope) for one in (first, other, elsewhere, named))
    digests = [(getattr(one, "digest", b""), getattr(one, "content", b"")) for one in (first, other, elsewhere, named)]
    (digest, content), changed, moved, about = digests
    assert changed[0] == digest
    assert changed[1] != content
    assert moved[0] != digest
    assert moved[1] == content
    assert about[0] == digest
    assert about[1] != content


def test_nobody_uses_up_the_ids_of_another_topic() -> None:
    """A source is what anybody says of himself; who may write to a topic is Kafka's to know."""
    one, other = (read(Record(topic, 0, 0, 0, None, orjson.dumps(DATA), tuple(headers())), TYPES, NOW) for topic in ("insurance", "assets"))
    assert getattr(one, "digest", 1) != getattr(other, "digest", 1)
    assert getattr(one, "content", 1) == getattr(other, "content", 2)


def test_where_the_id_begins_and_the_source_ends_is_never_confused() -> None:
    one, other = taken(sent=headers(source="/a", id="bc")), taken(sent=headers(source="/ab", id="c"))
    assert getattr(one, "digest", 1) != getattr(other, "digest", 1)


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        (("trace", None), ("header.null", "trace", "is null", "send a UTF-8 text or leave the header out")),
        (("trace", b"\xff"), ("header.not-utf8", "trace", "is not UTF-8", "encode the header as UTF-8")),
        (("ce_id", None), ("header.null", "ce_id", "is null", "send a UTF-8 text or leave the header out")),
        (("ce_subject", b""), (HEADER[0], "subject", *HEADER[1:])),
        (("ce_time", b"yesterday"), ("attribute.invalid", "time", "is not an instant", "write it as RFC 3339 says, with its offset")),
        (
            ("ce_time", b"2021-01-05T04:00:00"),
            ("attribute.invalid", "time", "is not an instant", "write it as RFC 3339 says, with its offset"),
        ),
        (("ce_specversion", b"0.3"), (HEADER[0], "specversion", *HEADER[1:])),
    ],
)
def test_a_bad_header_is_named(header: tuple[str, bytes | None], refused: tuple[str, ...]) -> None:
    assert refused == said(taken(sent=[*headers(), header]))


@pytest.mark.parametrize(
    ("attribute", "refused"),
    [
        ("specversion", ("attribute.invalid", "specversion", "is missing", HEADER[2])),
        ("id", ("attribute.invalid", "id", "is missing", HEADER[2])),
        ("source", ("attribute.invalid", "source", "is missing", HEADER[2])),
        ("type", ("attribute.invalid", "type", "is missing", HEADER[2])),
        ("time", ("time.missing", "time", "is missing", "give the instant of the event, RFC 3339 with its offset")),
    ],
)
def test_a_missing_attribute_is_named_in_both_modes_and_never_made_up(attribute: str, refused: tuple[str, ...]) -> None:
    event = {name: text for name, text in ATTRIBUTES.items() if name != attribute}
    assert [refused, refused] == [said(taken(sent=headers(**{attribute: None}))), said(structured({**event, "data": DATA}))]


@pytest.mark.parametrize("position", ["", "twelve", "-1", "1.0", " 1", "١", "1" * 19])
def test_a_position_that_is_none_is_refused(position: str) -> None:
    remedy = "set it to the whole number that the sender's log gave, or leave it out"
    refused = ("attribute.invalid", "position", "is no position in a log", remedy)
    assert refused == said(taken(sent=headers(position=position)))


@pytest.mark.parametrize("subject", [None, "Zhang", NUMBER])
def test_a_command_about_a_household_names_it_as_its_subject(subject: str | None) -> None:
    refused = ("subject.invalid", "subject", "is no id of a household", "set it to the household's UUID")
    assert [refused, refused] == [said(one) for one in commanded(subject)]


def test_a_command_about_a_household_is_taken_with_its_subject() -> None:
    household = str(UUID(int=100))
    assert [household, household] == [getattr(one, "subject", None) for one in commanded(household)]


@pytest.mark.parametrize("subject", [None, "Zhang"])
def test_a_message_that_names_its_household_elsewhere_has_any_subject(subject: str | None) -> None:
    assert isinstance(taken(sent=headers(subject=subject)), Envelope)


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


@pytest.mark.parametrize("attribute", ["id", "source", "subject", "authid", "correlationid"])
def test_u0000_in_an_attribute_that_is_kept_is_refused(attribute: str) -> None:
    sent = {**ATTRIBUTES, attribute: "a\0b"}
    assert [said(taken(sent=headers(**{attribute: "a\0b"}))), said(structured({**sent, "data": DATA}))] == [NUL, NUL]


@pytest.mark.parametrize("attribute", ["id", "source", "subject", "authid", "correlationid"])
@pytest.mark.parametrize("control", ["\n", "\x1b", "\x85"])
def test_a_control_character_in_an_attribute_that_is_kept_is_refused(attribute: str, control: str) -> None:
    refused = ("attribute.invalid", attribute, "contains a control character", "remove line feeds and the like")
    sent = {**ATTRIBUTES, attribute: f"bill 17{control}B"}
    assert [said(taken(sent=headers(**{attribute: sent[attribute]}))), said(structured({**sent, "data": DATA}))] == [refused, refused]


def test_chinese_and_its_wide_space_are_no_control_characters() -> None:
    envelope = taken(sent=headers(authid="张三\u3000民政局"))
    assert getattr(envelope, "actor", None) == "张三\u3000民政局"


def test_half_a_character_in_an_attribute_is_refused() -> None:
    event = orjson.dumps({**ATTRIBUTES, "data": DATA})[:-1] + b',"authid":"\\ud800"}'
    assert ("json.broken", "value", "is not valid JSON", "send valid UTF-8 JSON") == said(structured(event))


def test_a_value_of_the_largest_size_is_read_and_one_more_byte_is_not() -> None:
    room = LARGEST - len(orjson.dumps({**DATA, "padding": ""}))
    largest = orjson.dumps({**DATA, "padding": "x" * room})
    assert isinstance(taken(largest), Envelope)
    remedy = "keep a message below 1048576 bytes"
    assert ("value.too-large", "value", "has 1048577 bytes", remedy) == said(taken(largest + b" "))


@pytest.mark.parametrize("kind", ["suishi.fact.moon-phase.v1", "suishi.fact.medical-expense-reported.v2", "suishi.clock.day-started.v1"])
def test_a_type_or_version_that_the_topic_does_not_carry_is_refused_with_those_it_does(kind: str) -> None:
    remedy = (
        "send one of: suishi.fact.fact-withdrawn.v1, suishi.fact.feed-delivered.v1, suishi.fact.medical-expense-reported.v1, "
        "suishi.fact.referral-answered.v1"
    )
    assert ("type.not-allowed", "type", f"this topic does not carry {kind!r}", remedy) == said(taken(sent=headers(type=kind)))


def test_a_clock_may_run_a_day_ahead_and_not_a_second_more() -> None:
    assert isinstance(taken(sent=headers(time="2021-01-06T12:00:00+08:00")), Envelope)
    future = ("time.future", "time", "lies more than a day in the future", "check the clock of the sending system")
    assert future == said(taken(sent=headers(time="2021-01-06T12:00:01+08:00")))


def test_a_type_that_is_none_is_not_repeated() -> None:
    assert said(taken(sent=headers(type="370399197109263036 Li")))[2] == "this topic does not carry a message of this type"


def test_nobody_takes_back_what_another_department_said() -> None:
    own, another = (orjson.dumps({"source": source, "id": "7", "reason": "查无此人"}) for source in (ATTRIBUTES["source"], "/water"))
    kind = "suishi.fact.fact-withdrawn.v1"
    assert isinstance(taken(own, sent=headers(type=kind)), Envelope)
    assert said(taken(another, sent=headers(type=kind)))[:2] == ("source.foreign", "data.source")


def test_a_clock_that_stands_before_1900_is_refused() -> None:
    past = ("time.past", "time", "lies before 1900", "check the clock of the sending system")
    assert past == said(taken(sent=headers(time="0021-01-05T09:30:00+08:00")))
    assert isinstance(taken(sent=headers(time="1900-01-02T00:00:00Z")), Envelope)


@pytest.mark.parametrize("attribute", ["id", "source", "subject", "authid", "correlationid"])
def test_an_attribute_that_is_carried_on_has_an_end(attribute: str) -> None:
    """What we repeat of a stranger must fit into our own message."""
    longer = ("attribute.too-long", attribute, "has 257 characters", "keep it to 256 at most")
    assert longer == said(taken(sent=headers(**{attribute: "x" * 257})))
    assert isinstance(taken(sent=headers(**{attribute: "x" * 256})), Envelope)


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


@pytest.mark.parametrize("name", ["", NUMBER, f"Li {NUMBER}", "李一", "a\0b", "x" * 65])
def test_a_name_of_a_header_or_an_attribute_that_looks_like_none_is_not_repeated(name: str) -> None:
    headers_, attribute = said(taken(sent=[*headers(), (name, None)])), said(structured({**ATTRIBUTES, f"{name}!": "1", "data": DATA}))
    assert (headers_[:2], attribute[:2]) == (("header.null", "header"), ("attribute.invalid", "attribute"))


def test_a_structured_event_with_a_broken_time_is_told_so() -> None:
    refused = ("attribute.invalid", "time", "is not an instant", "write it as RFC 3339 says, with its offset")
    assert refused == said(structured({**ATTRIBUTES, "time": "yesterday", "data": DATA}))


def test_the_record_is_kept_untouched_for_the_dead_letters() -> None:
    record = Record("t", 3, 9, 5, None, b"\xff", (("ce_id", None), ("ce_id", b"\xff")))
    refusal = read(record, TYPES, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.record == record


wrong = st.sampled_from([NUMBER, f"{NUMBER}\n", [NUMBER], {NUMBER: NUMBER}, float("7e77"), NUMBER * 200])
paths = st.sampled_from([*((name,) for name in DATA), *(("person", name) for name in PERSON), ("person", "phone")])


@given(st.lists(st.tuples(paths, wrong), min_size=1, max_size=4))
def test_no_refusal_repeats_a_personal_value(changes: list[tuple[tuple[str, ...], Any]]) -> None:
    person = {**PERSON, **{path[-1]: value for path, value in changes if len(path) > 1}}
    data = {**DATA, "person": person, **{path[0]: value for path, value in changes if len(path) == 1}}
    refusal = taken(orjson.dumps(data))
    assert isinstance(refusal, Envelope) or NUMBER not in " ".join(said(refusal))


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
branches = leaves | st.lists(leaves, max_size=4) | st.dictionaries(st.text(), leaves, max_size=4)
json_values = branches | st.lists(branches, max_size=4) | st.dictionaries(st.text(), branches, max_size=4)
names = st.sampled_from([*ATTRIBUTES, "subject", "authid", "correlationid", "position", "partitionkey"])
near = st.builds(lambda changed: {**ATTRIBUTES, "data": DATA, **changed}, st.dictionaries(names | st.just("data"), json_values, max_size=2))
values = st.binary() | (json_values | near).map(lambda value: json.dumps(value).encode())
odd_headers = st.lists(
    st.tuples(
        names.map(lambda name: f"ce_{name}") | st.sampled_from(["content-type", "suishi_redrive"]) | st.text(),
        st.none() | st.binary() | st.text().map(lambda text: text.encode(errors="replace")) | st.just(STRUCTURED[1]),
    ),
    max_size=6,
)


@given(value=st.none() | values, usual=st.sampled_from([[], headers(), [STRUCTURED], [*headers(), STRUCTURED]]), extra=odd_headers)
@example(value=b'{"valid_on":"\\ud800"}', usual=headers(), extra=[])
@example(value=orjson.dumps(DATA), usual=headers(), extra=[("ce_time", b"0001-01-01T00:00:00+14:00")])
@example(value=orjson.dumps(DATA), usual=headers(), extra=[("ce_position", b"9" * 5000)])
@example(value=b'{"a":' * 99_999, usual=[STRUCTURED], extra=[])
def test_any_bytes_and_any_headers_become_an_envelope_or_a_refusal(value: bytes | None, usual: Headers, extra: Headers) -> None:
    came = taken(value, [*usual, *extra], empty=True)
    if isinstance(came, Refusal):
        assert all((came.reason, came.problem, came.remedy))
    else:
        "".join((came.id, came.source, came.actor, came.correlation, came.subject or "")).encode()
        assert came.on <= date(2021, 1, 6)
