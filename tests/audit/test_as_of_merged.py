"""What was told of two entries for one person counts in one household on every day, also where they were two after all."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from audit.as_of.household import household_as_of
from audit.as_of.knowledge import Known
from schemas.message import Message
from services.enrollment.domain.household.state import Household
from tests.audit.kept_book import KeptBook
from tests.audit.test_as_of import day
from tests.audit.test_as_of_corrected import NOON, home
from tests.enrollment.book import MOTHER, STRANGER, WANG, WIFE, ZHANG, registers, taken_back
from tests.enrollment.test_change_laws import vital
from tests.enrollment.told import bill, merged, one_person, two_persons
from tests.laws import law


def with_neighbours() -> KeptBook:
    """Her bill, message 3, was told where the Wangs live."""
    book = home()
    book.tell(registers(WANG, WIFE, STRANGER), on=day("01-05"))
    book.tell(bill(WIFE, on=day("01-08")), on=day("01-08"))
    return book


def homes(book: KeptBook, on: str) -> set[UUID]:
    """Of her bill, on the day, as far as is known at the end of the year."""
    return {
        household
        for household in (ZHANG, WANG)
        for one in household_as_of(book.kept[household], day(on), NOON)
        if one.what == "fact" and "medical" in one.value
    }


@pytest.mark.parametrize(("on", "expected"), [("01-31", {WANG}), ("02-01", {ZHANG})])
def test_what_was_told_of_a_duplicate_counts_for_who_is_kept_from_the_day_of_the_merge(on: str, expected: set[UUID]) -> None:
    book = with_neighbours()
    book.tell(one_person(MOTHER, WIFE), on=day("02-01"), actor="officer")
    assert expected == homes(book, on)


def test_what_is_to_come_with_a_household_counts_here_from_the_day_on_which_it_comes() -> None:
    """The two households are one from February on, as was told in January; meanwhile she turned out to be the mother."""
    book = with_neighbours()
    book.tell(merged(on=day("02-02")), on=day("01-13"))
    book.tell(one_person(MOTHER, WIFE), on=day("01-18"), actor="officer")
    assert [{WANG}, {ZHANG}] == [homes(book, on) for on in ("02-01", "02-02")]


@pytest.mark.parametrize("on", ["01-31", "02-01", "02-28", "03-01"])
def test_where_they_were_two_after_all_it_was_on_every_day_where_she_was_a_member(on: str) -> None:
    book = with_neighbours()
    book.tell(one_person(MOTHER, WIFE), on=day("02-01"), actor="officer")
    book.tell(two_persons(MOTHER, WIFE), on=day("03-01"), actor="officer")
    assert {WANG} == homes(book, on)


# A move into another household that is dated before the merge, and told after it, takes along what counted elsewhere until the merge.
told: st.SearchStrategy[Message] = st.one_of(
    st.sampled_from([one_person(MOTHER, WIFE), two_persons(MOTHER, WIFE)]),
    st.sampled_from([bill(MOTHER, on=day("01-08")), bill(WIFE, on=day("02-01"))]),
    vital,
    st.builds(taken_back, st.integers(3, 8)),
)


@law
@for_all(st.lists(told, max_size=8), st.dates(day("01-01"), day("04-30")))
def test_a_bill_stands_in_one_household_on_a_day(messages: list[Message], on: date) -> None:
    book = with_neighbours()
    for number, message in enumerate(messages, 1):
        book.tell(message, on=day("01-08") + timedelta(days=5 * number), actor="officer")
    states = [Known(told, NOON).on(on) for told in book.kept.values()]
    stands = Counter(fact.id for state in states if isinstance(state, Household) for fact in state.standing().values() if fact.period)
    assert set(stands.values()) <= {1}
