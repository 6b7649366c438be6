"""Somebody who was looked at, or helped, goes to another household: whatever the facts say later, he is looked at there."""

from __future__ import annotations

from uuid import UUID

import pytest

from schemas import facts as say
from schemas.enrollment import DecideAppeal, DismissClue, RegisterHousehold
from services.enrollment.domain import events as did
from services.enrollment.domain.discovery.discovery_events import ClueJoined
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from tests.enrollment.arrivals import Arrival, appeals, applies, enrolled, ways
from tests.enrollment.book import CHILD, FATHER, MOTHER, SON, WANG, WIFE, ZHANG, kinds, registers, taken_back
from tests.enrollment.told import (
    bill,
    died,
    home,
    married,
    merged,
    neighbours,
    new_home,
    one_person,
    split,
    stage,
    two_persons,
)
from tests.enrollment.zhang import TODAY

HEALED = 100


def registers_lifted(household: UUID, person: UUID) -> RegisterHousehold:
    return registers(household, person).model_copy(update={"category": "lifted_receiving"})


@ways
def test_who_applied_is_looked_at_where_he_comes_to_though_the_clue_there_ends(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(applies(WIFE))
    book.tell(comes())
    book.tell(bill(SON, HEALED))
    assert (ClueOpen, Outside) == (stage(book, ZHANG), stage(book, WANG))


@ways
def test_who_is_enrolled_is_looked_at_where_he_comes_to_though_the_clue_there_ends(comes: Arrival) -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    enrolled(book, WANG)
    assert stage(book, WANG) is Enrolled
    book.tell(bill(SON))
    book.tell(comes())
    book.tell(bill(SON, HEALED))
    assert (ClueOpen, Outside) == (stage(book, ZHANG), stage(book, WANG))


@ways
def test_who_applied_is_looked_at_though_the_bill_that_he_brings_is_corrected(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(WIFE))
    book.tell(applies(WIFE))
    book.tell(comes())
    book.tell(bill(WIFE, HEALED))
    assert stage(book, ZHANG) is ClueOpen


@ways
def test_who_is_enrolled_is_looked_at_though_the_bill_that_he_brings_is_corrected(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(WIFE))
    enrolled(book, WANG)
    book.tell(comes())
    book.tell(bill(WIFE, HEALED))
    assert stage(book, ZHANG) is ClueOpen


@ways
def test_who_is_enrolled_is_looked_at_where_nothing_is_known(comes: Arrival) -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    enrolled(book, WANG)
    happened = book.tell(comes())
    assert [(ZHANG, "clue-raised"), (ZHANG, "deadline-started")] == kinds(happened)[-2:]


@ways
def test_who_appealed_is_looked_at_where_he_comes_to_whatever_the_facts_say(comes: Arrival) -> None:
    book = neighbours()
    appeals(book)
    happened = book.tell(comes())
    assert [(ZHANG, "clue-raised"), (ZHANG, "deadline-started")] == kinds(happened)[-2:]


@ways
def test_who_appealed_is_looked_at_though_the_bill_that_he_brings_is_corrected(comes: Arrival) -> None:
    book = neighbours()
    appeals(book)
    book.tell(bill(WIFE))
    book.tell(comes())
    book.tell(bill(WIFE, HEALED))
    assert stage(book, ZHANG) is ClueOpen


@ways
def test_who_appealed_joins_the_clue_that_is_open_where_he_comes_to(comes: Arrival) -> None:
    book = neighbours()
    appeals(book)
    book.tell(bill(SON))
    book.tell(comes())
    book.tell(bill(SON, HEALED))
    assert stage(book, ZHANG) is ClueOpen


def test_an_appeal_that_is_right_opens_nothing_where_nobody_is_left() -> None:
    book = neighbours()
    appeals(book)
    book.tell(merged(on=TODAY))
    book.tell(DecideAppeal(outcome="approved", reason="申诉成立"), subject=WANG, actor="officer:wang")
    assert (ClueOpen, Outside) == (stage(book, ZHANG), stage(book, WANG))


def test_who_appealed_and_is_not_dead_is_looked_at_and_has_his_case_where_he_was_right() -> None:
    book = neighbours()
    appeals(book)
    book.tell(died(WIFE, on=TODAY))
    book.tell(taken_back(book.told))
    assert stage(book, WANG) is ClueOpen
    book.tell(DecideAppeal(outcome="approved", reason="申诉成立"), subject=WANG, actor="officer:wang")
    assert stage(book, WANG) is CaseOpen


@ways
def test_where_facts_alone_spoke_for_him_they_speak_for_him_and_are_corrected_there(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(WIFE))
    book.tell(comes())
    assert stage(book, ZHANG) is ClueOpen
    book.tell(bill(WIFE, HEALED))
    assert stage(book, ZHANG) is Outside


@ways
def test_facts_that_join_the_open_clue_are_corrected_there(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(FATHER))
    book.tell(bill(WIFE))
    book.tell(comes())
    book.tell(bill(WIFE, HEALED))
    book.tell(bill(FATHER, HEALED))
    assert stage(book, ZHANG) is Outside


@ways
@pytest.mark.parametrize("clue", [True, False])
def test_what_crosses_only_where_he_was_is_looked_at_where_he_comes_to(comes: Arrival, clue: bool) -> None:  # noqa: FBT001
    """A lower threshold is that of those who were lifted out of poverty."""
    book = home()
    book.tell(registers_lifted(WANG, WIFE))
    book.tell(bill(WIFE, 600_000))
    assert stage(book, WANG) is ClueOpen
    if clue:
        book.tell(bill(FATHER))
    book.tell(comes())
    book.tell(bill(FATHER, HEALED))
    assert stage(book, ZHANG) is ClueOpen


def test_the_open_clue_names_what_brought_him() -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(applies(WIFE))
    *_, (stream, joined) = book.tell(married(FATHER, WIFE, on=TODAY))
    clue = book.household(ZHANG).stage
    assert isinstance(joined, ClueJoined)
    assert isinstance(clue, ClueOpen)
    assert (ZHANG, clue.clue, "housing", "marriage-registered") == (stream, joined.clue, joined.risk, joined.fact.name)


def test_a_clue_of_the_facts_that_come_along_names_what_brought_them_too() -> None:
    book = neighbours()
    book.tell(bill(WIFE))
    book.tell(applies(WIFE))
    happened = book.tell(merged(on=TODAY))
    assert [(ZHANG, "clue-raised"), (ZHANG, "deadline-started"), (ZHANG, "clue-joined")] == kinds(happened)[-3:]
    (raised,) = [event for _, event in happened if isinstance(event, did.ClueRaised)]
    (joined,) = [event for _, event in happened if isinstance(event, ClueJoined)]
    assert (raised.clue, "medical-expense-reported", "household-merged") == (joined.clue, raised.fact.name, joined.fact.name)


def test_the_open_clue_names_the_decision_that_two_are_one() -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(applies(WIFE))
    *_, (stream, joined) = book.tell(one_person(SON, WIFE), actor="officer:li")
    assert isinstance(joined, ClueJoined)
    said = (joined.fact.name, joined.fact.source, joined.fact.reference, joined.fact.person, joined.fact.valid_on)
    assert (ZHANG, "persons-merged", "/department", "message 5", SON, TODAY) == (stream, *said)


def test_a_clue_that_loses_its_source_to_who_comes_in_stays_open_for_him() -> None:
    """The house of both is the one that was graded last."""
    book = neighbours()
    book.tell(say.HouseGraded(valid_on=TODAY, household_id=ZHANG, grade="D"))
    book.tell(applies(WIFE))
    book.tell(say.HouseGraded(valid_on=TODAY, household_id=WANG, grade="A"))
    happened = book.tell(merged(on=TODAY))
    assert [(ZHANG, "clue-source-ended"), (ZHANG, "clue-joined")] == kinds(happened)[-2:]


def test_a_clue_that_loses_its_source_to_who_comes_in_goes_on_by_what_he_brings() -> None:
    """The Wangs were turned down, so that nothing but their bill speaks for them."""
    book = neighbours()
    book.tell(bill(WIFE))
    book.tell(DismissClue(reason="走访核实无困难"), subject=WANG)
    book.tell(say.HouseGraded(valid_on=TODAY, household_id=ZHANG, grade="D"))
    book.tell(say.HouseGraded(valid_on=TODAY, household_id=WANG, grade="A"))
    happened = book.tell(merged(on=TODAY))
    assert [(ZHANG, "clue-joined"), (ZHANG, "clue-source-ended")] == kinds(happened)[-2:]
    assert stage(book, ZHANG) is ClueOpen


@pytest.mark.parametrize("asked", [True, False])
def test_who_leaves_a_clue_that_goes_on_is_looked_at_though_his_own_bill_is_corrected(asked: bool) -> None:  # noqa: FBT001
    book = home()
    book.tell(applies(FATHER) if asked else bill(FATHER))
    book.tell(bill(SON))
    book.tell(split(SON, on=TODAY))
    book.tell(bill(SON, HEALED))
    assert (ClueOpen, ClueOpen) == (stage(book, ZHANG), stage(book, new_home(4)))


def test_who_left_one_clue_that_is_kept_for_him_is_looked_at_wherever_he_goes_on_to() -> None:
    book = home(FATHER, MOTHER, SON, CHILD)
    book.tell(registers(WANG, WIFE))
    book.tell(applies(FATHER))
    book.tell(split(SON, CHILD, on=TODAY))
    book.tell(bill(SON))
    book.tell(married(WIFE, SON, on=TODAY))
    book.tell(bill(SON, HEALED))
    assert (ClueOpen, ClueOpen, ClueOpen) == (stage(book, ZHANG), stage(book, new_home(4)), stage(book, WANG))


def test_an_enrolment_stays_with_those_of_whom_only_a_duplicate_goes() -> None:
    book = neighbours(CHILD)
    book.tell(applies(WIFE))
    enrolled(book, WANG)
    book.tell(one_person(SON, CHILD))
    assert (Outside, Enrolled) == (stage(book, ZHANG), stage(book, WANG))


def test_an_enrolment_that_ended_with_a_duplicate_who_is_none_is_looked_at_again() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    enrolled(book, WANG)
    book.tell(one_person(SON, WIFE))
    *_, (stream, raised), _ = book.tell(two_persons(SON, WIFE))
    assert isinstance(raised, did.ClueRaised)
    assert (WANG, "housing", "persons-unmerged", WIFE) == (stream, raised.risk, raised.fact.name, raised.fact.person)


def test_an_enrolment_that_ended_with_the_death_of_one_who_was_two_is_looked_at_again() -> None:
    book = home(SON, WIFE)
    book.tell(applies(SON))
    enrolled(book, ZHANG)
    book.tell(one_person(SON, WIFE))
    book.tell(died(SON, on=TODAY))
    assert frozenset[UUID]() == book.household(ZHANG).members
    book.tell(two_persons(SON, WIFE))
    assert (frozenset({WIFE}), ClueOpen) == (book.household(ZHANG).members, stage(book, ZHANG))


def test_a_household_that_ended_with_nothing_open_gets_no_clue_when_its_duplicate_is_back() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE))
    happened = book.tell(two_persons(SON, WIFE))
    assert (WANG, "members-joined") == kinds(happened)[-1]
    assert stage(book, WANG) is Outside
