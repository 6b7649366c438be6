"""Two entries for one person are joined by a named person, and parted as if they had never been joined."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from pipeline.decider import Event
from pipeline.text_digest import text_digest
from schemas import facts as say
from schemas.enrollment import DismissClue
from services.enrollment.domain import events as did
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Outside
from services.enrollment.domain.household.stays import HEAD
from services.enrollment.domain.members.change_events import MembersLeft
from services.enrollment.domain.members.person_events import PersonsMerged
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
    code_of,
    died,
    home,
    married,
    merged,
    moved,
    neighbours,
    one_person,
    persons_of_facts,
    split,
    stage,
    two_persons,
    visited,
)
from tests.enrollment.zhang import TODAY


def test_a_duplicate_in_the_same_household_is_counted_no_more() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    happened = book.tell(one_person(SON, WIFE))
    assert kinds(happened) == [(WIFE, "persons-merged"), (ZHANG, "persons-merged"), (ZHANG, "members-left")]
    zhang = book.household(ZHANG)
    assert (frozenset({FATHER, MOTHER, SON}), 4, 3) == (zhang.members, zhang.size_on(date(2021, 1, 4)), zhang.size_on(TODAY))


def test_what_is_known_of_the_duplicate_counts_once() -> None:
    """Of two reports of one year's bill the later one stands."""
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(bill(WIFE, 2_500_000))
    book.tell(bill(SON, 100), on=date(2021, 1, 6))
    assert stage(book, ZHANG) is ClueOpen
    book.tell(one_person(SON, WIFE), on=date(2021, 1, 6))
    assert [SON, SON] == persons_of_facts(book, ZHANG)
    assert {(SON, "inpatient:2021"): 100} == {series: fact.amount_fen for series, fact in book.household(ZHANG).standing().items()}
    assert stage(book, ZHANG) is Outside


def test_an_open_clue_goes_on_and_says_nothing() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(bill(WIFE))
    before = book.household(ZHANG).stage
    assert isinstance(before, ClueOpen)
    happened = book.tell(one_person(SON, WIFE))
    assert ["persons-merged", "persons-merged", "members-left"] == [kind for _, kind in kinds(happened)]
    after = book.household(ZHANG).stage
    assert isinstance(after, ClueOpen)
    assert (before.clue, {(SON, "inpatient:2021")}) == (after.clue, after.sources)


def test_what_was_looked_at_before_raises_no_clue_again() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(bill(WIFE))
    book.tell(DismissClue(reason="已核实"), subject=ZHANG)
    happened = book.tell(one_person(SON, WIFE)) + book.tell(two_persons(SON, WIFE))
    assert "clue-raised" not in [kind for _, kind in kinds(happened)]


def test_the_next_fact_under_either_number_reaches_the_household_of_the_one_who_is_kept() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE))
    assert [stream for stream, _ in book.tell(bill(WIFE))][:1] == [ZHANG]
    assert [SON] == persons_of_facts(book, ZHANG)


def test_a_duplicate_in_another_household_leaves_it_and_brings_what_is_known_of_him() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD))
    happened = book.tell(one_person(SON, CHILD))
    assert kinds(happened) == [
        (CHILD, "persons-merged"),
        (WANG, "persons-merged"), (WANG, "members-left"), (WANG, "deadline-dropped"), (WANG, "clue-closed"),
        (ZHANG, "persons-merged"), (ZHANG, "fact-recorded"), (ZHANG, "clue-raised"), (ZHANG, "deadline-started"),
    ]  # fmt: skip
    assert ([], [SON]) == (persons_of_facts(book, WANG), persons_of_facts(book, ZHANG))


def test_the_household_of_nobody_but_the_duplicate_ends() -> None:
    book = neighbours()
    happened = book.tell(one_person(SON, WIFE))
    assert (WANG, "household-ended") in kinds(happened)
    assert frozenset() == book.household(WANG).members


