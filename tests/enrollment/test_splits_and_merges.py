"""Households that split and join, and what goes along."""

from __future__ import annotations

from uuid import UUID

import pytest

from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineStarted
from services.enrollment.domain.household.stages import ClueOpen, Outside
from tests.enrollment.book import (
    FATHER,
    MOTHER,
    SON,
    STRANGER,
    WANG,
    WIFE,
    ZHANG,
    kinds,
    taken_back,
)
from tests.enrollment.told import (
    LATER,
    bill,
    code_of,
    home,
    married,
    merged,
    neighbours,
    new_home,
    split,
    stage,
    visited,
)
from tests.enrollment.zhang import TODAY, VILLAGE


def test_those_who_leave_are_a_household_of_their_own_in_the_same_village() -> None:
    book = home()
    happened = book.tell(split(SON))
    new = new_home(2)
    assert kinds(happened) == [(ZHANG, "fact-recorded"), (ZHANG, "members-left"), (new, "household-registered"), (new, "fact-recorded")]
    formed = book.household(new)
    assert (frozenset({SON}), VILLAGE, 0, 1) == (formed.members, formed.village_code, formed.size_on(TODAY), formed.size_on(LATER))
    assert ["head"] == [stay.relation for stay in formed.stays]


def test_who_leaves_takes_what_is_known_of_him_and_the_clue_is_raised_where_he_is() -> None:
    book = home()
    book.tell(bill(SON))
    happened = [kind for _, kind in kinds(book.tell(split(SON, on=TODAY)))]
    assert happened == [
        "fact-recorded", "members-left", "deadline-dropped", "clue-closed",
        "household-registered", "fact-recorded", "fact-recorded", "clue-raised", "deadline-started",
    ]  # fmt: skip
    assert (Outside, ClueOpen) == (stage(book, ZHANG), stage(book, new_home(3)))


def test_an_open_case_and_its_deadline_stay_with_those_who_stay_and_the_others_get_a_clue() -> None:
    book = home()
    book.tell(bill(SON))
    visited(book)
    before = book.household(ZHANG)
    book.tell(split(SON, on=TODAY))
    after = book.household(ZHANG)
    assert (before.stage, before.deadlines) == (after.stage, after.deadlines)
    assert stage(book, new_home(4)) is ClueOpen


def test_water_of_the_village_is_known_of_both_after_a_split() -> None:
    book = home()
    book.tell(say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=False))
    book.tell(split(SON))
    assert stage(book, new_home(3)) is ClueOpen


@pytest.mark.parametrize(
    ("leaving", "code"),
    [((FATHER, MOTHER, SON), "split.nobody-stays"), ((SON, WIFE), "person.not-a-member"), ((STRANGER,), "person.not-a-member")],
)
def test_a_split_that_does_not_fit_is_refused(leaving: tuple[UUID, ...], code: str) -> None:
    book = neighbours()
    happened = book.tell(split(*leaving))
    assert kinds(happened) == [(ZHANG, "fact-recorded"), (ZHANG, "command-refused")]
    assert code == code_of(happened)
    assert frozenset({FATHER, MOTHER, SON}) == book.household(ZHANG).members


def test_a_fact_of_a_day_before_the_split_is_told_to_both_and_counts_where_the_person_is() -> None:
    book = home()
    book.tell(split(SON))
    new = new_home(2)
    assert [stream for stream, _ in book.tell(bill(SON, on=TODAY))][:2] == [ZHANG, new]
    assert (Outside, ClueOpen) == (stage(book, ZHANG), stage(book, new))


def test_a_fact_that_went_along_is_taken_back_everywhere() -> None:
    book = home()
    book.tell(bill(SON))
    book.tell(split(SON, on=TODAY))
    book.tell(taken_back(2))
    assert (Outside, Outside) == (stage(book, ZHANG), stage(book, new_home(3)))


