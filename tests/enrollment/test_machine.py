"""Random histories of a few households under both packs: every message is told, and nothing that is promised of anybody breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pipeline.decider import Event
from schemas.clock import DayStarted
from schemas.message import Message
from services.enrollment import packs
from services.enrollment.domain.clocks.deadlines import wanted
from services.enrollment.domain.events import AnyEvent, CommandRefused
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.refusal import fitting
from services.enrollment.refusals import text_of
from services.enrollment.translate import to_message
from tests.enrollment import sayings
from tests.enrollment.book import FATHER, MOTHER, SON, WANG, WIFE, ZHANG, Book, registers, taken_back
from tests.enrollment.life import Life
from tests.enrollment.told import one_person, two_persons
from tests.enrollment.zhang import TODAY
from tests.laws import through_the_log
from tests.messages import recorded

# Who does each step where all goes well.
DOERS: Final = {"record-verification": "visitor:li", "decide-at-township": "town:sun", "decide-at-county": "officer:zhou"}


class County(RuleBasedStateMachine):
    """Two households, their neighbours to be, and the days; messages arrive one by one, days never go back."""

    pack = "example-pilot"

    def __init__(self) -> None:
        super().__init__()
        self.policies = packs.load_all(self.pack)
        self.book, self.today = Book(policies=self.policies), TODAY
        self.lives: dict[UUID, Life] = defaultdict(lambda: Life(self.policies))

    def tell(self, message: Message, *, by: str = "department", household: UUID | None = None) -> list[tuple[UUID, Event]]:
        happened = self.book.tell(message, on=self.today, actor=by, subject=household)
        for stream, event in happened:
            self.lives[stream].follow(event, self.today)
            to_message(recorded(event, stream, on=self.today))
            if isinstance(event, CommandRefused):
                assert text_of(event.reason_code)
        return happened

    def ask(self, act: sayings.Act, household: UUID) -> None:
        """Every command is answered, if only by a refusal."""
        assert self.tell(act.message(), by=act.by, household=household), f"{act} was not answered"

    @initialize(zhang=st.booleans())
    def open(self, zhang: bool) -> None:  # noqa: FBT001
        if zhang:
            self.tell(registers(ZHANG, FATHER, MOTHER, SON))
        self.tell(registers(WANG, WIFE))

    @rule(fact=sayings.facts)
    def a_fact(self, fact: sayings.Fact) -> None:
        self.tell(fact.message(self.today))

    @rule(number=st.integers(1, 30))
    def a_fact_is_taken_back(self, number: int) -> None:
        self.tell(taken_back(number))

    @rule(days=st.sampled_from([1, 1, 2, 3, 6, 20, 200]))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        self.tell(DayStarted(date=self.today), by="clock")
        for household, state in self.households():
            assert all(due >= self.today for due in state.deadlines.values()), f"a deadline of {household} was lost"

    @rule(home=sayings.homes, members=sayings.people, village=st.sampled_from(sayings.VILLAGES))
    def a_household_registers(self, home: UUID, members: list[UUID], village: str) -> None:
        self.tell(sayings.register(home, members, village), by="clerk")

    @rule(someone=sayings.person, risks=st.lists(st.sampled_from(sayings.RISKS), min_size=1, max_size=7), by=sayings.actor)
    def somebody_applies(self, someone: UUID, risks: list[str], by: str) -> None:
        assert self.tell(sayings.applies(someone, risks, self.book.told), by=by)

    @rule(keep=sayings.person, duplicate=sayings.person, parted=st.booleans(), by=sayings.actor)
    def the_county_merges_or_parts_two(self, keep: UUID, duplicate: UUID, parted: bool, by: str) -> None:  # noqa: FBT001
        self.tell(two_persons(keep, duplicate) if parted else one_person(keep, duplicate), by=by)

    @rule(home=sayings.homes, act=sayings.acts)
    def anybody_asks_anything(self, home: UUID, act: sayings.Act) -> None:
        self.ask(act, home)

    @rule(home=sayings.homes, visit=sayings.visits)
    def a_visit(self, home: UUID, visit: sayings.Visit) -> None:
        """No two say the same."""
        anew = visit._replace(number=visit.number * 1000 + self.book.told)
        assert self.tell(anew.message(self.today), by=visit.by, household=home), f"{visit} was not answered"

    @rule(home=sayings.homes, steps=st.integers(1, 8), number=sayings.number)
    def all_goes_well(self, home: UUID, steps: int, number: int) -> None:
        """What the procedure waits for, by who may do it; otherwise nobody would ever come to the end of either way."""
        for step in range(number, number + steps):
            state = self.book.state(home)
            fits = fitting(state, self._policy(state)) if isinstance(state, Household) else ()
            match fits[:1]:
                case ("record-verification",):
                    self.a_visit(home, sayings.Visit("approved", DOERS["record-verification"], step, 0 if state.episode % 2 else 300_000))
                case ("propose-exit",):
                    self._gets_well(home, step)
                case (name,):
                    self._waits(name)
                    self.ask(sayings.Act(name, "approved", DOERS.get(name, "clerk"), step), home)
                case _:
                    self.tell(sayings.Fact("illness", FATHER if home == ZHANG else WIFE, WIFE, True, step, 0).message(self.today))  # noqa: FBT003

    def _gets_well(self, home: UUID, number: int) -> None:
        """A measure helps, the next visit finds enough to live on, and half a year goes by."""
        self.a_measure_reaches_a_household(home, number)
        self.a_visit(home, sayings.Visit("approved", "visitor:li", number, 4_000_000))
        if self.lives[home].proposed:
            return
        self.days_pass(200)
        self.ask(sayings.Act("propose-exit", "approved", "town:gao", number), home)

    def _waits(self, name: str) -> None:
        if name == "close-notice":
            self.days_pass(6)

    @rule(home=sayings.homes, number=sayings.number)
    def a_measure_reaches_a_household(self, home: UUID, number: int) -> None:
        self.tell(sayings.delivered(home, number), by="assistance")

    @rule(pack=st.sampled_from([None, None, "example-pilot", "example-national-2021"]), yuan=st.sampled_from([6_000, 9_000]),
          days=st.sampled_from([-1, 0, 1, 10]))  # fmt: skip
    def the_county_publishes(self, pack: str | None, yuan: int, days: int) -> None:
        self.tell(sayings.publishes(pack, yuan, self.today + timedelta(days=days)), by="officer:zhou")

    def households(self) -> list[tuple[UUID, Household]]:
        states = [(stream, self.book.state(stream)) for stream in list(self.book.streams)]
        return [(stream, state) for stream, state in states if isinstance(state, Household)]

    def _policy(self, state: Household) -> Any:  # noqa: ANN401 - a policy
        outside = isinstance(state.stage, Outside | ClueOpen)
        return self.policies.packs[self.pack if outside or not state.pack else state.pack]

    @invariant()
    def every_household_is_where_its_events_say(self) -> None:
        for household, state in self.households():
            life, stage = self.lives[household], state.stage
            assert state.episode == life.episode
            assert (stage.clue if isinstance(stage, ClueOpen) else None) == life.clue
            assert (stage.case if isinstance(stage, CaseOpen | Enrolled) else None) == life.case
            assert isinstance(stage, Enrolled) == (life.since is not None)
            assert (stage.risks if isinstance(stage, Enrolled) else frozenset()) == life.risks
            assert (state.appeal is not None) == life.appealed

    @invariant()
    def no_deadline_is_lost_or_doubled(self) -> None:
        for household, state in self.households():
            told = self.lives[household].deadlines
            running = state.running
            assert {kind for kind, at in told.items() if at == "runs"} == running.due.keys()
            assert {kind for kind, at in told.items() if at == "paused"} == running.paused.keys()
            assert self.lives[household].escalated == running.escalated.keys()
            if isinstance(state.stage, CaseOpen | Enrolled):
                started = {kind for kind, at in told.items() if at in {"runs", "paused", "late"}}
                assert wanted(state, self.policies.packs[state.pack]) <= started

    @invariant()
    def nobody_lives_in_two_households(self) -> None:
        there = [person for _, state in self.households() for person in state.members]
        assert len(there) == len(set(there))

    def teardown(self) -> None:
        """What was stored is read back as it was."""
        events: Sequence[Event] = [event for _, event in self.book.log]
        assert events == through_the_log(events, AnyEvent.__args__)


class National(County):
    pack = "example-national-2021"


@pytest.mark.parametrize("county", [County, National])
def test_whatever_is_said_nothing_that_is_promised_breaks(county: type[County]) -> None:
    examples = max(10, settings.default.max_examples // 10)
    usual = settings(max_examples=examples, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(county, settings=usual)
