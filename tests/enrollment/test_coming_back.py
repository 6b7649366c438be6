"""Who left the county and is registered here again is known: by what was told before, and while he was away."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from schemas import facts as say
from schemas.enrollment import DismissClue
from schemas.message import Message
from services.enrollment.domain import events as did
from services.enrollment.domain.household.stages import ClueOpen, Enrolled, Outside
from services.enrollment.domain.members.change_events import FactsHandedOn
from tests.enrollment.arrivals import applies, enrolled
from tests.enrollment.book import FATHER, MOTHER, SON, WANG, WIFE, ZHANG, kinds, named, registers, taken_back
from tests.enrollment.told import LATER, NEXT_COUNTY, bill, home, married, neighbours, split, stage
from tests.enrollment.zhang import TODAY

NEW, AWAY, BACK, HEALED = UUID(int=300), date(2021, 2, 15), date(2021, 3, 1), 100


def goes(on: date = LATER, person: UUID = FATHER) -> say.HouseholdMoved:
    return say.HouseholdMoved(valid_on=on, person=named(person), to_village_code=NEXT_COUNTY)


def test_who_comes_back_is_known_by_what_was_told_before_he_left() -> None:
    book = home()
    book.tell(bill(SON))
    book.tell(goes(), on=LATER)
    happened = book.tell(registers(NEW, FATHER, MOTHER, SON), on=BACK)
    assert kinds(happened) == [
        (ZHANG, "facts-handed-on"),
        (NEW, "household-registered"), (NEW, "fact-recorded"), (NEW, "clue-raised"), (NEW, "deadline-started"),
    ]  # fmt: skip
    assert ["medical-expense-reported"] == [one.name for one in book.household(NEW).facts.values()]
    assert ["household-moved"] == [one.name for one in book.household(ZHANG).former.values()]


def test_what_was_told_while_he_was_away_counts_when_he_is_back() -> None:
    book = home()
    book.tell(goes(), on=LATER)
    assert [(ZHANG, "fact-doubted")] == kinds(book.tell(bill(SON, on=AWAY), on=AWAY))
    book.tell(registers(NEW, FATHER, MOTHER, SON), on=BACK)
    assert stage(book, NEW) is ClueOpen


def test_a_bill_that_was_corrected_while_he_was_away_is_no_clue() -> None:
    book = home()
    book.tell(bill(SON))
    book.tell(goes(), on=LATER)
    book.tell(bill(SON, HEALED, on=AWAY), on=AWAY)
    book.tell(registers(NEW, FATHER, MOTHER, SON), on=BACK)
    assert (Outside, 2) == (stage(book, NEW), len(book.household(NEW).facts))


@pytest.mark.parametrize("together", [True, False])
def test_what_came_back_with_him_is_taken_back_where_he_is(together: bool) -> None:  # noqa: FBT001
    book = home()
    messages: list[Message] = [bill(SON), goes(), registers(NEW, FATHER, MOTHER, SON), taken_back(2)]
    for batch in [messages] if together else [[one] for one in messages]:
        book.tell(*batch, on=LATER)
    assert Outside is stage(book, NEW)
    assert [ZHANG, NEW] == [stream for stream, event in book.log if isinstance(event, did.FactWithdrawn)]


def test_who_marries_into_a_household_on_his_return_brings_what_is_known_of_him() -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(goes(), on=LATER)
    happened = book.tell(married(WIFE, SON, on=BACK), on=BACK)
    assert kinds(happened)[:4] == [
        (ZHANG, "facts-handed-on"), (WANG, "fact-recorded"), (WANG, "members-joined"), (WANG, "fact-recorded"),
    ]  # fmt: skip
    assert stage(book, WANG) is ClueOpen


def test_each_of_two_who_left_different_households_brings_his_own() -> None:
    book = neighbours()
    book.tell(bill(SON), bill(WIFE), bill(FATHER))
    book.tell(goes(), goes(person=WIFE), on=LATER)
    book.tell(registers(NEW, SON, WIFE), on=BACK)
    assert {SON, WIFE} == {one.person for one in book.household(NEW).facts.values() if one.name == "medical-expense-reported"}
    assert FATHER in {one.person for one in book.household(ZHANG).former.values()}


def test_who_left_with_another_household_than_his_first_brings_what_went_along_with_him() -> None:
    book = home()
    book.tell(bill(SON))
    book.tell(split(SON, on=TODAY))
    book.tell(goes(person=SON), on=LATER)
    book.tell(registers(NEW, SON), on=BACK)
    assert stage(book, NEW) is ClueOpen


def test_the_house_that_they_left_is_not_the_one_that_they_come_to() -> None:
    book = home()
    book.tell(say.HouseGraded(valid_on=TODAY, household_id=ZHANG, grade="D"))
    book.tell(goes(), on=LATER)
    book.tell(registers(NEW, FATHER, MOTHER, SON), on=BACK)
    assert stage(book, NEW) is Outside


def test_who_moves_on_to_another_household_of_the_county_is_handed_on_once() -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(goes(), on=LATER)
    book.tell(registers(NEW, FATHER, SON), on=BACK)
    book.tell(married(WIFE, SON, on=BACK), on=BACK)
    assert 1 == sum(isinstance(event, FactsHandedOn) for _, event in book.log)
    assert stage(book, WANG) is ClueOpen


def test_a_registration_that_is_refused_leaves_everything_where_it_is() -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(goes(), on=LATER)
    assert ["command-refused"] == [kind for _, kind in kinds(book.tell(registers(NEW, SON, WIFE), on=BACK))]
    assert SON in {one.person for one in book.household(ZHANG).former.values()}


def test_who_was_registered_as_enrolled_is_judged_by_what_was_known_of_him_too() -> None:
    said = {"type": "immediate-assistance", "risks": ("housing",), "since": date(2020, 6, 1), "measures": ()}
    book = home()
    book.tell(bill(SON))
    book.tell(goes(), on=LATER)
    again = registers(NEW, FATHER, MOTHER, SON).model_dump() | {"opening": {"enrolled": said}}
    book.tell(type(registers(NEW, SON)).model_validate(again), on=BACK)
    enrolled = book.household(NEW).stage
    assert isinstance(enrolled, Enrolled)
    assert frozenset({"housing", "illness"}) == enrolled.risks


def test_what_somebody_asked_for_is_open_again_when_he_is_back() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    enrolled(book, WANG)
    book.tell(goes(person=WIFE), on=LATER)
    happened = book.tell(registers(NEW, WIFE), on=BACK)
    assert kinds(happened) == [
        (WANG, "facts-handed-on"), (NEW, "household-registered"), (NEW, "clue-raised"), (NEW, "deadline-started"),
    ]  # fmt: skip
    book.tell(bill(WIFE, HEALED, on=BACK), on=BACK)
    assert stage(book, NEW) is ClueOpen
    assert {"housing"} == book.household(NEW).claimed


def test_so_it_is_where_he_marries_into_a_household() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    book.tell(goes(person=WIFE), on=LATER)
    book.tell(married(FATHER, WIFE, on=BACK), on=BACK)
    assert (ClueOpen, {"housing"}) == (stage(book, ZHANG), book.household(ZHANG).claimed)


def test_what_was_turned_down_before_he_left_is_not() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    book.tell(DismissClue(reason="走访核实无困难"), subject=WANG)
    book.tell(goes(person=WIFE), on=LATER)
    book.tell(registers(NEW, WIFE), on=BACK)
    assert stage(book, NEW) is Outside
