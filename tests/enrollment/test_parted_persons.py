"""Two who were merged by mistake are two again, each with what was said of him."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from pipeline.decider import Event
from schemas import facts as say
from schemas.enrollment import DismissClue
from services.enrollment.domain import events as did
from services.enrollment.domain.household.stages import ClueOpen, Outside
from tests.enrollment.book import (
    CHILD,
    FATHER,
    MOTHER,
    SON,
    STRANGER,
    WANG,
    WIFE,
    ZHANG,
    Book,
    kinds,
    named,
    registers,
    taken_back,
)
from tests.enrollment.told import (
    LATER,
    NEXT_COUNTY,
    bill,
    code_of,
    corrected,
    died,
    home,
    married,
    neighbours,
    one_person,
    persons_of_facts,
    stage,
    two_persons,
)
from tests.enrollment.zhang import TODAY


def what_is_known(book: Book, *households: UUID) -> list[object]:
    """All but what is history only."""
    homes = [book.household(household) for household in households]
    return [(home.members, {fact.id: fact for fact in home.facts.values()}, home.standing(), type(home.stage)) for home in homes]


def test_parted_in_the_same_household_everything_is_as_before() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(bill(WIFE))
    book.tell(bill(SON, 100), on=date(2021, 1, 6))
    before = what_is_known(book, ZHANG)
    book.tell(one_person(SON, WIFE), on=LATER)
    book.tell(two_persons(SON, WIFE), on=date(2021, 3, 1))
    assert before == what_is_known(book, ZHANG)
    assert [4, 4, 4] == [book.household(ZHANG).size_on(day) for day in (TODAY, LATER, date(2021, 3, 1))]


def test_parted_in_two_households_everything_is_as_before() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD))
    before = what_is_known(book, WANG)
    book.tell(one_person(SON, CHILD), on=LATER)
    happened = book.tell(two_persons(SON, CHILD), on=date(2021, 3, 1))
    assert before == what_is_known(book, WANG)
    assert ([], Outside) == (persons_of_facts(book, ZHANG), stage(book, ZHANG))
    assert (ZHANG, "clue-closed") in kinds(happened)


def test_a_household_that_ended_with_the_duplicate_is_there_again() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE), on=LATER)
    book.tell(two_persons(SON, WIFE), on=date(2021, 3, 1))
    wang = book.household(WANG)
    assert (None, [1, 1, 1]) == (wang.ended, [wang.size_on(day) for day in (TODAY, LATER, date(2021, 3, 1))])


@pytest.mark.parametrize("duplicate", [WIFE, STRANGER])
def test_what_was_told_meanwhile_is_known_of_whom_the_department_named(duplicate: UUID) -> None:
    book = neighbours()
    book.tell(one_person(SON, duplicate))
    book.tell(bill(duplicate), bill(SON, 300))
    book.tell(two_persons(SON, duplicate))
    assert [300] == [fact.amount_fen for fact in book.household(ZHANG).facts.values()]
    if duplicate == WIFE:
        assert [WIFE] == persons_of_facts(book, WANG)
    else:
        book.tell(registers(UUID(int=300), STRANGER))
        assert [STRANGER] == persons_of_facts(book, UUID(int=300))


@pytest.mark.parametrize("together", [True, False])
def test_two_whom_nobody_registered_are_parted_with_what_waits_for_each(together: bool) -> None:  # noqa: FBT001
    book = Book()
    messages = [
        bill(STRANGER),
        one_person(WIFE, STRANGER),
        bill(STRANGER, 7),
        bill(WIFE, 8),
        two_persons(WIFE, STRANGER),
        registers(WANG, STRANGER),
    ]
    for batch in [messages] if together else [[message] for message in messages]:
        book.tell(*batch)
    assert [(STRANGER, 2_500_000), (STRANGER, 7)] == [(fact.person, fact.amount_fen) for fact in book.household(WANG).facts.values()]
    book.tell(registers(ZHANG, WIFE))
    assert [(WIFE, 8)] == [(fact.person, fact.amount_fen) for fact in book.household(ZHANG).facts.values()]


def test_whoever_was_merged_into_him_before_goes_with_him() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD), one_person(WIFE, CHILD), one_person(SON, WIFE))
    assert [SON] == persons_of_facts(book, ZHANG)
    book.tell(two_persons(SON, WIFE))
    assert ([], [WIFE]) == (persons_of_facts(book, ZHANG), persons_of_facts(book, WANG))
    assert {stream for stream, _ in book.tell(bill(CHILD, 1))} == {WANG}


def test_the_two_may_be_named_the_other_way_round() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE), two_persons(WIFE, SON))
    assert frozenset({WIFE}) == book.household(WANG).members


def refusal_of(happened: list[tuple[UUID, Event]]) -> tuple[str, tuple[str, ...]]:
    (refusal,) = [event for _, event in happened if isinstance(event, did.CommandRefused)]
    return refusal.reason_code, refusal.fits


BLOCKED = ("person.merged-into-another", ("unmerge-persons",))


def test_whose_number_was_merged_by_mistake_hears_that_the_county_must_part_them() -> None:
    book = home()
    book.tell(one_person(SON, STRANGER))
    assert BLOCKED == refusal_of(book.tell(registers(WANG, WIFE, STRANGER)))
    book.tell(two_persons(SON, STRANGER))
    assert (WANG, "household-registered") in kinds(book.tell(registers(WANG, WIFE, STRANGER)))


def test_so_does_who_is_taken_for_somebody_dead_or_for_another_member() -> None:
    book = home()
    book.tell(one_person(SON, STRANGER), died(SON))
    assert BLOCKED == refusal_of(book.tell(registers(WANG, STRANGER)))
    other = Book()
    other.tell(one_person(WIFE, STRANGER))
    assert BLOCKED == refusal_of(other.tell(registers(WANG, WIFE, STRANGER)))


def test_whoever_is_in_another_household_by_his_own_number_hears_that() -> None:
    book = home()
    book.tell(one_person(SON, STRANGER))
    assert ("person.in-another-household", ()) == refusal_of(book.tell(registers(WANG, WIFE, SON)))


def test_what_was_never_merged_is_not_parted_and_parting_again_changes_nothing() -> None:
    book = neighbours()
    assert "persons.not-merged" == code_of(book.tell(two_persons(SON, WIFE)))
    book.tell(one_person(SON, WIFE), two_persons(SON, WIFE))
    assert [] == book.tell(two_persons(SON, WIFE))


@pytest.mark.parametrize("actor", ["", "officer:"])
def test_nobody_parts_without_a_name(actor: str) -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE))
    assert "actor.unnamed" == code_of(book.tell(two_persons(SON, WIFE), actor=actor))
    assert frozenset() == book.household(WANG).members


def test_who_had_moved_out_before_the_merge_does_not_come_back_by_a_parting() -> None:
    book = neighbours()
    book.tell(say.HouseholdMoved(valid_on=LATER, person=named(WIFE), to_village_code=NEXT_COUNTY))
    book.tell(one_person(SON, WIFE), two_persons(SON, WIFE))
    assert frozenset() == book.household(WANG).members


def test_what_goes_back_to_a_household_waits_for_nobody() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD), one_person(SON, CHILD))
    assert "fact-unmatched" not in [kind for _, kind in kinds(book.tell(two_persons(SON, CHILD)))]


def test_a_source_that_goes_with_the_parted_is_told_to_have_ended() -> None:
    book = neighbours(CHILD)
    book.tell(bill(MOTHER), bill(CHILD), one_person(SON, CHILD))
    assert (ZHANG, "clue-source-ended") in kinds(book.tell(two_persons(SON, CHILD)))


def test_the_source_of_the_one_stays_his_though_something_smaller_was_told_of_the_other() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(one_person(SON, WIFE), on=date(2021, 1, 6))
    book.tell(bill(WIFE, 100), on=date(2021, 1, 7))
    book.tell(bill(SON), on=date(2021, 1, 8))
    book.tell(two_persons(SON, WIFE), on=LATER)
    assert ClueOpen is stage(book, ZHANG)
    book.tell(bill(SON, 100), on=LATER)
    assert Outside is stage(book, ZHANG)


def test_what_was_looked_at_of_the_one_is_held_against_what_comes_of_him() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(one_person(SON, WIFE), on=date(2021, 1, 6))
    book.tell(bill(WIFE, 100), on=date(2021, 1, 7))
    book.tell(bill(SON), on=date(2021, 1, 8))
    book.tell(DismissClue(reason="走访核实无困难"), subject=ZHANG, on=date(2021, 1, 9))
    book.tell(two_persons(SON, WIFE), on=LATER)
    book.tell(bill(SON, 4_900_000), on=LATER)
    assert Outside is stage(book, ZHANG)
    book.tell(bill(SON, 5_000_000), on=LATER)
    assert ClueOpen is stage(book, ZHANG)


def test_parted_step_by_step_each_fact_is_with_whom_it_named() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD), one_person(WIFE, CHILD), one_person(SON, WIFE))
    book.tell(two_persons(SON, WIFE))
    book.tell(two_persons(WIFE, CHILD))
    assert [CHILD] == persons_of_facts(book, WANG)


def test_only_the_two_who_are_named_are_parted() -> None:
    book = neighbours(CHILD)
    book.tell(one_person(WIFE, CHILD), one_person(SON, WIFE), two_persons(CHILD, WIFE))
    assert (frozenset({CHILD}), frozenset({FATHER, MOTHER, SON})) == (book.household(WANG).members, book.household(ZHANG).members)


def test_two_are_not_parted_who_were_merged_with_others() -> None:
    book = neighbours(CHILD)
    book.tell(one_person(WIFE, CHILD))
    assert "persons.not-merged" == code_of(book.tell(two_persons(SON, CHILD)))


def test_merged_again_what_waits_waits_again() -> None:
    book = Book()
    for message in (bill(STRANGER), one_person(WIFE, STRANGER), two_persons(WIFE, STRANGER), one_person(WIFE, STRANGER)):
        book.tell(message)
    book.tell(registers(WANG, WIFE))
    assert [WIFE] == persons_of_facts(book, WANG)


def test_who_heads_it_no_more_after_the_parting_moves_to_his_wife_in_the_same_batch() -> None:
    book = neighbours()
    book.tell(one_person(SON, FATHER), two_persons(SON, FATHER), married(SON, WIFE))
    assert frozenset({SON, WIFE}) == book.household(WANG).members


def test_what_was_parted_is_taken_back_in_the_same_batch_too() -> None:
    book = home()
    book.tell(bill(STRANGER), corrected(SON, STRANGER), two_persons(SON, STRANGER), taken_back(2))
    assert STRANGER in {stream for stream, event in book.log if isinstance(event, did.FactWithdrawn)}
