"""Two entries for one person are joined by a named person, and parted as if they had never been joined."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from schemas import facts as say
from schemas.enrollment import DismissClue
from services.enrollment.domain import events as did
from services.enrollment.domain.change_events import MembersLeft
from services.enrollment.domain.evaluation import standing
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.person_commands import Merge, MergePersons, Unmerge, UnmergePersons
from services.enrollment.domain.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.domain.stages import CaseOpen, ClueOpen, Outside
from services.enrollment.domain.stays import HEAD
from services.enrollment.vault import text_digest
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
    split,
    stage,
    two_persons,
    visited,
)
from tests.enrollment.zhang import HOUSEHOLD, ILL, REGISTERED, TODAY, asked, given, raised, refused


def persons_of_facts(book: Book, household: UUID) -> list[UUID | None]:
    return [fact.person for fact in book.household(household).facts.values()]


def what_is_known(book: Book, *households: UUID) -> list[object]:
    """All but what is history only."""
    homes = [book.household(household) for household in households]
    return [(home.members, {fact.id: fact for fact in home.facts.values()}, standing(home), type(home.stage)) for home in homes]


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
    assert {(SON, "inpatient:2021"): 100} == {series: fact.amount_fen for series, fact in standing(book.household(ZHANG)).items()}
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
        (WANG, "persons-merged"), (WANG, "members-left"), (WANG, "deadline-met"), (WANG, "clue-closed"),
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


def test_parted_in_the_same_household_everything_is_as_before() -> None:
    book = home(FATHER, MOTHER, SON, WIFE)
    book.tell(bill(WIFE))
    book.tell(bill(SON, 100), on=date(2021, 1, 6))
    before = what_is_known(book, ZHANG)
    book.tell(one_person(SON, WIFE), on=LATER)
    book.tell(two_persons(SON, WIFE), on=date(2021, 3, 1))
    assert before == what_is_known(book, ZHANG)
    assert [4, 4, 4] == [book.household(ZHANG).size_on(day) for day in (TODAY, LATER, date(2021, 3, 1))]


def test_parted_in_two_households_everything_is_as_before() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD))
    before = what_is_known(book, WANG)
    book.tell(one_person(SON, CHILD), on=LATER)
    happened = book.tell(two_persons(SON, CHILD), on=date(2021, 3, 1))
    assert before == what_is_known(book, WANG)
    assert ([], Outside) == (persons_of_facts(book, ZHANG), stage(book, ZHANG))
    assert (ZHANG, "clue-closed") in kinds(happened)


def test_a_household_that_ended_with_the_duplicate_is_there_again() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE), on=LATER)
    book.tell(two_persons(SON, WIFE), on=date(2021, 3, 1))
    wang = book.household(WANG)
    assert (None, [1, 1, 1]) == (wang.ended, [wang.size_on(day) for day in (TODAY, LATER, date(2021, 3, 1))])


@pytest.mark.parametrize("duplicate", [WIFE, STRANGER])
def test_what_was_told_meanwhile_is_known_of_whom_the_department_named(duplicate: UUID) -> None:
    book = neighbours()
    book.tell(one_person(SON, duplicate))
    book.tell(bill(duplicate), bill(SON, 300))
    book.tell(two_persons(SON, duplicate))
    assert [300] == [fact.amount_fen for fact in book.household(ZHANG).facts.values()]
    if duplicate == WIFE:
        assert [WIFE] == persons_of_facts(book, WANG)
    else:
        book.tell(registers(UUID(int=300), STRANGER))
        assert [STRANGER] == persons_of_facts(book, UUID(int=300))


@pytest.mark.parametrize("together", [True, False])
def test_two_whom_nobody_registered_are_parted_with_what_waits_for_each(together: bool) -> None:  # noqa: FBT001
    book = Book()
    messages = [
        bill(STRANGER),
        one_person(WIFE, STRANGER),
        bill(STRANGER, 7),
        bill(WIFE, 8),
        two_persons(WIFE, STRANGER),
        registers(WANG, STRANGER),
    ]
    for batch in [messages] if together else [[message] for message in messages]:
        book.tell(*batch)
    assert [(STRANGER, 2_500_000), (STRANGER, 7)] == [(fact.person, fact.amount_fen) for fact in book.household(WANG).facts.values()]
    book.tell(registers(ZHANG, WIFE))
    assert [(WIFE, 8)] == [(fact.person, fact.amount_fen) for fact in book.household(ZHANG).facts.values()]


def test_whoever_was_merged_into_him_before_goes_with_him() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD), one_person(WIFE, CHILD), one_person(SON, WIFE))
    assert [SON] == persons_of_facts(book, ZHANG)
    book.tell(two_persons(SON, WIFE))
    assert ([], [WIFE]) == (persons_of_facts(book, ZHANG), persons_of_facts(book, WANG))
    assert {stream for stream, _ in book.tell(bill(CHILD, 1))} == {WANG}


def test_the_two_may_be_named_the_other_way_round() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE), two_persons(WIFE, SON))
    assert frozenset({WIFE}) == book.household(WANG).members


def test_what_was_never_merged_is_not_parted_and_parting_again_changes_nothing() -> None:
    book = neighbours()
    assert "persons.not-merged" == code_of(book.tell(two_persons(SON, WIFE)))
    book.tell(one_person(SON, WIFE), two_persons(SON, WIFE))
    assert [] == book.tell(two_persons(SON, WIFE))


def test_nobody_parts_without_a_name() -> None:
    book = neighbours()
    book.tell(one_person(SON, WIFE))
    assert "actor.unnamed" == code_of(book.tell(two_persons(SON, WIFE), actor=""))
    assert frozenset() == book.household(WANG).members


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


def test_who_had_moved_out_before_the_merge_does_not_come_back_by_a_parting() -> None:
    book = neighbours()
    book.tell(say.HouseholdMoved(valid_on=LATER, person=named(WIFE), to_village_code=NEXT_COUNTY))
    book.tell(one_person(SON, WIFE), two_persons(SON, WIFE))
    assert frozenset() == book.household(WANG).members


def test_who_moved_out_is_not_merged_into_somebody_whom_nobody_registered() -> None:
    book = neighbours()
    book.tell(say.HouseholdMoved(valid_on=LATER, person=named(WIFE), to_village_code=NEXT_COUNTY))
    assert "persons.keep-unregistered" == code_of(book.tell(one_person(STRANGER, WIFE)))


def test_what_goes_back_to_a_household_waits_for_nobody() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD), one_person(SON, CHILD))
    assert "fact-unmatched" not in [kind for _, kind in kinds(book.tell(two_persons(SON, CHILD)))]


def test_a_source_that_goes_with_the_parted_is_told_to_have_ended() -> None:
    book = neighbours(CHILD)
    book.tell(bill(MOTHER), bill(CHILD), one_person(SON, CHILD))
    assert (ZHANG, "clue-source-ended") in kinds(book.tell(two_persons(SON, CHILD)))


def test_parted_step_by_step_each_fact_is_with_whom_it_named() -> None:
    book = neighbours(CHILD)
    book.tell(bill(CHILD), one_person(WIFE, CHILD), one_person(SON, WIFE))
    book.tell(two_persons(SON, WIFE))
    book.tell(two_persons(WIFE, CHILD))
    assert [CHILD] == persons_of_facts(book, WANG)


def test_only_the_two_who_are_named_are_parted() -> None:
    book = neighbours(CHILD)
    book.tell(one_person(WIFE, CHILD), one_person(SON, WIFE), two_persons(CHILD, WIFE))
    assert (frozenset({CHILD}), frozenset({FATHER, MOTHER, SON})) == (book.household(WANG).members, book.household(ZHANG).members)


def test_two_are_not_parted_who_were_merged_with_others() -> None:
    book = neighbours(CHILD)
    book.tell(one_person(WIFE, CHILD))
    assert "persons.not-merged" == code_of(book.tell(two_persons(SON, CHILD)))


def test_merged_again_what_waits_waits_again() -> None:
    book = Book()
    for message in (bill(STRANGER), one_person(WIFE, STRANGER), two_persons(WIFE, STRANGER), one_person(WIFE, STRANGER)):
        book.tell(message)
    book.tell(registers(WANG, WIFE))
    assert [WIFE] == persons_of_facts(book, WANG)


def test_who_heads_the_household_after_a_merge_takes_in_his_wife_in_the_same_batch() -> None:
    book = neighbours()
    book.tell(one_person(SON, FATHER), married(SON, WIFE))
    assert frozenset({MOTHER, SON, WIFE}) == book.household(ZHANG).members


def test_who_heads_it_no_more_after_the_parting_moves_to_his_wife_in_the_same_batch() -> None:
    book = neighbours()
    book.tell(one_person(SON, FATHER), two_persons(SON, FATHER), married(SON, WIFE))
    assert frozenset({SON, WIFE}) == book.household(WANG).members


# --- Each stream's part, told again ---

MERGES: Final = f"records {ILL.reference}"
PAIR: Final = Merge(FATHER, STRANGER, HOUSEHOLD)
PARTED: Final = Unmerge(FATHER, STRANGER, HOUSEHOLD, (STRANGER,))
JOINED: Final = PersonsMerged(keep=FATHER, duplicate=STRANGER, home=HOUSEHOLD, on=TODAY, by="officer", reason_sha256="why")
APART: Final = PersonsUnmerged(keep=FATHER, duplicate=STRANGER, home=HOUSEHOLD, on=TODAY, by="officer", reason_sha256="why")


def merges(part: Literal["person", "left", "home"], *handed: Fact, refusal: str | None = None) -> MergePersons:
    return MergePersons(
        **asked("officer", TODAY, MERGES), merge=replace(PAIR, refusal=refusal), part=part, reason_sha256="why", handed=handed
    )


def parts(refusal: str | None = None) -> UnmergePersons:
    return UnmergePersons(**asked("officer"), unmerge=replace(PARTED, refusal=refusal), part="person", reason_sha256="why")


def test_the_duplicate_is_merged_once() -> None:
    given().when(merges("person")).then(JOINED)
    given(JOINED).when(merges("person")).then()


def test_a_refused_merge_changes_nothing() -> None:
    given().when(merges("person", refusal="persons.one-died")).then(refused("persons.one-died", MERGES))


def test_what_the_household_takes_in_it_takes_in_once() -> None:
    brought = replace(ILL, named=STRANGER)
    history = (*REGISTERED, JOINED, did.FactRecorded(fact=brought), *raised(brought))
    given(*REGISTERED).when(merges("home", brought)).then(*history[1:])
    given(*history).when(merges("home", brought)).then()


def test_a_household_that_nothing_concerns_says_nothing() -> None:
    given(*REGISTERED).when(merges("home"), merges("left")).then()


def test_the_duplicate_is_parted_once() -> None:
    given(JOINED).when(parts()).then(APART)
    given(JOINED, APART).when(parts()).then()
    given(JOINED, APART).when(parts("persons.not-merged")).then()