def test_a_fact_that_went_along_is_taken_back_everywhere_in_the_same_batch_too() -> None:
    book = home()
    book.tell(bill(SON), split(SON, on=TODAY), taken_back(2))
    assert (Outside, Outside) == (stage(book, ZHANG), stage(book, new_home(3)))


def test_a_fact_that_stayed_behind_is_taken_back_where_it_is_and_nowhere_else() -> None:
    book = home()
    book.tell(bill(FATHER), split(SON, on=TODAY), taken_back(2))
    assert {ZHANG} == {stream for stream, event in book.log if isinstance(event, did.FactWithdrawn)}


def test_a_withdrawn_split_does_not_bring_anybody_back_and_says_so() -> None:
    book = home()
    book.tell(split(SON))
    happened = book.tell(taken_back(2))
    assert kinds(happened)[:2] == [(ZHANG, "fact-withdrawn"), (ZHANG, "command-refused")]
    assert frozenset({SON}) == book.household(new_home(2)).members


def test_a_split_withdrawn_before_it_came_changes_nothing() -> None:
    book = home()
    book.tell(taken_back(3))
    book.tell(split(SON))
    assert frozenset({FATHER, MOTHER, SON}) == book.household(ZHANG).members


def test_the_household_that_joins_ends_and_its_members_and_facts_come_in() -> None:
    book = neighbours()
    book.tell(bill(WIFE))
    happened = book.tell(merged(on=TODAY))
    assert [kind for stream, kind in kinds(happened) if stream == WANG] == [
        "deadline-dropped", "fact-recorded", "members-left", "clue-closed", "household-ended",
    ]  # fmt: skip
    assert [kind for stream, kind in kinds(happened) if stream == ZHANG] == [
        "fact-recorded", "members-joined", "fact-recorded", "clue-raised", "deadline-started",
    ]  # fmt: skip
    assert (frozenset({FATHER, MOTHER, SON, WIFE}), frozenset()) == (book.household(ZHANG).members, book.household(WANG).members)


def test_what_is_known_of_the_house_comes_along() -> None:
    book = neighbours()
    book.tell(say.HouseGraded(valid_on=TODAY, household_id=WANG, grade="D"))
    book.tell(merged(on=TODAY))
    assert stage(book, ZHANG) is ClueOpen


@pytest.mark.parametrize(("other", "code"), [(ZHANG, "household.not-another"), (UUID(int=900), "household.unknown")])
def test_a_merge_that_does_not_fit_is_refused(other: UUID, code: str) -> None:
    book = home()
    happened = book.tell(merged(other))
    assert kinds(happened) == [(ZHANG, "fact-recorded"), (ZHANG, "command-refused")]
    assert code == code_of(happened)


def test_split_and_merged_again_a_household_knows_everything_it_knew() -> None:
    book = home()
    book.tell(bill(SON))
    before = book.household(ZHANG)
    book.tell(split(SON, on=TODAY))
    book.tell(merged(new_home(3), on=TODAY))
    after = book.household(ZHANG)
    assert before.members == after.members
    assert before.facts.items() <= after.facts.items()
    assert stage(book, ZHANG) is ClueOpen


def test_a_split_of_a_household_with_a_case_is_looked_at_even_where_nothing_is_known_of_those_who_leave() -> None:
    book = home()
    book.tell(bill(FATHER))
    visited(book)
    *_, (stream, raised), (_, started) = book.tell(split(SON, on=TODAY))
    assert isinstance(raised, did.ClueRaised)
    assert (new_home(4), "other", "household-split") == (stream, raised.risk, raised.fact.name)
    assert isinstance(started, DeadlineStarted)


def test_who_comes_back_brings_nothing_that_the_household_knew_of_him_before() -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(married(SON, WIFE))
    assert kinds(book.tell(merged()))[-4:] == [
        (ZHANG, "fact-recorded"),
        (ZHANG, "members-joined"),
        (ZHANG, "clue-raised"),
        (ZHANG, "deadline-started"),
    ]
