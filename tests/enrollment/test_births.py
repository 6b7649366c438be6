"""The newborn: whose household they belong to, from their birth on, and what waited for them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.enrollment.domain import events as did
from services.enrollment.domain.household.stages import ClueOpen, Outside
from services.enrollment.domain.members import change_events as changed
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
    registers,
    taken_back,
)
from tests.enrollment.told import (
    LATER,
    bill,
    born,
    code_of,
    died,
    home,
    married,
    neighbours,
    new_home,
    split,
    stage,
)


def test_a_death_that_waited_for_the_birth_holds_for_what_comes_behind_it_in_the_batch() -> None:
    book = home()
    happened = book.tell(died(CHILD), born(), married(FATHER, CHILD))
    assert "person.died" == code_of(happened)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_a_child_that_waited_for_its_mother_is_born_when_she_did_not_die(together: bool) -> None:  # noqa: FBT001
    book = home()
    messages = [died(MOTHER), born(), taken_back(2)]
    for batch in [messages] if together else [[one] for one in messages]:
        book.tell(*batch)
    assert frozenset({FATHER, MOTHER, SON, CHILD}) == book.household(ZHANG).members


@pytest.mark.parametrize(("mother", "father"), [(MOTHER, None), (None, FATHER), (MOTHER, STRANGER), (STRANGER, FATHER), (MOTHER, FATHER)])
def test_a_child_is_a_member_of_its_parents_household_from_its_birth(mother: UUID | None, father: UUID | None) -> None:
    book = home()
    assert kinds(book.tell(born(mother=mother, father=father))) == [(ZHANG, "fact-recorded"), (ZHANG, "members-joined")]
    assert (3, 4) == (book.household(ZHANG).size_on(date(2021, 1, 31)), book.household(ZHANG).size_on(LATER))


def test_where_the_parents_live_apart_a_child_is_with_its_mother() -> None:
    book = neighbours()
    book.tell(born(mother=WIFE, father=FATHER))
    assert CHILD in book.household(WANG).members


def test_a_child_cannot_work() -> None:
    book = home(FATHER)
    book.tell(born(mother=None, father=FATHER))
    assert [None, "none"] != [stay.labour_capacity for stay in book.household(ZHANG).stays]
    assert book.household(ZHANG).stays[-1].labour_capacity == "none"


def test_a_birth_to_strangers_waits_until_one_of_them_is_registered() -> None:
    book = Book()
    assert kinds(book.tell(born())) == [(MOTHER, "fact-unmatched")]
    book.tell(registers(ZHANG, FATHER, MOTHER))
    assert frozenset({FATHER, MOTHER, CHILD}) == book.household(ZHANG).members


def test_a_child_that_was_registered_elsewhere_meanwhile_stays_there() -> None:
    book = Book()
    book.tell(born())
    book.tell(registers(WANG, WIFE, CHILD))
    book.tell(registers(ZHANG, FATHER, MOTHER))
    assert (frozenset({FATHER, MOTHER}), frozenset({WIFE, CHILD})) == (book.household(ZHANG).members, book.household(WANG).members)


def test_what_waited_for_a_child_counts_from_its_birth() -> None:
    book = home()
    book.tell(bill(CHILD))
    book.tell(born())
    assert stage(book, ZHANG) is ClueOpen


def test_what_waited_for_a_child_is_taken_back_in_the_batch_of_its_birth() -> None:
    book = home()
    book.tell(bill(CHILD))
    book.tell(born(), taken_back(2))
    assert stage(book, ZHANG) is Outside


def test_a_birth_that_was_not_so_is_undone() -> None:
    book = home()
    book.tell(born())
    happened = book.tell(taken_back(2))
    assert [kind for _, kind in kinds(happened)] == ["fact-withdrawn", "members-left"]
    assert isinstance(happened[-1][1], changed.MembersLeft)
    assert happened[-1][1].on == LATER
    assert 3 == book.household(ZHANG).size_on(LATER)


def test_who_was_not_born_there_is_registered_elsewhere_right_behind_the_withdrawal() -> None:
    book = home()
    book.tell(born())
    book.tell(taken_back(2), registers(WANG, WIFE, CHILD))
    assert frozenset({WIFE, CHILD}) == book.household(WANG).members


def test_whose_birth_was_taken_back_and_is_told_anew_is_a_member() -> None:
    book = home()
    book.tell(born())
    book.tell(taken_back(2))
    book.tell(born())
    assert CHILD in book.household(ZHANG).members


def test_a_birth_is_not_undone_of_a_child_that_moved_on() -> None:
    book = neighbours()
    book.tell(born(), split(CHILD), taken_back(3), split(FATHER))
    assert "change.not-reversible" in {event.reason_code for _, event in book.log if isinstance(event, did.CommandRefused)}
    assert frozenset({CHILD}) == book.household(new_home(4)).members