def test_who_is_kept_heads_the_household_in_the_place_of_his_duplicate() -> None:
    book = home(FATHER, MOTHER, SON)
    book.tell(one_person(SON, FATHER))
    assert [SON] == [stay.person for stay in book.household(ZHANG).stays if stay.lasts and stay.relation in HEAD]
    book.tell(two_persons(SON, FATHER))
    assert [FATHER] == [stay.person for stay in book.household(ZHANG).stays if stay.lasts and stay.relation in HEAD]


def test_what_waits_for_a_duplicate_whom_nobody_registered_is_told_to_the_household() -> None:
    book = home()
    book.tell(bill(STRANGER))
    happened = book.tell(one_person(SON, STRANGER))
    assert kinds(happened) == [
        (STRANGER, "persons-merged"), (ZHANG, "fact-recorded"), (ZHANG, "clue-raised"), (ZHANG, "deadline-started"),
    ]  # fmt: skip
    book.tell(taken_back(2))
    assert ([], Outside) == (persons_of_facts(book, ZHANG), stage(book, ZHANG))


@pytest.mark.parametrize("together", [True, False])
def test_what_waits_for_two_whom_nobody_registered_is_told_when_one_of_them_is(together: bool) -> None:  # noqa: FBT001
    book = Book()
    messages = [bill(STRANGER), one_person(WIFE, STRANGER), registers(WANG, STRANGER)]
    for batch in [messages] if together else [[message] for message in messages]:
        book.tell(*batch)
    assert ({WIFE}, [WIFE]) == (book.household(WANG).members, persons_of_facts(book, WANG))


def test_a_birth_that_waits_with_a_duplicate_brings_the_child_into_the_household() -> None:
    book = home()
    book.tell(say.PersonBorn(valid_on=LATER, person=named(CHILD), mother_id_number=named(STRANGER).id_number))
    book.tell(one_person(MOTHER, STRANGER))
    assert CHILD in book.household(ZHANG).members


def test_a_death_that_waits_with_a_duplicate_is_the_death_of_the_one_who_is_kept() -> None:
    book = home()
    book.tell(died(STRANGER))
    book.tell(one_person(SON, STRANGER))
    assert frozenset({FATHER, MOTHER}) == book.household(ZHANG).members


@pytest.mark.parametrize(
    ("keep", "duplicate", "actor", "code"),
    [
        (SON, SON, "clerk", "persons.same"),
        (STRANGER, SON, "clerk", "persons.keep-unregistered"),
        (SON, WIFE, "", "actor.unnamed"),
        (SON, WIFE, "officer:", "actor.unnamed"),
    ],
)
def test_a_merge_that_does_not_fit_is_refused(keep: UUID, duplicate: UUID, actor: str, code: str) -> None:
    book = neighbours()
    happened = book.tell(one_person(keep, duplicate), actor=actor)
    assert ["command-refused"] == [kind for _, kind in kinds(happened)]
    assert code == code_of(happened)
    assert (frozenset({FATHER, MOTHER, SON}), frozenset({WIFE})) == (book.household(ZHANG).members, book.household(WANG).members)


@pytest.mark.parametrize(("keep", "duplicate"), [(SON, WIFE), (WIFE, SON)])
def test_the_living_and_the_dead_are_not_merged(keep: UUID, duplicate: UUID) -> None:
    book = neighbours()
    book.tell(died(WIFE))
    assert "persons.one-died" == code_of(book.tell(one_person(keep, duplicate)))


def test_who_moved_out_of_the_county_is_kept_by_no_merge() -> None:
    book = neighbours()
    book.tell(moved("370304001001"))
    assert "persons.keep-unregistered" == code_of(book.tell(one_person(SON, WIFE)))


def test_merging_again_changes_nothing() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE))
    assert book.tell(one_person(SON, WIFE), one_person(WIFE, SON)) == []


