"""Three entries for one person, joined one after the other and parted in any order: what was wrong leaves no trace."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.decider import Event
from schemas.clock import DayStarted
from schemas.enrollment import PersonsMerged, PersonsUnmerged
from schemas.message import Message
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_file import CareFile
from tests.assistance.cared import AFTER_NEXT, ANNA, BEN, ELSEWHERE, FILE, FULLY, MONDAY, NEXT, OPENED, PARTLY, PERSON, planned
from tests.assistance.helped import HOUSEHOLD
from tests.assistance.two_persons import KEPT, Two, kinds, visited
from tests.laws import law

THIRD: Final = UUID(int=651)
HOMES: Final = {PERSON: HOUSEHOLD, KEPT: ELSEWHERE, THIRD: UUID(int=102)}


def merged(duplicate: UUID, keep: UUID, on: date = NEXT) -> PersonsMerged:
    return PersonsMerged(keep_person_id=keep, duplicate_person_id=duplicate, on=on, reason="decided", household_id=HOMES[keep])


def parted(duplicate: UUID, keep: UUID, on: date = AFTER_NEXT) -> PersonsUnmerged:
    return PersonsUnmerged(keep_person_id=keep, duplicate_person_id=duplicate, on=on, household_id=HOMES[duplicate])


def three(*begun: tuple[Event, ...]) -> Two:
    people = Two(persons=(PERSON, KEPT, THIRD))
    for person, history in zip(people.persons, begun, strict=True):
        people.begin(person, [replace(event, household=HOMES[person]) for event in history if isinstance(event, did.CareEvent)])
    return people


def file(people: Two, person: UUID) -> CareFile:
    care = people.file(person)
    assert care is not None
    return care


def joined(people: Two) -> Two:
    people.tell(merged(PERSON, KEPT), NEXT)
    people.tell(merged(KEPT, THIRD), NEXT)
    assert {THIRD} == people.open_files()
    return people


def test_a_chain_that_is_parted_at_its_beginning_leaves_the_file_with_whose_it_was() -> None:
    people = joined(three(PARTLY, (), ()))
    assert "file-taken-over" in kinds(people.tell(parted(PERSON, KEPT), AFTER_NEXT))
    assert {PERSON} == people.open_files()
    assert (HOUSEHOLD, [planned(ANNA, BEN)]) == (file(people, PERSON).household, list(file(people, PERSON).plans))


def test_a_chain_that_is_parted_at_its_end_leaves_the_file_with_whoever_is_kept() -> None:
    people = joined(three(PARTLY, (), ()))
    people.tell(parted(KEPT, THIRD), AFTER_NEXT)
    assert {KEPT} == people.open_files()
    people.tell(parted(PERSON, KEPT), AFTER_NEXT)
    assert {PERSON} == people.open_files()


def test_the_file_without_a_plan_goes_on_where_the_one_that_covered_it_was_another_persons() -> None:
    own = (replace(FILE, category="other"),)
    people = joined(three(PARTLY, own, ()))
    people.tell(parted(PERSON, KEPT), AFTER_NEXT)
    assert {PERSON, THIRD} == people.open_files()
    assert ("other", (), {}) == (file(people, THIRD).category, file(people, THIRD).plans, file(people, THIRD).weeks)
    people.tell(parted(KEPT, THIRD), AFTER_NEXT)
    assert {PERSON, KEPT} == people.open_files()
    assert ("other", ELSEWHERE) == (file(people, KEPT).category, file(people, KEPT).household)


def test_an_end_that_was_decided_before_the_merge_is_that_of_the_file_again() -> None:
    over = did.CareEnded(person=KEPT, household=ELSEWHERE, on=date(2021, 1, 6), reason="decided", reason_sha256="why")
    people = joined(three(PARTLY, (FILE, over), ()))
    before = three(PARTLY, (FILE, over), ())
    people.tell(parted(KEPT, THIRD), AFTER_NEXT)
    people.tell(parted(PERSON, KEPT), AFTER_NEXT)
    assert before.file(KEPT) == people.file(KEPT)


def test_a_file_that_was_closed_on_the_way_goes_back_from_there() -> None:
    """The third one keeps her own; that of the first lies closed with the second."""
    people = joined(three(PARTLY, (), FULLY))
    people.tell(parted(PERSON, KEPT), AFTER_NEXT)
    assert {PERSON, THIRD} == people.open_files()
    people.tell(parted(KEPT, THIRD), AFTER_NEXT)
    assert {PERSON, THIRD} == people.open_files()


def test_two_who_were_joined_to_the_same_one_each_get_their_own() -> None:
    people = three(OPENED, PARTLY, ())
    people.tell(merged(PERSON, THIRD), NEXT)
    people.tell(merged(KEPT, THIRD), NEXT)
    people.tell(parted(PERSON, THIRD), AFTER_NEXT)
    assert {PERSON, THIRD} == people.open_files()
    assert [MONDAY] == [plan.counts_from for plan in file(people, THIRD).plans]
    people.tell(parted(KEPT, THIRD), AFTER_NEXT)
    assert {PERSON, KEPT} == people.open_files()


def test_a_merge_that_is_read_after_the_next_one_hands_the_file_to_whoever_is_kept() -> None:
    people = three(PARTLY, (), ())
    people.tell(merged(KEPT, THIRD), NEXT)
    people.tell(merged(PERSON, KEPT), NEXT)
    assert {THIRD} == people.open_files()
    people.tell(parted(KEPT, THIRD), AFTER_NEXT)
    assert {KEPT} == people.open_files()


BEGUN: Final = [
    (PARTLY, (), ()),
    (PARTLY, OPENED, ()),
    (PARTLY, OPENED, OPENED),
    (PARTLY, (), OPENED),
    ((), PARTLY, OPENED),
    (OPENED, PARTLY, ()),
]
LINKS: Final = [(PERSON, KEPT), (KEPT, THIRD)]
LAST: Final = MONDAY + timedelta(weeks=6)


def order(data: st.DataObject) -> list[Message]:
    """Each is told before it is taken back; between, they come in any order."""
    told: list[Message] = []
    waiting: list[list[Message]] = [[merged(*link), parted(*link)] for link in data.draw(st.permutations(LINKS))]
    while waiting:
        chosen = data.draw(st.sampled_from(waiting))
        told.append(chosen.pop(0))
        waiting = [one for one in waiting if one]
    return told


def run(people: Two, said: list[tuple[Any, int]], owner: UUID) -> Two:
    """Each with its day; a visit is told in the name of whoever has the file. A day has begun before persons are joined or parted on it."""
    for what, number in said:
        on = MONDAY + timedelta(days=number)
        if isinstance(what, PersonsMerged | PersonsUnmerged):
            people.tell(DayStarted(date=on), on)
        if isinstance(what, int):
            holder = next((one for one in (owner, *people.persons) if one in people.open_files() and file(people, one).plans), owner)
            people.tell(visited(what, on - timedelta(days=what % 3), holder), on)
        elif isinstance(what, DayStarted):
            people.tell(DayStarted(date=on), on)
        else:
            people.tell(replaced(what, on), on)
    people.tell(DayStarted(date=LAST), LAST)
    return people


def begins(what: Any) -> Any:  # noqa: ANN401 - a message or the number of a visit
    """Where nobody is joined the day begins nevertheless."""
    return DayStarted(date=MONDAY) if isinstance(what, PersonsMerged | PersonsUnmerged) else what


def replaced(message: Any, on: date) -> Any:  # noqa: ANN401 - either of two
    return message.model_copy(update={"on": on})


@law
@for_all(st.sampled_from(BEGUN), st.lists(st.one_of(st.integers(0, 40), st.just(DayStarted(date=MONDAY))), max_size=16), st.data())
def test_what_was_joined_and_parted_again_is_as_if_it_had_never_been(
    begun: tuple[tuple[Event, ...], ...], said: list[Any], data: st.DataObject
) -> None:
    messages = order(data)
    places = sorted(data.draw(st.lists(st.integers(0, len(said)), min_size=len(messages), max_size=len(messages))))
    days = sorted(data.draw(st.lists(st.integers(0, 39), min_size=len(said) + len(messages), max_size=len(said) + len(messages))))
    joining = [[one for one, place in zip(messages, places, strict=True) if place == number] for number in range(len(said) + 1)]
    mixed = chain.from_iterable([*joining[number], *said[number : number + 1]] for number in range(len(said) + 1))
    dated = list(zip(mixed, days, strict=True))
    owner = next(person for person, history in zip((PERSON, KEPT, THIRD), begun, strict=True) if len(history) > 1)
    wrong = run(three(*begun), dated, owner)
    plain = run(three(*begun), [(begins(what), number) for what, number in dated], owner)
    had = plain.open_files()
    assert had == wrong.open_files()
    for person in had:
        assert counting(file(plain, person)) == counting(file(wrong, person))


def counting(care: CareFile) -> CareFile:
    """Without a plan no week counts, also not one in which the file was closed by an error."""
    return care if care.plans else replace(care, gaps=())


@pytest.mark.parametrize("begun", BEGUN)
def test_the_stories_of_the_law_have_one_plan(begun: tuple[tuple[Event, ...], ...]) -> None:
    assert 1 == sum(len(history) > 1 for history in begun)
