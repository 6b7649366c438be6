"""Every deadline of the national pack on both sides: in time on its last day, late on the next, whoever notices first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest

from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from tests.enrollment import national, zhang
from tests.enrollment.national import AT_COUNTY, AUTHORISED, COMPARED, ENROLLED, HELPED, JANUARY, POLICIES, REGISTERED, told
from tests.enrollment.test_leaving import LEAVING
from tests.enrollment.zhang import applies, asked, declared, morning, record

given = national.given
History = tuple[did.AnyEvent, ...]
Answer = Callable[[date], ask.AnyCommand]
ONE_DAY: Final = timedelta(days=1)
APPLIED: Final = told(applies(), after=REGISTERED)
APPEALED: Final = told(national.appeal(on=JANUARY[16]), after=AT_COUNTY)


def measure(on: date) -> ask.CountMeasure:
    return ask.CountMeasure(**asked("assistance", on), measure=zhang.CASE)


def income_of(on: date) -> ask.RecordFact:
    return record(declared(100, f"income {on}", on, on), on)


DEADLINES: Final = [
    pytest.param(APPLIED, national.authorise, "accept", JANUARY[7], id="two working days to accept"),
    pytest.param(AUTHORISED, lambda on: national.visit(on=on), "verify", JANUARY[7], id="two working days to visit"),
    pytest.param(AUTHORISED, lambda on: national.compare(on=on), "compare", JANUARY[10], id="five days to compare"),
    pytest.param(COMPARED, lambda on: national.review(on=on), "review", JANUARY[11], id="five days to review"),
    pytest.param(AT_COUNTY, lambda on: national.county(on=on), "whole-entry", JANUARY[20], id="fifteen days for all of it"),
    pytest.param(ENROLLED, measure, "first-measure", JANUARY[25], id="ten days to the first measure"),
    pytest.param(HELPED, income_of, "income-staleness", date(2022, 1, 15), id="a year to the next income"),
    pytest.param(APPEALED, lambda on: national.answer("rejected", on=on), "appeal-decision", JANUARY[31], id="fifteen days to an appeal"),
    pytest.param(LEAVING, national.withdraw, "exit-decision", date(2021, 8, 17), id="fifteen days to an exit"),
]


def kinds_that_ended(happened: tuple[did.Event, ...], kind: str) -> list[type[did.Event]]:
    return [type(event) for event in happened if isinstance(event, did.DeadlineMet | did.DeadlineBreached) and event.kind == kind]


@pytest.mark.parametrize(("history", "answer", "kind", "due"), DEADLINES)
def test_an_answer_on_the_last_day_is_in_time(history: History, answer: Answer, kind: str, due: date) -> None:
    story = given(*history)
    assert [] == kinds_that_ended(story.when(morning(due)).happened, kind)
    assert [did.DeadlineMet] == kinds_that_ended(story.when(answer(due)).happened, kind)


@pytest.mark.parametrize(("history", "answer", "kind", "due"), DEADLINES)
def test_an_answer_on_the_next_day_is_late_before_the_day_was_told(history: History, answer: Answer, kind: str, due: date) -> None:
    assert did.DeadlineBreached(kind=kind, due=due) in given(*history).when(answer(due + ONE_DAY)).happened


@pytest.mark.parametrize(("history", "answer", "kind", "due"), DEADLINES)
def test_a_day_that_begins_after_the_last_one_tells_it_once(history: History, answer: Answer, kind: str, due: date) -> None:
    story = given(*history).when(morning(due + ONE_DAY))
    assert did.DeadlineBreached(kind=kind, due=due) in story.happened
    assert [] == kinds_that_ended(story.when(morning(due + 2 * ONE_DAY)).happened, kind)
    assert [] == kinds_that_ended(story.when(answer(due + ONE_DAY)).happened, kind)


def test_every_deadline_of_the_pack_is_tried() -> None:
    tried = {parameters.values[2] for parameters in DEADLINES}
    assert tried == POLICIES.packs["example-national-2021"].deadlines.keys()
