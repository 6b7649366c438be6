"""Marriages, divorces, moves, and who is the head."""

from __future__ import annotations

from datetime import date

from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.household.stages import ClueOpen, Outside
from services.enrollment.domain.household.state import Household
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
    named,
    registers,
    taken_back,
)
from tests.enrollment.told import (
    LATER,
    NEXT_COUNTY,
    NEXT_VILLAGE,
    bill,
    born,
    died,
    home,
    married,
    moved,
    neighbours,
    new_home,
    split,
    stage,
)
from tests.enrollment.zhang import TODAY, VILLAGE


def test_who_is_no_head_moves_to_the_head() -> None:
    book = neighbours()
    assert kinds(book.tell(married(WIFE, SON))) == [
        (ZHANG, "fact-recorded"),
        (ZHANG, "members-left"),
        (WANG, "fact-recorded"),
        (WANG, "members-joined"),
    ]
    assert (frozenset({FATHER, MOTHER}), frozenset({WIFE, SON})) == (book.household(ZHANG).members, book.household(WANG).members)


def test_of_two_heads_the_spouse_moves_to_the_person() -> None:
    book = neighbours()
    happened = book.tell(married(FATHER, WIFE))
    assert (WANG, changed.HouseholdEnded(reason="dissolved", on=LATER, into=ZHANG)) in happened
    assert frozenset({FATHER, MOTHER, SON, WIFE}) == book.household(ZHANG).members


def test_a_stranger_marries_into_the_household_with_what_waited_for_him() -> None:
    book = home()
    book.tell(bill(STRANGER))
    book.tell(married(STRANGER, SON))
    assert STRANGER in book.household(ZHANG).members
    assert stage(book, ZHANG) is ClueOpen


def test_what_waited_for_a_stranger_is_taken_back_in_the_batch_of_his_marriage() -> None:
    book = home()
    book.tell(bill(STRANGER))
    book.tell(married(STRANGER, SON), taken_back(2))
    assert stage(book, ZHANG) is Outside


def test_a_marriage_within_a_household_moves_nobody() -> None:
    book = home()
    assert kinds(book.tell(married(SON, MOTHER))) == [(ZHANG, "fact-recorded")]


def test_a_birth_that_waited_for_a_stranger_brings_no_child_who_lives_elsewhere_by_now() -> None:
    book = neighbours()
    book.tell(born(mother=STRANGER))
    book.tell(born(mother=WIFE))
    book.tell(married(FATHER, STRANGER))
    assert frozenset({WIFE, CHILD}) == book.household(WANG).members
    assert frozenset({FATHER, MOTHER, SON, STRANGER}) == book.household(ZHANG).members


def test_a_marriage_of_strangers_waits() -> None:
    assert kinds(Book().tell(married(STRANGER, WIFE))) == [(STRANGER, "fact-unmatched")]


def test_nobody_marries_the_dead() -> None:
    book = neighbours()
    book.tell(died(SON))
    assert [kind for _, kind in kinds(book.tell(married(WIFE, SON)))][-1] == "command-refused"
    assert frozenset({WIFE}) == book.household(WANG).members


def test_after_a_divorce_both_stay_until_a_split_says_otherwise() -> None:
    book = home()
    divorce = say.DivorceRegistered(valid_on=LATER, person=named(FATHER), spouse=named(MOTHER))
    assert kinds(book.tell(divorce)) == [(ZHANG, "fact-recorded")]
    assert frozenset({FATHER, MOTHER, SON}) == book.household(ZHANG).members


def test_a_move_inside_the_county_takes_the_household_to_the_water_of_its_new_village() -> None:
    book = home()
    book.tell(say.WaterTested(valid_on=TODAY, village_code=NEXT_VILLAGE, safe=False))
    assert [kind for _, kind in kinds(book.tell(moved(NEXT_VILLAGE)))] == [
        "fact-recorded", "household-moved", "fact-recorded", "clue-raised", "deadline-started",
    ]  # fmt: skip
    assert NEXT_VILLAGE == book.household(ZHANG).village_code


def test_water_of_the_village_left_behind_counts_no_more() -> None:
    book = home()
    book.tell(say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=False))
    happened = book.tell(moved(NEXT_VILLAGE, TODAY))
    assert [kind for _, kind in kinds(happened)] == ["fact-recorded", "household-moved", "deadline-dropped", "clue-closed"]
    assert ["household-changed"] == [event.reason for _, event in happened if isinstance(event, did.ClueClosed)]


def test_a_move_to_the_same_village_changes_nothing() -> None:
    assert kinds(home().tell(moved(VILLAGE))) == [(ZHANG, "fact-recorded")]


