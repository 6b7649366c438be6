"""Whose message was refused is told by its own name, unless that is sealed or nothing to show."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from commands.letters import Letter, message_of
from pipeline.envelope import Record
from pipeline.set_aside import pack

NOON = datetime(2021, 1, 5, 4, tzinfo=UTC)
HEADERS = (("ce_id", b"2021-01-000017"), ("ce_source", b"/yiyuan/medical-insurance"))


def record(value: bytes | None, *headers: tuple[str, bytes | None]) -> Record:
    return Record("suishi.assistance.commands.v1", 3, 41, 1_609_819_200_000, None, value, headers)


def letter(packed: bytes, *, sealed: bool) -> Letter:
    where = ("suishi.assistance.commands.v1", 3, 41, 1_609_819_200_000)
    why = ("data.invalid", "message", "is not valid JSON", "send valid UTF-8 JSON")
    return Letter("assistance", UUID(int=1), 1, None, *where, packed, sealed, *why, NOON, None)


def test_a_letter_names_the_message_and_when_it_came() -> None:
    plain = letter(pack(record(b"{", *HEADERS)), sealed=False)
    assert (("2021-01-000017", "/yiyuan/medical-insurance"), NOON) == (plain.message, plain.came_at)


def test_nobody_opens_what_is_sealed_for_a_list() -> None:
    assert (None, None) == letter(b"sealed", sealed=True).message


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(record(b'{"id": "a-1", "source": "/town"}'), ("a-1", "/town"), id="structured"),
        pytest.param(record(b'{"id": 7}'), ("7", None), id="structured without a source"),
        pytest.param(record(b"["), (None, None), id="no JSON"),
        pytest.param(record(b"[]"), (None, None), id="no event"),
        pytest.param(record(None), (None, None), id="nothing"),
        pytest.param(record(b"{}", ("ce_id", b"a\x1b[2Jb"), ("ce_source", b"/x")), (None, "/x"), id="what a terminal would obey"),
        pytest.param(record(b"{}", ("ce_id", b"37039919680412202X"), ("ce_source", b"/x")), (None, "/x"), id="a number of somebody"),
        pytest.param(record(b"{}", ("ce_id", b"i" * 257), ("ce_source", None)), (None, None), id="longer than the door allows"),
    ],
)
def test_what_is_not_there_or_is_nothing_to_show_is_not_told(given: Record, told: tuple[str | None, str | None]) -> None:
    assert told == message_of(given)
