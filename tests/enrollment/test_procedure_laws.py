"""Promises of the procedure, whatever is asked in whatever order, on whatever days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.decider import Event
from services.enrollment import packs
from services.enrollment.domain import DECIDER
from services.enrollment.domain.case.procedure_events import CaseReopened
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineDropped,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
)
from services.enrollment.domain.clocks.deadlines import wanted
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.events import (
    AnyEvent,
    CaseOpened,
    CommandRefused,
    ExitProposed,
    HouseholdEnrolled,
    HouseholdExited,
    StepCompleted,
    StepReturned,
)
from services.enrollment.domain.household.state import Household
from tests.enrollment import national, test_four_eyes, test_leaving
from tests.enrollment.national import POLICIES, STAGES, given
from tests.enrollment.zhang import TODAY, declared, delivered, income, morning, record
from tests.laws import law, repeating_adds_no_fact, replay_ends_where_the_steps_ended
from tests.specification import Specification

NATIONAL: Final = POLICIES.packs["example-national-2021"]
# On the way out, too.
HISTORIES: Final = [*STAGES.values(), test_leaving.WAITED, test_leaving.LEAVING, test_leaving.NOTICED, test_leaving.AT_COUNTY]
REQUIRED: Final = {"authorisation", "verification", "comparison", "review", "notice", "township"}
days = st.sampled_from([TODAY + timedelta(days=number) for number in (0, 1, 3, 8, 9, 20, 200, 230)])
# Whoever has a role in the packs has it here under the name of somebody who has another one, too.
people = st.sampled_from(["clerk", "village:wu", "village:zhou", "villager:sun"])
visitors, towns = st.sampled_from(["visitor:li", "visitor:zhou", "clerk"]), st.sampled_from(["town:sun", "town:zhou", "town:li", "clerk"])
officers = st.sampled_from(["officer:zhou", "officer:sun", "officer:li", "officer:wang", "clerk"])
outcomes = st.sampled_from(["approved", "approved", "rejected", "returned"])
asked: Final[st.SearchStrategy[AnyCommand]] = st.one_of(
    st.builds(national.authorise, days, people),
    st.builds(national.visit, outcomes, visitors, days, income=st.sampled_from([income(0), income(1_200_000)])),
    st.builds(national.compare, outcomes, days, people),
    st.builds(national.review, outcomes, days, st.sampled_from(["one", "two"]), people),
    st.builds(national.post, days, people),
    st.builds(national.take_down, days, people),
    st.builds(national.disagree, days, people),
    st.builds(national.township, outcomes, days, towns),
    st.builds(national.county, outcomes, days, officers),
    st.builds(national.rescue, days, people),
    st.builds(national.withdraw, days, people),
    st.builds(national.propose, days, towns, st.sampled_from(["help", "natural"])),
    st.builds(national.appeal, days, people),
    st.builds(national.answer, outcomes, days, officers),
    st.builds(national.void, days, officers),
    st.builds(morning, days),
    st.builds(lambda fen, day: record(declared(fen, f"{fen} {day}", day, day), day), st.sampled_from([100, 1_200_000]), days),
    st.just(delivered()),
)
stories = st.tuples(st.sampled_from(HISTORIES), st.lists(asked, max_size=10))
# Where it matters who decides: at the end of both ways, the same few people.
ENDS: Final = [national.NOTICED, national.AT_COUNTY, test_leaving.NOTICED, test_leaving.AT_COUNTY]
approved = st.just("approved")


def decided(day: date) -> st.SearchStrategy[AnyCommand]:
    return st.one_of(
        st.builds(national.visit, approved, st.sampled_from(["visitor:li", "visitor:sun", "visitor:zhou"]), st.just(day)),
        st.builds(national.township, approved, st.just(day), st.sampled_from(["town:sun", "town:li", "town:zhou"])),
        st.builds(national.county, approved, st.just(day), st.sampled_from(["officer:zhou", "officer:li", "officer:sun"]), type=st.none()),
    )


endings = st.tuples(st.sampled_from(ENDS), st.lists(decided(test_leaving.LATER), min_size=1, max_size=4))
# The same under the other pack, up to the end of its notice; its way out is the county's word alone.
PILOT: Final = Specification(DECIDER, packs.load_all("example-pilot")).given
TO_THE_NOTICE: Final = test_four_eyes.under("example-pilot", *test_four_eyes.TO_THE_NOTICE)
pilot_endings = st.tuples(
    st.just((*TO_THE_NOTICE.history, *TO_THE_NOTICE.happened)), st.lists(decided(national.JANUARY[14]), min_size=1, max_size=4)
)
Story = tuple[tuple[Event, ...], Sequence[AnyCommand]]


def lived(story: Story, begin: Callable[..., Specification[Any, Any, Any]] = given) -> tuple[Specification[Any, Any, Any], list[Event]]:
    """The household at the end, and everything that happened to it."""
    history, commands = story
    walked, happened = begin(*history), list(history)
    for command in commands:
        walked = walked.when(command)
        happened += walked.happened
    return walked, happened


def done_before(happened: Sequence[Event], decision: int) -> dict[str, str]:
    """Which steps of the case stood when the county decided, and who did them."""
    done: dict[str, str] = {}
    for event in happened[:decision]:
        match event:
            case StepCompleted(step=step, by=by):
                done[step] = by
            case StepReturned(step="exit") | HouseholdEnrolled():
                done = {}
            case ExitProposed(by=by):
                done = {"proposal": by}
            case StepReturned(undone=undone) | CaseReopened(undone=undone):
                done = {step: by for step, by in done.items() if step not in undone}
            case CaseOpened():
                done = {}
            case _:
                pass
    return done


@law
@for_all(stories)
def test_nobody_is_enrolled_without_every_required_step(story: Story) -> None:
    _, happened = lived(story)
    for number, event in enumerate(happened):
        if isinstance(event, HouseholdEnrolled):
            assert done_before(happened, number).keys() >= REQUIRED


@law
@for_all(st.one_of(endings, stories))
def test_nobody_who_visited_proposed_or_decided_at_the_township_decides_at_the_county(story: Story) -> None:
    four_eyes_were_kept(lived(story)[1])


@law
@for_all(pilot_endings)
def test_nor_does_he_under_the_pack_of_the_pilot(story: Story) -> None:
    four_eyes_were_kept(lived(story, PILOT)[1])


def four_eyes_were_kept(happened: Sequence[Event]) -> None:
    for number, event in enumerate(happened):
        if isinstance(event, HouseholdEnrolled | HouseholdExited):
            before = {step: by.split(":")[-1] for step, by in done_before(happened, number).items() if by}
            assert event.by.split(":")[-1] not in {before.get(step) for step in ("verification", "township", "proposal")}
            assert before.get("township") not in {before.get("verification"), before.get("proposal")}


@law
@for_all(stories)
def test_every_deadline_that_started_is_met_breached_dropped_paused_or_open(story: Story) -> None:
    walked, happened = lived(story)
    standing: dict[str, str] = {}
    for event in happened:
        match event:
            case DeadlineStarted(kind=kind) | DeadlineResumed(kind=kind):
                standing[kind] = "open"
            case DeadlinePaused(kind=kind):
                assert standing[kind] == "open"
                standing[kind] = "paused"
            case DeadlineMet(kind=kind) | DeadlineBreached(kind=kind) | DeadlineDropped(kind=kind):
                assert standing.pop(kind) in {"open", "paused"}
            case _:
                pass
    state = walked.state
    assert isinstance(state, Household)
    running = state.running
    assert {kind for kind, at in standing.items() if at == "open"} == running.due.keys()
    assert {kind for kind, at in standing.items() if at == "paused"} == running.paused.keys()
    assert running.due.keys() | running.paused.keys() <= wanted(state, NATIONAL)


@law
@for_all(stories)
def test_what_is_wanted_runs_stands_still_or_was_breached(story: Story) -> None:
    walked, happened = lived(story)
    state = walked.state
    assert isinstance(state, Household)
    breached = {event.kind for event in happened if isinstance(event, DeadlineBreached)}
    assert wanted(state, NATIONAL) <= {*state.running.due, *state.running.paused, *breached}


@law
@for_all(stories)
def test_a_replay_gives_the_same_deadlines(story: Story) -> None:
    replay_ends_where_the_steps_ended(given(*story[0]), story[1], AnyEvent.__args__)


@law
@for_all(stories)
def test_nothing_that_is_asked_twice_happens_twice(story: Story) -> None:
    repeating_adds_no_fact(given(*story[0]), story[1], refusals=(CommandRefused,))


@law
@for_all(st.sampled_from(HISTORIES), st.integers(1, 60))
def test_days_told_one_by_one_or_at_once_are_the_same(history: tuple[Event, ...], number: int) -> None:
    story, each = given(*history), list[Event]()
    for day in range(number + 1):
        story = story.when(morning(TODAY + timedelta(days=day)))
        each += story.happened
    at_once = given(*history).when(morning(TODAY + timedelta(days=number))).happened
    assert sorted(map(repr, each)) == sorted(map(repr, at_once))