def test_a_move_told_of_somebody_who_is_dead_is_told_to_those_with_whom_he_lived() -> None:
    book = home()
    book.tell(died(FATHER, LATER))
    assert kinds(book.tell(moved(NEXT_VILLAGE, TODAY))) == [(ZHANG, "fact-recorded")]
    assert VILLAGE == book.household(ZHANG).village_code


def test_a_marriage_told_after_the_county_was_left_brings_nobody_back_before_that_day() -> None:
    book = neighbours()
    book.tell(moved(NEXT_COUNTY, LATER))
    assert kinds(book.tell(married(FATHER, WIFE, TODAY))) == [(WANG, "fact-recorded"), (WANG, "members-joined")]
    assert LATER == next(stay.since for stay in book.household(WANG).stays if stay.person == FATHER)


def test_a_move_out_of_the_county_is_the_end() -> None:
    book = home()
    happened = book.tell(moved(NEXT_COUNTY))
    assert happened[-1] == (ZHANG, changed.HouseholdEnded(reason="moved-out", on=LATER))
    assert (3, 0) == (book.household(ZHANG).size_on(TODAY), book.household(ZHANG).size_on(LATER))


def test_who_moved_out_may_come_back_into_another_household() -> None:
    book = home()
    book.tell(moved(NEXT_COUNTY))
    book.tell(registers(WANG, SON), on=date(2021, 6, 1))
    assert (0, 1) == (book.household(WANG).size_on(date(2021, 5, 31)), book.household(WANG).size_on(date(2021, 6, 1)))
    assert kinds(book.tell(bill(SON, on=TODAY)))[:2] == [(ZHANG, "fact-recorded"), (WANG, "fact-recorded")]


def test_a_household_that_is_back_is_registered_under_a_new_id() -> None:
    book = home()
    book.tell(moved(NEXT_COUNTY))
    assert kinds(book.tell(moved(VILLAGE))) == [(ZHANG, "fact-doubted"), (ZHANG, "command-refused")]
    book.tell(registers(WANG, FATHER, MOTHER, SON), on=date(2021, 6, 1))
    assert (0, 3) == (book.household(ZHANG).size_on(date(2021, 6, 1)), book.household(WANG).size_on(date(2021, 6, 1)))


def test_another_member_becomes_the_head() -> None:
    book = home()
    happened = book.tell(say.HeadChanged(valid_on=LATER, person=named(SON)))
    assert happened[-1] == (ZHANG, changed.HeadChanged(person=SON, on=LATER, before=(FATHER,)))
    assert ["member", "son", "head"] == [stay.relation for stay in book.household(ZHANG).stays]


def test_the_village_that_was_told_last_is_where_a_household_lives() -> None:
    book = home()
    book.tell(moved(NEXT_VILLAGE), on=date(2021, 1, 7))
    assert kinds(book.tell(moved(VILLAGE), on=date(2021, 1, 6))) == [(ZHANG, "fact-recorded")]
    assert NEXT_VILLAGE == book.household(ZHANG).village_code


def test_that_a_household_lives_where_it_lives_is_told_later_than_that_it_moved() -> None:
    book = home()
    book.tell(moved(VILLAGE), on=date(2021, 1, 7))
    book.tell(moved(NEXT_VILLAGE), on=date(2021, 1, 6))
    assert VILLAGE == book.household(ZHANG).village_code


def test_who_left_the_county_left_it_though_a_later_message_tells_of_a_move_within_it() -> None:
    book = home()
    book.tell(moved(NEXT_VILLAGE), on=date(2021, 1, 7))
    book.tell(moved(NEXT_COUNTY), on=date(2021, 1, 6))
    assert not book.household(ZHANG).members


def test_who_is_the_head_already_stays_it() -> None:
    assert kinds(home().tell(say.HeadChanged(valid_on=LATER, person=named(FATHER)))) == [(ZHANG, "fact-recorded")]


def test_changes_of_one_batch_follow_one_another() -> None:
    book = Book()
    book.tell(registers(ZHANG, FATHER, MOTHER, SON), split(SON), registers(WANG, WIFE), married(SON, WIFE), bill(WIFE, on=LATER))
    assert frozenset({SON, WIFE}) == book.household(new_home(2)).members
    assert stage(book, new_home(2)) is ClueOpen
    assert isinstance(book.state(WANG), Household)


def test_who_is_registered_again_is_a_member_no_earlier_than_he_left() -> None:
    """The registration is dated before the move out of the county that it follows."""
    book = home(FATHER)
    book.tell(moved(NEXT_COUNTY))
    book.tell(registers(WANG, FATHER))
    assert [LATER] == [stay.since for stay in book.household(WANG).stays]
