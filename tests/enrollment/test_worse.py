"""What was looked at and led to nothing comes back when it has got worse, and not before."""

from __future__ import annotations

import pytest

from schemas import facts as say
from schemas.enrollment import DismissClue
from services.enrollment.domain import events as did
from services.enrollment.domain.discovery.discovery_events import ClueJoined
from services.enrollment.domain.household.stages import ClueOpen, Outside
from tests.enrollment.book import FATHER, SON, ZHANG, Book, kinds, named, taken_back
from tests.enrollment.told import bill, home, one_person, stage
from tests.enrollment.zhang import TODAY


def house(grade: str) -> say.HouseGraded:
    return say.HouseGraded.model_validate({"valid_on": TODAY, "household_id": ZHANG, "grade": grade})


def disabled(level: int) -> say.DisabilityCertified:
    return say.DisabilityCertified.model_validate(
        {"valid_on": TODAY, "person": named(FATHER), "category": 4, "level": level, "certificate_no": "37032319600101123441"}
    )


def turned_down(*said: say.Fact) -> Book:
    book = home()
    for one in said:
        book.tell(one)
    book.tell(DismissClue(reason="走访核实无困难"), subject=ZHANG)
    assert stage(book, ZHANG) is Outside
    return book


@pytest.mark.parametrize(
    ("looked_at", "worse"),
    [(bill(fen=2_500_000), bill(fen=5_000_000)), (house("C"), house("D")), (disabled(3), disabled(2)), (disabled(4), disabled(1))],
)
def test_what_has_got_much_worse_is_looked_at_again(looked_at: say.Fact, worse: say.Fact) -> None:
    book = turned_down(looked_at)
    happened = book.tell(worse)
    (raised,) = [event for _, event in happened if isinstance(event, did.ClueRaised)]
    assert raised.fact in book.household(ZHANG).standing().values()


@pytest.mark.parametrize(
    ("looked_at", "alike"),
    [(bill(fen=2_500_000), bill(fen=4_999_999)), (house("D"), house("C")), (house("D"), house("D")), (disabled(2), disabled(3))],
)
def test_what_has_not_is_looked_at_no_second_time(looked_at: say.Fact, alike: say.Fact) -> None:
    book = turned_down(looked_at)
    book.tell(alike)
    assert stage(book, ZHANG) is Outside


def test_a_bill_that_grows_month_by_month_is_held_against_what_was_looked_at() -> None:
    book = turned_down(bill(fen=2_500_000))
    for fen in (3_000_000, 4_000_000):
        book.tell(bill(fen=fen))
    assert stage(book, ZHANG) is Outside
    book.tell(bill(fen=5_200_000))
    assert stage(book, ZHANG) is ClueOpen
    book.tell(DismissClue(reason="走访核实无困难"), subject=ZHANG)
    book.tell(bill(fen=9_000_000))
    assert stage(book, ZHANG) is Outside
    book.tell(bill(fen=10_400_000))
    assert stage(book, ZHANG) is ClueOpen


def test_what_got_worse_joins_the_clue_that_is_open_and_is_corrected_there() -> None:
    book = turned_down(bill(fen=2_500_000))
    book.tell(house("C"))
    *_, (_, joined) = book.tell(bill(SON, 5_000_000))
    assert isinstance(joined, ClueJoined)
    book.tell(house("A"))
    assert stage(book, ZHANG) is ClueOpen
    book.tell(bill(SON, 100))
    assert stage(book, ZHANG) is Outside


def test_what_got_worse_and_joined_speaks_on_while_it_stays_so() -> None:
    book = turned_down(bill(fen=2_500_000))
    book.tell(house("D"))
    book.tell(bill(fen=5_000_000))
    assert [(ZHANG, "fact-recorded")] == kinds(book.tell(bill(fen=5_100_000)))


def test_a_correction_of_what_had_got_worse_closes_the_clue_that_it_had_raised() -> None:
    book = turned_down(bill(fen=2_500_000))
    book.tell(bill(fen=6_000_000))
    assert stage(book, ZHANG) is ClueOpen
    book.tell(bill(fen=2_600_000))
    assert stage(book, ZHANG) is Outside


def test_a_withdrawal_of_what_had_got_worse_closes_the_clue_that_it_had_raised() -> None:
    book = turned_down(house("C"))
    book.tell(house("D"))
    book.tell(taken_back(book.told))
    assert stage(book, ZHANG) is Outside


def test_what_had_got_worse_closes_no_clue_that_somebody_else_speaks_for() -> None:
    book = turned_down(bill(fen=2_500_000))
    book.tell(bill(fen=6_000_000))
    book.tell(house("D"))
    book.tell(bill(fen=2_600_000))
    assert stage(book, ZHANG) is ClueOpen


def test_what_was_repaired_and_is_unsafe_again_is_news_however_bad_it_was() -> None:
    book = turned_down(house("D"))
    book.tell(house("A"))
    book.tell(house("C"))
    assert stage(book, ZHANG) is ClueOpen
    book.tell(bill(fen=100))
    assert stage(book, ZHANG) is ClueOpen


def test_what_was_looked_at_is_held_against_what_comes_though_two_entries_were_one_person() -> None:
    book = turned_down(bill(SON, 2_500_000))
    book.tell(one_person(FATHER, SON))
    book.tell(bill(FATHER, 4_900_000))
    assert stage(book, ZHANG) is Outside
    book.tell(bill(FATHER, 5_000_000))
    assert stage(book, ZHANG) is ClueOpen
