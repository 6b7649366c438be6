"""Whatever a stranger sends becomes an envelope, or a refusal that says what to mend; nothing else can come of it."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.envelope import Envelope, Record, Refusal, read
from tests.pipeline.stranger import ATTRIBUTES, DATA, NOW, PERSON, STRUCTURED, TYPES, Headers, commanded, headers, structured, taken


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


def test_a_command_about_a_household_is_taken_with_its_subject() -> None:
    household = str(UUID(int=100))
    assert [household, household] == [getattr(one, "subject", None) for one in commanded(household)]


@pytest.mark.parametrize("subject", [None, "Zhang"])
def test_a_message_that_names_its_household_elsewhere_has_any_subject(subject: str | None) -> None:
    assert isinstance(taken(sent=headers(subject=subject)), Envelope)


def test_the_record_is_kept_untouched_for_the_dead_letters() -> None:
    record = Record("t", 3, 9, 5, None, b"\xff", (("ce_id", None), ("ce_id", b"\xff")))
    refusal = read(record, TYPES, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.record == record


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
