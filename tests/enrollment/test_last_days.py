"""Every deadline of both packs on both sides: in time on its last day, late on the next, whoever notices first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import pytest

from services.enrollment.domain import DECIDER
from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineMet, DeadlineStarted
from tests.enrollment import national, short, zhang
from tests.enrollment.national import JANUARY, REGISTERED
from tests.enrollment.test_leaving import FEBRUARY, LATER, RICH
from tests.enrollment.zhang import ILL, applies, asked, declared, morning, record
from tests.specification import Specification

Answer = Callable[[date], ask.AnyCommand]
Story = Specification[Any, Any, Any]
ONE_DAY: Final = timedelta(days=1)
PACKS: Final = {"example-pilot": Specification(DECIDER, short.FULL).given, "example-national-2021": national.given}
# Where they differ.
VISIT: Final = {"example-pilot": JANUARY[8], "example-national-2021": JANUARY[7]}
EXIT: Final = {"example-pilot": date(2021, 2, 6), "example-national-2021": date(2021, 8, 17)}


def measure(on: date) -> ask.CountMeasure:
    return ask.CountMeasure(**asked("assistance", on), measure=zhang.CASE)


def income_of(on: date) -> ask.RecordFact:
    return record(declared(100, f"income {on}", on, on), on)


def deadlines(pack: str) -> Iterator[tuple[str, Story, Answer, date]]:
    """Kind, household, what answers it, and the last day in time; each story begins on the fifth of January."""
    registered = PACKS[pack](*REGISTERED)
    authorised = registered.when(record(ILL), national.authorise())
    compared = authorised.when(national.visit(), national.compare(on=JANUARY[6]))
    reviewed = compared.when(national.review(on=JANUARY[7]), national.post(on=JANUARY[7]), national.take_down(on=JANUARY[13]))
    at_county = reviewed.when(national.township(on=JANUARY[14]))
    enrolled = at_county.when(national.county(on=JANUARY[15], type=None))
    helped = enrolled.when(measure(JANUARY[15]))
    leaving = helped.when(record(RICH, FEBRUARY), morning(date(2021, 7, 16)), morning(LATER))
    yield "accept", registered.when(applies()), national.authorise, JANUARY[7]
    yield "verify", authorised, lambda on: national.visit(on=on), VISIT[pack]
    yield "compare", authorised, lambda on: national.compare(on=on), JANUARY[10]
    yield "review", compared, lambda on: national.review(on=on), JANUARY[11]
    yield "whole-entry", at_county, lambda on: national.county(on=on, type=None), JANUARY[20]
    yield "first-measure", enrolled, measure, JANUARY[25]
    yield "income-staleness", helped, income_of, date(2022, 1, 15)
    yield "appeal-decision", at_county.when(national.appeal(on=JANUARY[16])), lambda on: national.answer("rejected", on=on), JANUARY[31]
    proposed = helped.when(record(RICH, FEBRUARY)) if pack == "example-pilot" else leaving
    stays = national.county if pack == "example-pilot" else national.visit
    yield "exit-decision", proposed, lambda on: stays("rejected", on=on), EXIT[pack]


DEADLINES: Final = [
    pytest.param(story, answer, kind, due, id=f"{pack}: {kind}") for pack in PACKS for kind, story, answer, due in deadlines(pack)
]


def kinds_that_ended(happened: tuple[did.Event, ...], kind: str) -> list[type[did.Event]]:
    return [type(event) for event in happened if isinstance(event, DeadlineMet | DeadlineBreached) and event.kind == kind]


@pytest.mark.parametrize(("story", "answer", "kind", "due"), DEADLINES)
def test_an_answer_on_the_last_day_is_in_time(story: Story, answer: Answer, kind: str, due: date) -> None:
    assert [] == kinds_that_ended(story.when(morning(due)).happened, kind)
    assert [DeadlineMet] == kinds_that_ended(story.when(answer(due)).happened, kind)


@pytest.mark.parametrize(("story", "answer", "kind", "due"), DEADLINES)
def test_an_answer_on_the_next_day_is_late_before_the_day_was_told(story: Story, answer: Answer, kind: str, due: date) -> None:
    assert DeadlineBreached(kind=kind, due=due) in story.when(answer(due + ONE_DAY)).happened


@pytest.mark.parametrize(("story", "answer", "kind", "due"), DEADLINES)
def test_a_day_that_begins_after_the_last_one_tells_it_once(story: Story, answer: Answer, kind: str, due: date) -> None:
    late = story.when(morning(due + ONE_DAY))
    assert DeadlineBreached(kind=kind, due=due) in late.happened
    assert [] == kinds_that_ended(late.when(morning(due + 2 * ONE_DAY)).happened, kind)
    assert [] == kinds_that_ended(late.when(answer(due + ONE_DAY)).happened, kind)


@pytest.mark.parametrize("pack", PACKS)
def test_every_deadline_of_a_pack_is_tried(pack: str) -> None:
    assert short.FULL.packs[pack].deadlines.keys() == {kind for kind, *_ in deadlines(pack)}


@pytest.mark.parametrize("pack", PACKS)
def test_an_application_is_to_be_accepted_and_the_case_accepts_it(pack: str) -> None:
    applied = PACKS[pack](*REGISTERED).when(applies())
    assert DeadlineStarted(kind="accept", due=JANUARY[7]) in applied.happened
    joined = PACKS[pack](*REGISTERED).when(record(ILL), applies())
    assert DeadlineStarted(kind="accept", due=JANUARY[7]) in joined.happened
    assert DeadlineMet(kind="accept") in joined.when(national.authorise()).happened


def test_an_income_that_came_too_late_ends_what_was_late() -> None:
    late = national.given(*national.HELPED).when(morning(date(2022, 1, 16)))
    happened = late.when(income_of(date(2022, 1, 16))).happened
    assert ["fact-recorded", "escalation-ended", "deadline-started"] == national.kinds(*happened)


def test_a_deadline_that_its_pack_learns_of_in_the_middle_of_an_enrolment_does_not_start_there() -> None:
    enrolled = Specification(DECIDER, short.FULL).given(*zhang.ENROLLED)
    assert ["measure-counted"] == national.kinds(*enrolled.when(measure(JANUARY[5])).happened)


def test_an_income_that_a_visit_found_is_as_good_as_one_that_was_declared() -> None:
    on = date(2021, 3, 1)
    happened = national.given(*national.HELPED).when(national.visit(on=on)).happened
    assert DeadlineMet(kind="income-staleness") in happened
    assert DeadlineStarted(kind="income-staleness", due=date(2022, 3, 1)) in happened