def test_a_merge_is_told_by_whom_and_why() -> None:
    book = neighbours()
    (stream, event), *_ = book.tell(one_person(SON, WIFE), actor="officer:li")
    assert isinstance(event, PersonsMerged)
    assert (WIFE, SON, WIFE, "officer:li", text_digest("同一人两条记录")) == (
        stream, event.keep, event.duplicate, event.by, event.reason_sha256,
    )  # fmt: skip


def test_an_open_case_stays_with_who_is_kept() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(bill(WIFE))
    visited(book)
    before = book.household(ZHANG).stage
    book.tell(one_person(SON, WIFE))
    assert isinstance(before, CaseOpen)
    assert before == book.household(ZHANG).stage


def test_a_person_who_moves_back_to_where_his_duplicate_was_takes_everything_along() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD))
    book.tell(one_person(SON, CHILD))
    book.tell(married(SON, WIFE))
    book.tell(merged(WANG))
    assert [SON] == [fact.person for fact in book.household(ZHANG).facts.values() if fact.name == "medical-expense-reported"]


def test_merging_is_the_same_in_one_batch_and_in_many() -> None:
    messages = [
        bill(CHILD),
        one_person(SON, CHILD),
        bill(CHILD, 5),
        taken_back(3),
        two_persons(SON, CHILD),
        bill(CHILD, 6),
        registers(UUID(int=300), STRANGER),
    ]
    apart, together = neighbours(CHILD), neighbours(CHILD)
    for message in messages:
        apart.tell(message)
    together.tell(*messages)
    assert apart.log == together.log


def told(happened: list[tuple[UUID, Event]], kind: type[Event]) -> list[UUID]:
    return [stream for stream, event in happened if isinstance(event, kind)]


def test_a_fact_under_the_number_of_a_duplicate_is_recorded_once() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE))
    assert [ZHANG] == told(book.tell(bill(WIFE)), did.FactRecorded)


def test_who_came_after_the_day_of_the_merge_was_a_member_on_no_day() -> None:
    book = neighbours()
    book.tell(married(FATHER, WIFE))
    *_, (_, left) = book.tell(one_person(SON, WIFE), on=TODAY)
    assert isinstance(left, MembersLeft)
    assert (LATER, 3) == (left.on, book.household(ZHANG).size_on(LATER))


def test_who_is_kept_elsewhere_heads_no_household_that_his_duplicate_leaves() -> None:
    book = neighbours(CHILD)
    assert (WANG, "head-changed") not in kinds(book.tell(one_person(SON, WIFE)))


def test_what_the_household_knew_before_the_duplicate_left_it_is_told_once() -> None:
    book = home(FATHER, CHILD)
    book.tell(bill(CHILD))
    book.tell(split(CHILD))
    assert (ZHANG, "fact-recorded") not in kinds(book.tell(one_person(FATHER, CHILD)))
    assert FATHER in persons_of_facts(book, ZHANG)


def test_what_was_known_of_a_duplicate_where_he_once_lived_comes_along_again() -> None:
    book = home(FATHER, CHILD)
    book.tell(registers(WANG, WIFE), bill(CHILD), split(CHILD), one_person(WIFE, CHILD), merged(WANG))
    assert WIFE in persons_of_facts(book, ZHANG)
    book.tell(moved(NEXT_VILLAGE))
    assert WIFE in persons_of_facts(book, ZHANG)


def test_who_moved_out_is_not_merged_into_somebody_whom_nobody_registered() -> None:
    book = neighbours()
    book.tell(say.HouseholdMoved(valid_on=LATER, person=named(WIFE), to_village_code=NEXT_COUNTY))
    assert "persons.keep-unregistered" == code_of(book.tell(one_person(STRANGER, WIFE)))


def test_who_heads_the_household_after_a_merge_takes_in_his_wife_in_the_same_batch() -> None:
    book = neighbours()
    book.tell(one_person(SON, FATHER), married(SON, WIFE))
    assert frozenset({MOTHER, SON, WIFE}) == book.household(ZHANG).members
