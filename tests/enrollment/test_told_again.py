"""A birth or a death that is told again, corrected or taken back: the report that was told last says the day."""

from __future__ import annotations

from datetime import date

from services.enrollment.domain.household.stays import Ended
from services.enrollment.domain.members import change_events as changed
from tests.enrollment.book import CHILD, FATHER, MOTHER, SON, ZHANG, kinds, taken_back
from tests.enrollment.told import LATER, born, died, home, message_fact

THIRD = date(2021, 2, 3)


def test_the_report_that_was_told_last_says_the_day_of_a_death() -> None:
    book = home()
    book.tell(died(SON))
    happened = book.tell(died(SON, THIRD), on=LATER)
    assert happened[1:] == [
        (ZHANG, changed.MembershipRedated(person=SON, reason="died", on=THIRD, instead_of=LATER, fact=message_fact(3)))
    ]  # fmt: skip
    assert (3, 2) == (book.household(ZHANG).size_on(date(2021, 2, 2)), book.household(ZHANG).size_on(THIRD))


def test_an_older_report_that_comes_late_says_no_other_day_of_a_death() -> None:
    book = home()
    book.tell(died(SON, THIRD), on=LATER)
    assert kinds(book.tell(died(SON))) == [(ZHANG, "fact-recorded")]
    assert 3 == book.household(ZHANG).size_on(LATER)


def test_an_older_report_says_nothing_against_two_younger_ones_that_agree() -> None:
    book = home()
    book.tell(died(SON))
    book.tell(died(SON), on=date(2021, 1, 7))
    assert kinds(book.tell(died(SON, THIRD), on=date(2021, 1, 6))) == [(ZHANG, "fact-recorded")]


def test_who_is_reported_dead_twice_lives_when_both_are_taken_back() -> None:
    book = home()
    book.tell(died(SON), died(SON))
    assert kinds(book.tell(taken_back(2))) == [(ZHANG, "fact-withdrawn"), (ZHANG, "membership-redated")]
    assert SON not in book.household(ZHANG).members
    assert kinds(book.tell(taken_back(3))) == [(ZHANG, "fact-withdrawn"), (ZHANG, "members-joined")]
    assert SON in book.household(ZHANG).members


def test_the_first_day_of_a_death_is_right_when_the_second_is_taken_back() -> None:
    book = home()
    book.tell(died(SON))
    book.tell(died(SON, THIRD), on=LATER)
    book.tell(taken_back(3))
    assert 2 == book.household(ZHANG).size_on(LATER)


def test_a_household_ends_on_the_day_on_which_its_last_member_died_after_all() -> None:
    book = home(FATHER)
    book.tell(died(FATHER))
    book.tell(died(FATHER, THIRD), on=LATER)
    assert Ended("died", THIRD) == book.household(ZHANG).ended


def test_a_household_ends_with_the_last_death_whichever_is_told_first() -> None:
    book = home(FATHER, MOTHER)
    book.tell(died(FATHER, THIRD), died(MOTHER))
    assert Ended("died", THIRD) == book.household(ZHANG).ended


def test_the_report_that_was_told_last_says_the_day_of_a_birth() -> None:
    book = home()
    book.tell(born())
    happened = book.tell(born(on=THIRD), on=LATER)
    assert kinds(happened) == [(ZHANG, "fact-recorded"), (ZHANG, "membership-redated")]
    assert (3, 4) == (book.household(ZHANG).size_on(LATER), book.household(ZHANG).size_on(THIRD))


def test_a_birth_that_somebody_else_reports_too_is_one_still_when_the_first_is_taken_back() -> None:
    book = home()
    book.tell(born(), born(mother=None, father=FATHER))
    book.tell(taken_back(2))
    assert CHILD in book.household(ZHANG).members
    book.tell(taken_back(3))
    assert CHILD not in book.household(ZHANG).members
