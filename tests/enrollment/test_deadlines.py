"""Deadlines are events: the last day is in time, the next day breaches, and a breach is said once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from services.enrollment.domain import commands as ask
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineMet, EscalationEnded
from services.enrollment.domain.clocks.deadlines import SPANS
from services.enrollment.domain.pack.policy import KINDS
from tests.enrollment.zhang import (
    ENROLLED,
    EXITED,
    LEAVING,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    county,
    declared,
    dropped,
    given,
    hospital,
    morning,
    record,
    visit,
)

OPEN = [
    pytest.param(WITH_CLUE, "verify", date(2021, 1, 8), id="a visit within three days of the clue"),
    pytest.param(WITH_CASE, "county-decision", date(2021, 1, 20), id="a decision within fifteen days of the visit"),
    pytest.param(LEAVING, "exit-decision", date(2021, 1, 10), id="a decision within five days of the proposal"),
]
ONE_DAY = timedelta(days=1)
History = tuple[did.AnyEvent, ...]
Answer = Callable[[date], ask.AnyCommand]


@pytest.mark.parametrize(("history", "kind", "due"), OPEN)
def test_the_last_day_is_still_in_time(history: History, kind: str, due: date) -> None:
    story = given(*history)
    story.when(morning(due)).then()
    assert due == story.state.deadlines[kind]


@pytest.mark.parametrize(("history", "kind", "due"), OPEN)
def test_the_next_day_is_a_breach(history: History, kind: str, due: date) -> None:
    given(*history).when(morning(due + ONE_DAY)).then(DeadlineBreached(kind=kind, due=due))


@pytest.mark.parametrize(("history", "kind", "due"), OPEN)
def test_a_breach_is_said_once(history: History, kind: str, due: date) -> None:
    given(*history, DeadlineBreached(kind=kind, due=due)).when(morning(due + 2 * ONE_DAY)).then()


@pytest.mark.parametrize("history", [REGISTERED, ENROLLED, EXITED])
def test_a_deadline_that_was_met_is_never_breached(history: History) -> None:
    given(*history).when(morning(date(2022, 1, 1))).then()


def test_a_day_concerns_no_household_that_is_not_registered() -> None:
    given().when(morning(date(2022, 1, 1))).then()


ENDS = [
    pytest.param(WITH_CLUE, lambda on: visit(on=on), "verify", date(2021, 1, 8), id="a confirming visit"),
    pytest.param(WITH_CLUE, lambda on: visit("rejected", on=on), "verify", date(2021, 1, 8), id="a denying visit"),
    pytest.param(WITH_CASE, lambda on: county(on=on), "county-decision", date(2021, 1, 20), id="an approval"),
    pytest.param(WITH_CASE, lambda on: county("rejected", on=on), "county-decision", date(2021, 1, 20), id="a rejection"),
    pytest.param(LEAVING, lambda on: county(on=on), "exit-decision", date(2021, 1, 10), id="an exit"),
    pytest.param(LEAVING, lambda on: county("rejected", on=on), "exit-decision", date(2021, 1, 10), id="an exit denied"),
]


@pytest.mark.parametrize(("history", "answer", "kind", "due"), ENDS)
def test_an_answer_on_the_last_day_meets_the_deadline(history: History, answer: Answer, kind: str, due: date) -> None:
    assert DeadlineMet(kind=kind) == given(*history).when(answer(due)).happened[0]


@pytest.mark.parametrize(("history", "answer", "kind", "due"), ENDS)
def test_an_answer_on_the_next_day_breaches_it_even_before_the_day_was_told(history: History, answer: Answer, kind: str, due: date) -> None:
    assert DeadlineBreached(kind=kind, due=due) == given(*history).when(answer(due + ONE_DAY)).happened[0]


@pytest.mark.parametrize(("history", "answer", "kind", "due"), ENDS)
def test_an_answer_after_the_breach_was_said_says_nothing_of_the_deadline(history: History, answer: Answer, kind: str, due: date) -> None:
    late = given(*history, DeadlineBreached(kind=kind, due=due)).when(answer(due + ONE_DAY)).happened
    assert [event for event in late if isinstance(event, DeadlineMet | DeadlineBreached)] == []


def test_facts_that_hold_again_end_the_deadline_of_the_exit() -> None:
    poor = declared(100, "poor", told=TODAY + ONE_DAY)
    over = dropped("exit-decision", date(2021, 1, 10), "facts.hold-again")
    assert over == given(*LEAVING).when(record(poor)).happened[1]


def test_a_correction_ends_the_deadline_of_the_visit() -> None:
    corrected = hospital(100, "corrected", told=TODAY + ONE_DAY)
    over = dropped("verify", date(2021, 1, 8), "facts-corrected")
    assert over == given(*WITH_CLUE).when(record(corrected)).happened[1]


def test_a_decision_that_is_refused_leaves_the_deadline_running() -> None:
    story = given(*WITH_CASE).when(county(by="visitor"), morning(date(2021, 1, 21)))
    story.then(DeadlineBreached(kind="county-decision", due=date(2021, 1, 20)))


def test_what_was_late_is_over_when_it_is_done() -> None:
    seen = given(*WITH_CLUE).when(morning(date(2021, 1, 9)), visit(on=date(2021, 1, 12)))
    assert EscalationEnded(kind="verify") == seen.happened[0]
    assert [] == [event for event in seen.when(county(on=date(2021, 1, 13))).happened if isinstance(event, EscalationEnded)]


def test_so_is_what_nobody_has_to_do_any_more() -> None:
    corrected = hospital(100, "corrected", told=date(2021, 1, 12))
    story = given(*WITH_CLUE).when(morning(date(2021, 1, 9)), record(corrected, date(2021, 1, 12)))
    assert [did.FactRecorded(fact=corrected), EscalationEnded(kind="verify")] == list(story.happened[:2])


def test_what_is_done_after_its_last_day_before_that_was_told_was_late_and_is_over() -> None:
    seen = given(*WITH_CLUE).when(visit(on=date(2021, 1, 12)))
    assert [DeadlineBreached(kind="verify", due=date(2021, 1, 8)), EscalationEnded(kind="verify")] == list(seen.happened[:2])


def test_a_breach_changes_nothing_else() -> None:
    late = given(*WITH_CASE).when(morning(date(2021, 1, 21)), county(on=date(2021, 1, 21)))
    assert [EscalationEnded, did.HouseholdEnrolled] == [type(event) for event in late.happened]


def test_of_every_kind_that_a_pack_may_have_it_is_known_when_it_runs() -> None:
    assert KINDS == SPANS.keys()
