"""A message that comes late changes what is known, and judges nobody by a day that is over; under both packs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.case.opening import Opening, TakenOver
from services.enrollment.domain.case.procedure_commands import ProposeExit
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted, MinimumStarted
from services.enrollment.domain.commands import RecordFact
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import Enrolled, Stage
from services.enrollment.domain.household.state import Household
from tests.enrollment import national
from tests.enrollment.zhang import (
    CASE,
    ENOUGH,
    HELPED,
    ILL,
    LEAVING,
    REGISTERED,
    TODAY,
    WITH_CASE,
    asked,
    county,
    declared,
    delivered,
    fact,
    given,
    income,
    morning,
    record,
    refused,
    register,
    visit,
    withdraw,
)
from tests.laws import law

OLD_YEAR, NEW_YEAR, LATE = date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 6)
# Two members with 5,500 yuan each: above the line of 2020, below that of 2021.
BETWEEN = 1_100_000


def job(told: date) -> Fact:
    """A job found; it crosses nothing."""
    return fact(f"job {told}", told, series="employment", signal="employment")


def stage_of(history: Sequence[did.AnyEvent], *commands: RecordFact) -> Stage:
    """But the day of a proposal and what was known by then, which go by the message that led to it."""
    state = given(*history).when(*commands).state
    assert isinstance(state, Household)
    stage = state.stage
    if not isinstance(stage, Enrolled):
        return stage
    return replace(stage, progress=replace(stage.progress, proposed_on=date.min), known=frozenset())


def between() -> tuple[did.AnyEvent, ...]:
    """Enrolled on 2021-01-05 with an income between the lines, and helped."""
    happened = list[did.AnyEvent]()
    story = given(*REGISTERED)
    for command in (record(ILL), visit(income=income(BETWEEN, TODAY)), county(), delivered()):
        story = story.when(command)
        happened += story.happened
    return (*REGISTERED, *happened)


BETWEEN_LINES = between()


def test_a_fact_of_the_old_year_lets_nobody_out_by_the_line_of_the_old_year() -> None:
    late = job(OLD_YEAR)
    given(*BETWEEN_LINES).when(record(late, OLD_YEAR)).then(did.FactRecorded(fact=late))


def test_what_a_late_fact_proposes_is_due_from_the_latest_day_that_is_known() -> None:
    enough = declared(1_200_000, "enough", told=OLD_YEAR)
    _, proposed, started = given(*HELPED).when(record(enough, OLD_YEAR)).happened
    assert isinstance(proposed, did.ExitProposed)
    assert (CASE, 600_000) == (proposed.case, proposed.evaluation.line_fen)
    assert (date(2021, 1, 10), DeadlineStarted(kind="exit-decision", due=date(2021, 1, 10))) == (proposed.due, started)


def test_a_late_fact_takes_a_proposal_back_by_the_line_of_the_day_of_the_proposal() -> None:
    leaving = given(*BETWEEN_LINES).when(record(ENOUGH))
    assert "enrollment.step-returned" in [event.TOPIC for event in leaving.when(withdraw(ENOUGH, OLD_YEAR)).happened]


def test_nobody_proposes_an_exit_by_the_line_of_the_old_year() -> None:
    late = ProposeExit(**asked("officer", OLD_YEAR, "proposal"), method="help")
    given(*BETWEEN_LINES).when(late).then(refused("exit.facts-hold", "proposal", "record-verification"))


def test_a_decision_that_names_a_day_of_the_old_year_goes_by_the_line_of_the_visit() -> None:
    case = given(*WITH_CASE).when(record(declared(BETWEEN, "between", until=TODAY)))
    assert "enrollment.household-enrolled" in [event.TOPIC for event in case.when(county(on=OLD_YEAR)).happened]


def test_an_exit_names_the_line_that_it_was_judged_by() -> None:
    late = record(declared(1_200_000, "enough", told=OLD_YEAR), OLD_YEAR)
    *_, exited = given(*HELPED).when(late, county(on=OLD_YEAR)).happened
    assert isinstance(exited, did.HouseholdExited)
    assert 600_000 == exited.basis.line.fen_per_person


def test_a_morning_of_the_old_year_judges_nobody_anew() -> None:
    given(*BETWEEN_LINES).when(morning(OLD_YEAR)).then()


def test_an_enrolment_that_was_taken_over_is_judged_by_no_day_before_it() -> None:
    since = date(2021, 1, 3)
    opening = Opening("immediate-assistance", ("other",), TakenOver(since, ()))
    story = given(*REGISTERED).when(register(by="clerk", opening=opening))
    low = declared(BETWEEN, "between", until=since, told=OLD_YEAR)
    happened = story.when(record(low, OLD_YEAR)).happened
    assert [] == [event for event in happened if isinstance(event, did.ExitProposed)]


def test_a_time_of_waiting_begins_on_no_day_before_the_enrolment() -> None:
    rich = declared(4_000_000, "rich", until=TODAY, told=OLD_YEAR)
    happened = given(*national.HELPED).when(record(rich, OLD_YEAR)).happened
    assert [date(2021, 7, 15)] == [event.until for event in happened if isinstance(event, MinimumStarted)]


def told(day: date, fen: int | None) -> Fact:
    return job(day) if fen is None else declared(fen, f"{fen} {day}", until=TODAY, told=day)


ACROSS = (OLD_YEAR - timedelta(days=1), OLD_YEAR, NEW_YEAR, TODAY, LATE)
said = st.builds(told, st.sampled_from(ACROSS), st.sampled_from([None, 900_000, BETWEEN, 1_200_000]))


@st.composite
def two_orders(draw: st.DrawFn) -> tuple[list[Fact], list[Fact]]:
    """Facts of both years, once in one order and once in another."""
    facts = draw(st.lists(said, max_size=5, unique_by=lambda one: one.id))
    return facts, draw(st.permutations(facts))


@law
@for_all(two_orders(), st.sampled_from([BETWEEN_LINES, LEAVING]))
def test_facts_across_the_turn_of_the_year_leave_a_household_in_the_same_stage_in_any_order(
    both: tuple[list[Fact], list[Fact]], history: tuple[did.AnyEvent, ...]
) -> None:
    one, other = ([record(fact, fact.valid_on) for fact in facts] for facts in both)
    assert stage_of(history, *one) == stage_of(history, *other)
