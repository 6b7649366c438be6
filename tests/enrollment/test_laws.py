"""Promises about every order of everything that can be asked of enrollment."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import example
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.decider import Event
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.events import AnyEvent, CommandRefused
from services.enrollment.domain.fact import Fact, Series
from services.enrollment.domain.household.stages import ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.translate import to_message
from tests.enrollment.zhang import (
    ENROLLED,
    EXITED,
    FATHER,
    HELPED,
    HOUSEHOLD,
    ILL,
    LEAVING,
    MOTHER,
    PILOT,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    applies,
    county,
    declared,
    delivered,
    dismiss,
    fact,
    given,
    hospital,
    income,
    morning,
    record,
    register,
    screens,
    visit,
    withdraw,
)
from tests.laws import any_event, law, repeating_adds_no_fact, replay_ends_where_the_steps_ended, through_the_log
from tests.messages import recorded

EVENTS = AnyEvent.__args__
days = st.sampled_from([TODAY + timedelta(days=number) for number in (-9, 0, 1, 4, 30)])


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """Few enough that they correct one another; the reference says what the fact says, as one message never says two things."""
    person, told = draw(st.sampled_from([FATHER, MOTHER])), draw(days)
    match draw(st.sampled_from(["hospital", "house", "income"])):
        case "hospital":
            fen, month = draw(st.sampled_from([100, 1_999_999, 2_000_000])), draw(st.sampled_from(["2020-12", "2021-01", "2021-02"]))
            return replace(hospital(fen, f"{fen} {month} {told} {person}", month, told), person=person)
        case "house":
            present = draw(st.booleans())
            return fact(f"{present} {told}", told, signal="house", present=present)
        case _:
            fen, until = draw(st.sampled_from([0, 1_199_999, 1_200_000])), draw(days)
            return declared(fen, f"{fen} {until} {told}", until, told)


def one_of_few(*commands: AnyCommand) -> st.SearchStrategy[AnyCommand]:
    return st.sampled_from(commands)


actors = st.sampled_from(["", "visitor", "officer"])
outcomes = st.sampled_from(["approved", "rejected", "returned"])
visits = st.builds(
    visit,
    outcomes,
    actors,
    days,
    income=st.sampled_from([None, income(0), income(1_200_000)]),
    unmet=st.sampled_from([(), ("water",)]),
)
commands = st.one_of(
    one_of_few(register(), register("lifted_receiving"), register(elsewhere=frozenset({MOTHER}))),
    st.builds(record, st.one_of(facts(), st.just(ILL)), days),
    st.builds(withdraw, st.one_of(facts(), st.just(ILL)), days),
    visits,
    st.builds(dismiss, days),
    st.builds(applies, st.sampled_from(["first", "second"]), actors, days),
    st.builds(screens, st.sampled_from(["first", "second"]), actors, days),
    st.builds(county, outcomes, actors, days),
    one_of_few(delivered(7), delivered(8)),
    st.builds(morning, days),
)
histories = st.sampled_from([(), REGISTERED, WITH_CLUE, WITH_CASE, ENROLLED, HELPED, LEAVING, EXITED])


@law
@for_all(histories, st.lists(commands, max_size=8))
def test_nothing_that_is_asked_twice_happens_twice(history: tuple[Event, ...], asked: list[AnyCommand]) -> None:
    repeating_adds_no_fact(given(*history), asked, refusals=(CommandRefused,))


@law
@for_all(histories, st.lists(commands, max_size=8))
def test_replay_ends_where_the_steps_ended(history: tuple[Event, ...], asked: list[AnyCommand]) -> None:
    replay_ends_where_the_steps_ended(given(*history), asked, EVENTS)


@law
@for_all(any_event(EVENTS))
def test_every_event_comes_back_from_the_log_as_it_was(event: Event) -> None:
    assert [event] == through_the_log([event], EVENTS)


@law
@for_all(histories, st.lists(commands, max_size=8))
def test_everything_that_happens_passes_the_door_out(history: tuple[Event, ...], asked: list[AnyCommand]) -> None:
    story = given(*history).when(*asked)
    for event in (*story.history, *story.happened):
        to_message(recorded(event, HOUSEHOLD))


@st.composite
def tellings(draw: st.DrawFn) -> tuple[list[AnyCommand], list[AnyCommand]]:
    """The same facts and withdrawals once in one order, and once in another with repetitions."""
    said = draw(st.lists(facts(), max_size=6, unique_by=lambda one: one.id))
    taken_back = draw(st.lists(st.sampled_from(said), unique_by=lambda one: one.id)) if said else []
    once: list[AnyCommand] = [*map(record, said), *map(withdraw, taken_back)]
    repeated = draw(st.lists(st.sampled_from(once), max_size=4)) if once else []
    return once, draw(st.permutations([*once, *repeated]))


def sources(household: Household) -> frozenset[Series]:
    return household.stage.sources if isinstance(household.stage, ClueOpen) else frozenset()


def told(history: tuple[Event, ...], *asked: AnyCommand) -> Household:
    state = given(*history).when(*asked).state
    assert isinstance(state, Household)
    return state


@law
@for_all(tellings())
def test_any_order_and_repetition_of_facts_leaves_a_household_in_the_same_need(both: tuple[list[AnyCommand], list[AnyCommand]]) -> None:
    one, other = told(REGISTERED, *both[0]), told(REGISTERED, *both[1])
    assert one.standing() == other.standing()
    assert evaluate(one, TODAY, PILOT) == evaluate(other, TODAY, PILOT)
    # clues differ by the fact that raised them; whether one is open does not
    assert type(one.stage) is type(other.stage)
    assert sources(one) == sources(other)
    assert replace(one, stage=Outside()) == replace(other, stage=Outside())


UNSAFE = record(fact("unsafe", TODAY + timedelta(days=1), signal="house", present=True))
ENOUGH = record(declared(1_200_000, "enough", TODAY, TODAY - timedelta(days=9)))


@law
@example(([UNSAFE, ENOUGH], [ENOUGH, UNSAFE]))
@for_all(tellings())
def test_any_order_and_repetition_of_facts_leaves_an_enrolled_household_as_it_is(both: tuple[list[AnyCommand], list[AnyCommand]]) -> None:
    """But what was known when an exit was proposed, which goes by the message that led to it."""
    one, other = (told(HELPED, *commands) for commands in both)
    assert isinstance(one.stage, Enrolled)
    assert isinstance(other.stage, Enrolled)
    assert replace(one.stage, known=frozenset()) == replace(other.stage, known=frozenset())
    assert replace(one, stage=Outside()) == replace(other, stage=Outside())
