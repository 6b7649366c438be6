"""Promises about every order of everything that can be asked about somebody in care."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.decider import Event
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_commands import AnyCareCommand, Candidate, RecordCareVisit
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.events import AnyEvent, CommandRefused
from services.assistance.translate import to_message
from tests.assistance.cared import (
    ANNA,
    BEN,
    CLARA,
    ELSEWHERE,
    FULLY,
    MONDAY,
    PARTLY,
    absence,
    day,
    end,
    leave,
    open_file,
    resume,
    set_plan,
    visit,
)
from tests.assistance.helped import HOUSEHOLD, given
from tests.laws import law, repeating_adds_no_fact, replay_ends_where_the_steps_ended
from tests.messages import recorded

EVENTS = AnyEvent.__args__
LAST = MONDAY + timedelta(weeks=8)
days = st.integers(-3, 55).map(lambda number: MONDAY + timedelta(days=number))
visited = st.integers(0, 55).map(lambda number: MONDAY + timedelta(days=number))
numbers = st.integers(0, 30)
tasks = st.lists(st.sampled_from(["laundry", "bathing", "cooking"]), max_size=3)
carers = st.sampled_from([ANNA, BEN, CLARA])
visits = st.builds(lambda number, on, done: visit(number, on, *done, on=LAST), numbers, visited, tasks)
plans = st.builds(
    lambda group, dependency, from_day, on: set_plan(*group, dependency=dependency, from_day=from_day, on=on),
    st.lists(carers, max_size=3, unique=True),
    st.sampled_from(["partial", "full"]),
    st.none() | days,
    days,
)
commands = st.one_of(
    st.builds(lambda on: open_file(on=on), days),
    plans,
    visits,
    st.builds(lambda first, more, who: absence(first, first + timedelta(days=more), Candidate(who), BEN), days, st.integers(0, 9), carers),
    st.builds(end, days),
    st.builds(lambda left, to: leave(left, to=to), days, st.sampled_from([None, ELSEWHERE, HOUSEHOLD])),
    st.builds(resume, days, st.sampled_from([ELSEWHERE, HOUSEHOLD])),
    st.builds(day, days),
)


@law
@for_all(st.lists(commands, max_size=15))
def test_nothing_that_is_asked_twice_happens_twice(asked: list[AnyCareCommand]) -> None:
    repeating_adds_no_fact(given(*PARTLY), asked, refusals=(CommandRefused,))


@law
@for_all(st.lists(commands, max_size=15))
def test_replay_ends_where_the_steps_ended(asked: list[AnyCareCommand]) -> None:
    replay_ends_where_the_steps_ended(given(), [open_file(), *asked], EVENTS)


@law
@for_all(st.lists(commands, max_size=15))
def test_everything_that_happens_passes_the_door_out(asked: list[AnyCareCommand]) -> None:
    for event in happened(PARTLY, asked):
        assert to_message(recorded(event, HOUSEHOLD)) is not None


@law
@for_all(st.lists(commands, max_size=20))
def test_each_week_is_judged_once_and_in_order(asked: list[AnyCareCommand]) -> None:
    """Missed once more is only what was taken back."""
    judged, taken_back = list[date](), set[date]()
    for event in happened(PARTLY, asked):
        match event:
            case did.CareQuotaMissed(week=week) if week in taken_back:
                taken_back.remove(week)
            case did.CareQuotaMet(week=week) | did.CareQuotaMissed(week=week):
                judged.append(week)
            case did.CareQuotaCorrected(week=week):
                taken_back.add(week)
            case _:
                pass
    assert sorted(set(judged)) == judged
    assert all(week.weekday() == 0 for week in judged)


@law
@for_all(st.lists(visits, max_size=25, unique_by=lambda one: one.visit), st.data(), st.sampled_from([PARTLY, FULLY]))
def test_any_order_of_visits_days_and_duplicates_ends_the_same(
    made: list[RecordCareVisit], data: st.DataObject, begun: tuple[Event, ...]
) -> None:
    """Whether a week was met at once or corrected later, in the end the same weeks are missed."""
    mondays: list[AnyCareCommand] = [day(MONDAY + timedelta(weeks=number)) for number in range(1, 9)]
    twice = data.draw(st.lists(st.sampled_from(made), max_size=5)) if made else []
    shuffled = data.draw(st.permutations([*made, *twice, *mondays]))
    plain, other = outcome(begun, [*made, *mondays]), outcome(begun, [*shuffled, mondays[-1]])
    assert weeks(plain) == weeks(other)
    assert (plain.judged, plain.plans) == (other.judged, other.plans)
    assert missed_weeks(made, fully=begun == FULLY) == {week for week, kept in other.weeks.items() if kept.missed}


def weeks(care: CareFile) -> dict[date, tuple[object, bool]]:
    return {week: (kept.visits, kept.missed) for week, kept in care.weeks.items()}


def missed_weeks(made: list[RecordCareVisit], *, fully: bool) -> set[date]:
    """Counted by hand: seven days, or three visits."""
    missed = set[date]()
    for number in range(8):
        monday = MONDAY + timedelta(weeks=number)
        there = [one.visited for one in made if monday <= one.visited < monday + timedelta(weeks=1)]
        if (len(set(there)) < 7) if fully else (len(there) < 3):
            missed.add(monday)
    return missed


def outcome(begun: tuple[Event, ...], asked: list[AnyCareCommand]) -> CareFile:
    """Days that are told late change nothing that was judged."""
    state = given(*begun).when(*asked).state
    assert state.care is not None
    return state.care


def happened(begun: tuple[Event, ...], asked: list[AnyCareCommand]) -> list[Event]:
    story = given(*begun).when(*asked)
    return [*story.history[len(begun) :], *story.happened]
