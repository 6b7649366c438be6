"""Nobody has died or fallen ill on a day to come: such a message is refused, and what begins later may be told a year before."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson
import pytest

from pipeline.envelope import Envelope, Record, Refusal, read
from schemas.clock import DayStarted
from schemas.generate import TYPES
from schemas.topics import ALLOWED, CLOCK
from tests.pipeline.stranger import headers, said

GOLDEN: Final = Path(__file__).parents[1] / "schemas" / "golden"
LONG_AFTER: Final = datetime(2026, 1, 1, tzinfo=UTC)
CHANGES: Final = (
    "person-died", "person-born", "marriage-registered", "divorce-registered", "household-moved", "household-split", "household-merged",
    "head-changed", "identity-corrected",
)  # fmt: skip
FOUND: Final = (
    "serious-illness-confirmed", "school-dropout-reported", "school-returned", "disability-certified", "house-graded", "water-tested",
    "disaster-affected", "asset-reported", "income-declared",
)  # fmt: skip
ARRANGED: Final = ("school-fee-reported", "employment-changed", "benefit-changed")
MONTHLY: Final = ("feed-delivered", "medical-expense-reported")
REMEDY: Final = "correct the date, or send it again when it has happened"
NOT_BEGUN: Final = ("lies after the day of the message", "correct the date, or send it again when the day has begun")
NOT_YET: Final = ("day.future", "data.valid_on", "lies more than a day after the time of the message", REMEDY)

TOO_FAR: Final = (
    "day.future",
    "data.valid_on",
    "lies more than a year after the time of the message",
    "correct the date, or send it again when the day is nearer",
)


def told(name: str, day: str, time: str = "2021-01-05T12:00:00+08:00", dated: str = "valid_on") -> Envelope | Refusal:
    kind = f"suishi.fact.{name}.v1"
    topic = next(topic for topic, types in ALLOWED.items() if kind in types)
    data = {**json.loads((GOLDEN / f"{kind}.json").read_text(encoding="utf-8")), dated: day}
    sent = tuple(headers(type=kind, time=time))
    return read(Record(topic, 0, 41, 1_609_819_200_000, b"key", orjson.dumps(data), sent), ALLOWED[topic], LONG_AFTER)


@pytest.mark.parametrize("name", [*CHANGES, *FOUND])
def test_a_change_or_a_finding_of_the_day_after_its_message_is_taken_and_a_later_one_is_refused(name: str) -> None:
    assert isinstance(told(name, "2021-01-06"), Envelope)
    assert NOT_YET == said(told(name, "2021-01-07"))


@pytest.mark.parametrize("name", MONTHLY)
def test_nobody_has_the_list_or_the_bill_of_a_month_to_come(name: str) -> None:
    """On the last day of a month its list may be there, by the sender's clock even in the next one."""
    assert isinstance(told(name, "2021-01", dated="period"), Envelope)
    assert ("day.future", "data.period", *NOT_YET[2:]) == said(told(name, "2021-02", dated="period"))
    assert isinstance(told(name, "2021-02", "2021-01-31T12:00:00+08:00", "period"), Envelope)


@pytest.mark.parametrize("month", ["0000-01", "1899-12", "2200-01", "9999-12", "2021-13"])
@pytest.mark.parametrize("name", MONTHLY)
def test_a_month_that_no_rule_could_reckon_with_is_refused(name: str, month: str) -> None:
    words = ("data.invalid", "period", "is not a month of 1900 to 2199", "write it as YYYY-MM")
    assert words == said(told(name, month, dated="period"))


def test_the_day_of_a_message_is_the_countys() -> None:
    assert isinstance(told("person-died", "2021-01-07", "2021-01-05T16:00:00Z"), Envelope)
    assert NOT_YET == said(told("person-died", "2021-01-07", "2021-01-05T15:59:59Z"))


@pytest.mark.parametrize("name", ARRANGED)
def test_what_begins_later_may_be_told_a_year_before(name: str) -> None:
    assert isinstance(told(name, "2022-01-06"), Envelope)
    assert TOO_FAR == said(told(name, "2022-01-07"))
    assert TOO_FAR == said(told(name, "2121-01-05"))


@pytest.mark.parametrize(("day", "taken"), [("2021-01-05", True), ("2021-01-06", False)])
def test_where_the_clock_is_ours_nobody_tells_a_day_that_has_not_begun(day: str, taken: bool) -> None:  # noqa: FBT001
    sent = tuple(headers(type=DayStarted.TYPE))
    record = Record(CLOCK, 0, 41, 1_609_819_200_000, None, orjson.dumps({"date": day}), sent)
    found = read(record, ALLOWED[CLOCK], LONG_AFTER, frozenset({DayStarted}))
    assert taken == isinstance(found, Envelope)
    assert taken or said(found) == ("day.future", "data.date", *NOT_BEGUN)
    assert isinstance(read(record, ALLOWED[CLOCK], LONG_AFTER), Envelope)


def test_a_bill_of_this_month_holds_from_no_day_to_come() -> None:
    assert NOT_YET == said(told("medical-expense-reported", "2121-01-05"))


def test_every_fact_that_is_dated_says_how_far_ahead() -> None:
    days = {name: found.DAYS_AHEAD for name, found in TYPES.items() if found.DAYS_AHEAD is not None}
    soon, later = (*CHANGES, *FOUND, *MONTHLY), ARRANGED
    assert days == {f"suishi.fact.{name}.v1": 1 for name in soon} | {f"suishi.fact.{name}.v1": 366 for name in later}
