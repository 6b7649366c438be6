"""An attribute that is missing, broken or not to be believed is named with what to mend."""

from __future__ import annotations

from typing import Final

import orjson
import pytest

from pipeline.envelope import Envelope
from tests.pipeline.stranger import ATTRIBUTES, DATA, NUL, NUMBER, commanded, headers, said, structured, taken

HEADER: Final = ("attribute.invalid", "is missing or wrong", "set it as CloudEvents 1.0 says")
NO_OFFSET: Final = ("attribute.invalid", "time", "lacks its offset", "write it with its offset, as +08:00")


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        (("trace", None), ("header.null", "trace", "is null", "send a UTF-8 text or leave the header out")),
        (("trace", b"\xff"), ("header.not-utf8", "trace", "is not UTF-8", "encode the header as UTF-8")),
        (("ce_id", None), ("header.null", "ce_id", "is null", "send a UTF-8 text or leave the header out")),
        (("ce_subject", b""), (HEADER[0], "subject", *HEADER[1:])),
        (("ce_time", b"yesterday"), ("attribute.invalid", "time", "is not an instant", "write it as RFC 3339 says, with its offset")),
        (("ce_time", b"2021-01-05T04:00:00"), NO_OFFSET),
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


@pytest.mark.parametrize("subject", [None, "Zhang"])
def test_a_command_about_a_household_names_it_as_its_subject(subject: str | None) -> None:
    refused = ("subject.invalid", "subject", "is no id of a household", "set it to the household's UUID")
    assert [refused, refused] == [said(one) for one in commanded(subject)]


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


def test_a_clock_that_stands_before_1900_is_refused() -> None:
    past = ("time.past", "time", "lies before 1900", "check the clock of the sending system")
    assert past == said(taken(sent=headers(time="0021-01-05T09:30:00+08:00")))
    of_then = orjson.dumps({**DATA, "valid_on": "1900-01-01", "period": "1900-01"})
    assert isinstance(taken(of_then, headers(time="1900-01-02T00:00:00Z")), Envelope)


@pytest.mark.parametrize("attribute", ["id", "source", "subject", "authid", "correlationid"])
def test_an_attribute_that_is_carried_on_has_an_end(attribute: str) -> None:
    """What we repeat of a stranger must fit into our own message."""
    longer = ("attribute.too-long", attribute, "has 257 characters", "keep it to 256 at most")
    assert longer == said(taken(sent=headers(**{attribute: "x" * 257})))
    assert isinstance(taken(sent=headers(**{attribute: "x" * 256})), Envelope)


@pytest.mark.parametrize("name", ["", NUMBER, f"Li {NUMBER}", "李一", "a\0b", "x" * 65])
def test_a_name_of_a_header_or_an_attribute_that_looks_like_none_is_not_repeated(name: str) -> None:
    headers_, attribute = said(taken(sent=[*headers(), (name, None)])), said(structured({**ATTRIBUTES, f"{name}!": "1", "data": DATA}))
    assert (headers_[:2], attribute[:2]) == (("header.null", "header"), ("attribute.invalid", "attribute"))


def test_a_structured_event_with_a_broken_time_is_told_so() -> None:
    refused = ("attribute.invalid", "time", "is not an instant", "write it as RFC 3339 says, with its offset")
    assert refused == said(structured({**ATTRIBUTES, "time": "yesterday", "data": DATA}))
    assert NO_OFFSET == said(structured({**ATTRIBUTES, "time": "2021-01-05T04:00:00", "data": DATA}))


@pytest.mark.parametrize("attribute", ["id", "source", "subject", "authid", "correlationid"])
@pytest.mark.parametrize("text", [NUMBER, f"12{NUMBER}", f"2021-01-{NUMBER}", f"{NUMBER}/7", f"bill {NUMBER[:-1]}6 of January"])
def test_an_attribute_that_names_somebody_by_his_number_is_refused_and_not_repeated(attribute: str, text: str) -> None:
    """It would stand in events, keys of refusals and logs for good."""
    refused = (
        "attribute.personal",
        attribute,
        "contains an identity number",
        "use a number or name of your own; attributes are kept for good",
    )
    sent = {**ATTRIBUTES, attribute: text}
    assert [refused, refused] == [said(taken(sent=headers(**{attribute: text}))), said(structured({**sent, "data": DATA}))]


@pytest.mark.parametrize("text", ["370399196001010017", "370399196002310016", "20210105123456789012"])
def test_other_long_numbers_are_ids_like_any(text: str) -> None:
    assert isinstance(taken(sent=headers(id=text)), Envelope)
