"""The line is one of a year: an income of a day is not held against it, and somebody is asked for the year's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.explanations import Ask, Truth
from tests.enrollment import national
from tests.enrollment.zhang import HELPED, PILOT, REGISTERED, TODAY, WITH_CLUE, county, declared, given, income, income_is, record, visit

ASKS: Final = (Ask("income", ("visit", "civil-affairs")),)


def of(days: int, wage_fen: int = 20_000, until: date = TODAY) -> Income:
    """The window ends on that local date; both ends are counted."""
    return replace(income(wage_fen, until), window_from=until - timedelta(days=days - 1))


def said(earned: Income, reference: str = "income") -> Fact:
    return replace(declared(0, reference), income=earned)


@pytest.mark.parametrize(("days", "result"), [(1, "unknown"), (364, "unknown"), (365, "true"), (366, "true")])
def test_an_income_is_held_against_the_line_when_it_is_that_of_twelve_months(days: int, result: Truth) -> None:
    word = said(of(days))
    state = given(*REGISTERED, did.FactRecorded(fact=word)).state
    assert isinstance(state, Household)
    assert income_is(result, 20_000, word) == evaluate(state, TODAY, PILOT).criteria[1]


def test_an_income_of_a_month_hides_none_of_a_year() -> None:
    year, month = said(of(365, until=TODAY - timedelta(days=40)), "year"), said(of(30, 9_000_000), "month")
    state = given(*REGISTERED, did.FactRecorded(fact=year), did.FactRecorded(fact=month)).state
    assert isinstance(state, Household)
    assert income_is("true", 20_000, year) == evaluate(state, TODAY, PILOT).criteria[1]


def test_nobody_is_taken_in_because_he_earned_little_in_a_day() -> None:
    story = given(*WITH_CLUE).when(visit(income=of(1)), county())
    (refusal,) = story.happened[-1:]
    assert isinstance(refusal, did.CommandRefused)
    assert ("evaluation.unknown", ASKS) == (refusal.reason_code, refusal.asks)


def test_nobody_is_let_out_because_he_earned_much_in_a_day() -> None:
    rich = said(of(1, 100_000_000))
    given(*HELPED).when(record(rich)).then(did.FactRecorded(fact=rich))


def test_an_income_of_a_day_is_not_the_one_that_is_asked_for_once_a_year() -> None:
    on = date(2021, 3, 1)
    told = [national.given(*national.HELPED).when(record(said(of(days, 100, on)), on)).happened for days in (1, 365)]
    assert [["fact-recorded"], ["fact-recorded", "deadline-met", "deadline-started"]] == [national.kinds(*events) for events in told]
