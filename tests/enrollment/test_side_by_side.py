"""Packs run side by side: a household lives under the one of its case, else under the one of its village and day."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import date
from typing import TypeVar

import pytest
from msgspec.structs import replace

from services.enrollment.domain import DECIDER
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineDropped, DeadlineMet, DeadlineStarted
from services.enrollment.domain.commands import ChangeHousehold, Command, Handed
from services.enrollment.domain.household.state import State
from services.enrollment.domain.members.change import Form
from services.enrollment.domain.pack.lines import Assignment, Line, Published, in_force
from services.enrollment.domain.pack.policy import Deadline
from tests.enrollment import national
from tests.enrollment.zhang import (
    FATHER,
    HELPED,
    MEMBERS,
    MOTHER,
    PILOT,
    POLICIES,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    asked,
    fact,
    given,
    hospital,
    morning,
    record,
    register,
    visit,
)  # fmt: skip
from tests.specification import Specification

ONE_DAY = Deadline(days=1, unit="calendar-days", source="a test", verified=False)
OTHER = PILOT.model_copy(update={"name": "example-other", "deadlines": {**PILOT.deadlines, "county-decision": ONE_DAY}})
BOTH = changed(POLICIES, packs={**POLICIES.packs, "example-other": OTHER})


def assigned(area: str, first: date, pack: str = "example-other") -> Assignment:
    return Assignment(area, first, pack)


C = TypeVar("C", bound=Command)


def under(command: C, *published: Assignment) -> C:
    return replace(command, published=Published(assignments=published))


def pack_of(state: State, *published: Assignment, on: date = TODAY) -> str:
    return BOTH.of(under(morning(on), *published), state).name


@pytest.mark.parametrize("history", [REGISTERED, WITH_CLUE])
def test_a_household_without_a_case_follows_the_assignment_of_its_village(history: tuple[did.AnyEvent, ...]) -> None:
    state = given(*history).state
    assert "example-other" == pack_of(state, assigned("370323", TODAY))
    assert "example-pilot" == pack_of(state, assigned("370324", TODAY))


@pytest.mark.parametrize("history", [WITH_CASE, HELPED])
def test_a_case_keeps_the_pack_that_it_was_opened_under(history: tuple[did.AnyEvent, ...]) -> None:
    assert "example-pilot" == pack_of(given(*history).state, assigned("370323", TODAY))


def test_an_assignment_begins_on_its_day() -> None:
    state, published = given(*REGISTERED).state, assigned("370323", date(2021, 1, 6))
    assert "example-pilot" == pack_of(state, published, on=date(2021, 1, 5))
    assert "example-other" == pack_of(state, published, on=date(2021, 1, 6))


def test_the_longest_prefix_wins_over_a_later_day() -> None:
    published = (assigned("370323", TODAY, "example-pilot"), assigned("370323001", date(2020, 1, 1)))
    assert "example-other" == pack_of(given(*REGISTERED).state, *published)


def test_a_household_that_is_registered_follows_the_village_that_it_names() -> None:
    assert "example-other" == BOTH.of(under(register(), assigned("370323001", TODAY)), given().state).name


def test_a_case_says_the_pack_it_was_opened_under() -> None:
    story = Specification(DECIDER, BOTH).given(*WITH_CLUE).when(under(visit(), assigned("370323", TODAY)))
    (opened,) = [event for event in story.happened if isinstance(event, did.CaseOpened)]
    (started,) = [event for event in story.happened if isinstance(event, DeadlineStarted)]
    assert ("example-other", date(2021, 1, 6)) == (opened.pack, started.due)


beside_the_short_way = Specification(DECIDER, changed(national.POLICIES, packs={**national.POLICIES.packs, PILOT.name: PILOT})).given
NEXT_DAY, PILOT_PACK, NATIONAL_PACK = date(2021, 1, 6), "example-pilot", "example-national-2021"


def kinds_of(happened: tuple[did.Event, ...]) -> list[tuple[str, str]]:
    """What became of deadlines."""
    kinds = (DeadlineStarted, DeadlineMet, DeadlineBreached, DeadlineDropped)
    return [(type(event).__name__.removeprefix("Deadline"), event.kind) for event in happened if isinstance(event, kinds)]


def test_a_case_under_a_new_pack_starts_the_deadlines_that_its_clue_did_not_know() -> None:
    begun = under(national.authorise(NEXT_DAY), assigned("370323", NEXT_DAY, NATIONAL_PACK))
    happened = given(*WITH_CLUE).when(begun).happened
    assert [("Started", "compare"), ("Started", "whole-entry")] == kinds_of(happened)


def test_a_case_under_a_new_pack_ends_the_deadlines_that_the_pack_does_not_know() -> None:
    confirmed = under(visit(by="visitor:li", on=NEXT_DAY), assigned("370323", NEXT_DAY, PILOT_PACK))
    happened = beside_the_short_way(*national.WITH_CLUE).when(confirmed).happened
    assert [("Met", "verify"), ("Dropped", "whole-entry"), ("Started", "county-decision")] == kinds_of(happened)


def test_a_deadline_of_the_clue_that_is_late_already_does_not_start_again_with_the_case() -> None:
    late = national.given(*national.WITH_CLUE).when(morning(date(2021, 1, 8)))
    assert [("Breached", "verify")] == kinds_of(late.happened)
    assert [("Started", "compare")] == kinds_of(late.when(national.authorise(date(2021, 1, 8))).happened)


def test_what_was_late_in_an_earlier_clue_starts_with_the_case_of_the_next_one() -> None:
    late = beside_the_short_way(*national.WITH_CLUE).when(morning(date(2021, 1, 21)), national.withdraw(date(2021, 1, 21)))
    again = hospital(2_600_000, "again", "2022-01", date(2022, 1, 5))
    seen = late.when(under(record(again, date(2022, 1, 5)), assigned("370323", date(2022, 1, 5), PILOT_PACK)))
    opened = seen.when(national.authorise(date(2022, 1, 6)))
    assert {("Started", "compare"), ("Started", "whole-entry")} == set(kinds_of(opened.happened))


def test_of_two_assignments_of_one_area_the_later_begun_holds() -> None:
    earlier, later = assigned("370323", date(2021, 1, 4), "example-pilot"), assigned("370323", TODAY)
    state = given(*REGISTERED).state
    assert ["example-other"] * 2 == [pack_of(state, earlier, later), pack_of(state, later, earlier)]


def test_the_areas_in_which_a_line_of_some_pack_begins_on_a_day_are_known() -> None:
    first, second, later = date(2021, 1, 1), date(2021, 1, 2), date(2021, 1, 9)
    found = [POLICIES.areas_with_a_line_between(*days) for days in ((first, first), (second, later), (date(2020, 12, 30), later))]
    assert [frozenset({""}), frozenset(), frozenset({""})] == found


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_lines_of_one_area_the_later_begun_is_in_force(order: int) -> None:
    lines = [Line("", date(2020, 1, 1), 500_000), Line("", date(2021, 1, 1), 600_000)]
    assert 600_000 == in_force(lines[::order], "370323001001", TODAY).fen_per_person


def test_those_who_leave_are_a_household_under_the_pack_of_the_village_that_they_lived_in() -> None:
    handed = Handed(members=MEMBERS, village_code="370323001001")
    told = fact("split", name="household-split", series="household-split")
    formed = ChangeHousehold(**asked(), fact=told, change=Form(FATHER, MOTHER, FATHER), handed=handed)
    assert "example-other" == BOTH.of(under(formed, assigned("370323", TODAY)), given().state).name
