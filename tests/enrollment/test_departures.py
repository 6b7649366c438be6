"""Who leaves a household: from which day on, with what of all that is known, and what of the household ends with him."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from pipeline.decider import Event
from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import CaseEnded
from services.enrollment.domain.commands import ChangeHousehold, Member
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.members.change import Leave
from services.enrollment.domain.members.change_events import HouseholdEnded, MembersJoined, MembersLeft
from tests.enrollment.book import CHILD, FATHER, MOTHER, SON, WANG, WIFE, ZHANG, Book, named, taken_back
from tests.enrollment.told import (
    LATER,
    NEXT_COUNTY,
    bill,
    born,
    decided,
    died,
    home,
    married,
    merged,
    message_fact,
    moved,
    neighbours,
    new_home,
    split,
    stage,
    visited,
)
from tests.enrollment.zhang import REGISTERED, TODAY, VILLAGE, asked, fact, given, refused

EARLIER = date(2021, 1, 20)
UNSAFE = say.HouseGraded(valid_on=TODAY, household_id=ZHANG, grade="D")


def departures(happened: list[tuple[UUID, Event]]) -> list[MembersLeft]:
    return [event for _, event in happened if isinstance(event, MembersLeft)]


def known(book: Book, household: UUID) -> set[str]:
    return {fact.series for fact in book.household(household).facts.values()}


def came_back() -> Book:
    """The son left on the first of February and was taken in again on the second."""
    book = neighbours()
    book.tell(split(SON))
    book.tell(merged(new_home(3), on=date(2021, 2, 2)))
    return book


def test_who_left_came_back_and_dies_leaves_once_more() -> None:
    book = came_back()
    (left,) = departures(book.tell(died(SON, date(2021, 3, 1))))
    assert [SON] == [member.person for member in left.members]
    stays = [(stay.since, stay.until, stay.left) for stay in book.household(ZHANG).stays if stay.person == SON]
    assert [(None, LATER, "split"), (date(2021, 2, 2), date(2021, 3, 1), "died")] == stays


def test_the_dead_take_nothing_along() -> None:
    book = home()
    book.tell(bill(SON))
    (left,) = departures(book.tell(died(SON)))
    gone = Member(person=SON, relation="son", labour_capacity="full")
    assert MembersLeft(members=(gone,), on=LATER, reason="died", fact=message_fact(3), category="never_registered") == left


def test_who_moves_to_another_household_before_he_came_leaves_on_the_day_on_which_he_came() -> None:
    book = home()
    book.tell(born())
    (left,) = departures(book.tell(split(CHILD, on=EARLIER)))
    assert LATER == left.on


def test_who_moves_to_another_household_after_he_came_leaves_on_the_day_of_the_fact() -> None:
    book = home()
    book.tell(born())
    (left,) = departures(book.tell(split(CHILD, on=date(2021, 2, 9))))
    assert date(2021, 2, 9) == left.on


def test_who_died_before_he_came_was_a_member_on_no_day() -> None:
    book = home()
    book.tell(born())
    (left,) = departures(book.tell(died(CHILD, EARLIER)))
    assert EARLIER == left.on
    assert [3, 3] == [book.household(ZHANG).size_on(day) for day in (EARLIER, LATER)]


def test_the_house_stays_with_those_who_stay() -> None:
    book = home()
    book.tell(UNSAFE)
    book.tell(split(SON))
    assert ({"house", "household-split"}, {"household-split"}) == (known(book, ZHANG), known(book, new_home(3)))


def test_the_house_goes_with_the_last_ones() -> None:
    book = neighbours()
    book.tell(say.HouseGraded(valid_on=TODAY, household_id=WANG, grade="A"))
    book.tell(merged())
    assert {"house", "household-merged"} == known(book, ZHANG)


def test_water_of_the_village_goes_with_those_who_stay_in_it_and_not_with_a_marriage() -> None:
    book = neighbours()
    book.tell(say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=True))
    (parted,) = departures(book.tell(split(SON)))
    (wed,) = departures(book.tell(married(SON, WIFE)))
    assert (["water"], []) == ([fact.series for fact in parted.facts if fact.whole_village], [f for f in wed.facts if f.whole_village])


def test_with_the_last_member_the_clue_ends_for_that_reason() -> None:
    book = home(FATHER)
    book.tell(bill(FATHER))
    assert stage(book, ZHANG) is ClueOpen
    *_, closed, ended = [event for _, event in book.tell(died(FATHER, TODAY))]
    assert isinstance(closed, did.ClueClosed)
    assert ("household-ended", HouseholdEnded(reason="died", on=TODAY, pending=True)) == (closed.reason, ended)


def test_with_the_last_member_a_case_ends_and_then_the_household() -> None:
    book = home(FATHER)
    book.tell(bill(FATHER))
    visited(book)
    open_case = book.household(ZHANG).stage
    assert isinstance(open_case, CaseOpen)
    *_, case, ended = [event for _, event in book.tell(moved(NEXT_COUNTY))]
    assert CaseEnded(case=open_case.case, episode=1, reason="moved-out") == case
    assert HouseholdEnded(reason="moved-out", on=LATER, pending=True) == ended


def test_with_the_last_member_an_enrolment_ends_and_then_the_household() -> None:
    book = neighbours()
    book.tell(bill(FATHER))
    visited(book)
    decided(book)
    enrolled = book.household(ZHANG).stage
    assert isinstance(enrolled, Enrolled)
    of_zhang = [event for stream, event in book.tell(merge_into(WANG)) if stream == ZHANG]
    assert [
        CaseEnded(case=enrolled.case, episode=1, reason="dissolved"),
        HouseholdEnded(reason="dissolved", on=LATER, into=WANG, pending=True),
    ] == of_zhang[-2:]
    assert stage(book, ZHANG) is Outside


def merge_into(other: UUID) -> say.HouseholdMerged:
    return say.HouseholdMerged(valid_on=LATER, person=named(WIFE), with_household_id=ZHANG if other == WANG else WANG)


def test_the_head_who_died_stays_the_head_of_those_days() -> None:
    book = home()
    book.tell(died(FATHER))
    book.tell(say.HeadChanged(valid_on=LATER, person=named(MOTHER)))
    assert {FATHER: "head", MOTHER: "head", SON: "son"} == {stay.person: stay.relation for stay in book.household(ZHANG).stays}


def test_a_head_who_did_not_die_is_the_head_again() -> None:
    book = home()
    book.tell(died(FATHER))
    assert ["head"] == relations_of_those_back(book)


def test_a_head_who_did_not_die_finds_another_one() -> None:
    """The household has one head: whoever became it since."""
    book = home()
    book.tell(died(FATHER))
    book.tell(say.HeadChanged(valid_on=LATER, person=named(MOTHER)))
    assert ["member"] == relations_of_those_back(book)


def relations_of_those_back(book: Book) -> list[str]:
    """The death was the second message."""
    joined = [event for _, event in book.tell(taken_back(2)) if isinstance(event, MembersJoined)]
    return [member.relation for event in joined for member in event.members]


@pytest.mark.parametrize(("persons", "code"), [((FATHER, SON), "person.not-a-member"), ((FATHER, MOTHER), "split.nobody-stays")])
def test_a_parting_that_does_not_fit_is_refused_whoever_asks_for_it(persons: tuple[UUID, ...], code: str) -> None:
    split_off = fact("split", LATER, name="household-split", series="household-split")
    parting = ChangeHousehold(**asked(), fact=split_off, change=Leave(to=WANG, reason="split", persons=persons))
    given(*REGISTERED).when(parting).then(did.FactRecorded(fact=split_off), refused(code))


def test_a_marriage_may_take_the_last_ones_along() -> None:
    wed = fact("wedding", LATER, name="marriage-registered", series="marriage-registered")
    story = given(*REGISTERED).when(ChangeHousehold(**asked(), fact=wed, change=Leave(to=WANG, reason="married", persons=(FATHER, MOTHER))))
    assert HouseholdEnded(reason="dissolved", on=LATER, into=WANG) == story.happened[-1]


def test_a_son_who_did_not_die_is_the_son_again() -> None:
    book = home()
    book.tell(died(SON))
    assert ["son"] == relations_of_those_back(book)
