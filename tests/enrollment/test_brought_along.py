"""What a change brings to a case or an enrolment that crosses here, and nobody has seen, is looked at when that ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import pytest

from schemas.assistance import MeasureDelivered
from schemas.enrollment import DecideAtCounty, DismissClue, Void
from schemas.facts import WaterTested
from services.enrollment.domain import events as did
from services.enrollment.domain.discovery.discovery_events import ClueJoined
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from tests.enrollment.book import FATHER, MOTHER, SON, STRANGER, WANG, WIFE, ZHANG, Book, kinds, registers, taken_back
from tests.enrollment.told import NEXT_VILLAGE, bill, decided, died, earns, home, married, moved, one_person, stage, two_persons, visited
from tests.enrollment.zhang import TODAY

VISIT, CHANGE, DECISION = (TODAY + timedelta(days=days) for days in (5, 8, 10))
MORE_FOR_ONE_THAN_FOR_THE_OTHER: Final = 1_000_000


def lifted(book: Book) -> None:
    """The Zhangs, for whom a bill of 5,000 yuan is much; for the Wangs it takes 20,000."""
    book.tell(registers(ZHANG, FATHER, MOTHER, SON).model_copy(update={"category": "lifted_receiving"}))
    book.tell(registers(WANG, STRANGER, WIFE))


def neighbourhood() -> Book:
    book = home()
    book.tell(registers(WANG, STRANGER, WIFE))
    return book


def rejected(book: Book, on: date = DECISION) -> list[tuple[UUID, str]]:
    return kinds(book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=ZHANG, actor="officer", on=on))


def test_a_bill_that_was_none_where_it_was_told_is_seen_where_its_patient_marries() -> None:
    book = Book()
    lifted(book)
    book.tell(bill(FATHER), bill(WIFE, MORE_FOR_ONE_THAN_FOR_THE_OTHER))
    visited(book, on=VISIT)
    assert kinds(book.tell(married(SON, WIFE, on=CHANGE), on=CHANGE))[-1] == (ZHANG, "case-joined")
    rejected(book)
    assert stage(book, ZHANG) is ClueOpen


def test_a_visit_after_the_wedding_has_seen_it() -> None:
    book = Book()
    lifted(book)
    book.tell(bill(FATHER), bill(WIFE, MORE_FOR_ONE_THAN_FOR_THE_OTHER))
    visited(book, on=VISIT)
    book.tell(married(SON, WIFE, on=VISIT), on=VISIT)
    visited(book, on=CHANGE)
    rejected(book)
    assert stage(book, ZHANG) is Outside


def test_what_a_village_drinks_is_seen_where_somebody_moves_there_with_a_case() -> None:
    book = home()
    book.tell(registers(WANG, WIFE, village=NEXT_VILLAGE))
    book.tell(WaterTested(valid_on=TODAY, village_code=NEXT_VILLAGE, safe=False))
    book.tell(bill(FATHER))
    visited(book, on=VISIT)
    book.tell(moved(NEXT_VILLAGE, on=CHANGE), on=CHANGE)
    rejected(book)
    assert stage(book, ZHANG) is ClueOpen
    book.tell(earns(100, on=DECISION), on=DECISION)
    assert stage(book, ZHANG) is ClueOpen


def test_who_is_not_dead_is_seen_with_what_spoke_for_him() -> None:
    book = home()
    book.tell(bill(MOTHER), bill(SON))
    visited(book)
    death = book.told + 1
    book.tell(died(SON, on=TODAY), on=TODAY + timedelta(days=1))
    visited(book, on=VISIT)
    book.tell(taken_back(death), on=CHANGE)
    rejected(book)
    clue = [event for _, event in book.log if isinstance(event, did.ClueRaised | ClueJoined)]
    assert "person-died" in {event.fact.name for event in clue}
    assert stage(book, ZHANG) is ClueOpen


@pytest.fixture
def enrolled() -> Book:
    """And somebody with an open clue of his own beside it."""
    book = neighbourhood()
    book.tell(bill(FATHER), bill(WIFE), on=TODAY)
    visited(book, on=VISIT)
    decided(book, on=VISIT)
    return book


def voided(book: Book) -> None:
    book.tell(Void(reason="隐瞒车辆"), subject=ZHANG, actor="officer", on=DECISION)


def test_who_was_enrolled_by_mistake_takes_nobody_down_with_him_whom_nobody_visited(enrolled: Book) -> None:
    enrolled.tell(married(SON, WIFE, on=CHANGE), on=CHANGE)
    voided(enrolled)
    assert stage(enrolled, ZHANG) is ClueOpen


def test_so_it_is_where_the_visit_of_the_case_was_before_she_came() -> None:
    book = neighbourhood()
    book.tell(bill(FATHER), bill(WIFE))
    visited(book, on=VISIT)
    book.tell(married(SON, WIFE, on=CHANGE), on=CHANGE)
    book.tell(earns(300_000, until=CHANGE, on=CHANGE), on=CHANGE)
    decided(book, on=CHANGE)
    assert stage(book, ZHANG) is Enrolled
    voided(book)
    assert stage(book, ZHANG) is ClueOpen


def test_a_visit_of_the_enrolled_has_seen_her(enrolled: Book) -> None:
    enrolled.tell(married(SON, WIFE, on=VISIT), on=VISIT + timedelta(days=1))
    visited(enrolled, on=CHANGE)
    voided(enrolled)
    assert stage(enrolled, ZHANG) is Outside


def test_who_is_taken_in_after_an_exit_was_proposed_is_looked_at_when_the_household_is_out(enrolled: Book) -> None:
    enrolled.tell(MeasureDelivered(household_id=ZHANG, measure_id=UUID(int=7), on=VISIT, episode=1), on=VISIT)
    enrolled.tell(DismissClue(reason="走访核实无困难"), subject=WANG, on=VISIT, actor="visitor")
    enrolled.tell(taken_back(3), on=VISIT)
    enrolled.tell(earns(9_000_000, until=VISIT, on=VISIT), on=VISIT)
    stands = enrolled.household(ZHANG).stage
    assert isinstance(stands, Enrolled)
    assert stands.exit_proposed
    enrolled.tell(one_person(MOTHER, WIFE), on=CHANGE, actor="officer")
    decided(enrolled, on=DECISION)
    assert stage(enrolled, ZHANG) is ClueOpen


def test_who_came_with_nothing_that_crosses_raises_nothing() -> None:
    book = neighbourhood()
    book.tell(bill(FATHER))
    visited(book, on=VISIT)
    assert (ZHANG, "case-joined") not in kinds(book.tell(married(SON, WIFE, on=CHANGE), on=CHANGE))
    assert stage(book, ZHANG) is CaseOpen
    rejected(book)
    assert stage(book, ZHANG) is Outside


def test_what_a_visit_saw_stays_seen_though_an_earlier_one_is_told_after_it() -> None:
    book = home()
    book.tell(bill(FATHER))
    visited(book)
    book.tell(bill(MOTHER, on=VISIT - timedelta(days=1)), on=VISIT - timedelta(days=1))
    visited(book, on=VISIT)
    visited(book, on=VISIT - timedelta(days=2))
    rejected(book)
    assert stage(book, ZHANG) is Outside


def test_who_is_another_person_after_all_is_seen_where_he_comes_back_to() -> None:
    book = neighbourhood()
    book.tell(one_person(SON, WIFE), actor="officer")
    book.tell(bill(WIFE), bill(STRANGER))
    visited(book, household=WANG, on=VISIT)
    book.tell(two_persons(SON, WIFE), on=CHANGE, actor="officer")
    assert isinstance(book.household(WANG).stage, CaseOpen)
    book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=WANG, actor="officer", on=DECISION)
    assert stage(book, WANG) is ClueOpen
