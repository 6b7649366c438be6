"""A number that was wrong: the person stays who he is, under the old number and the new one, whatever comes first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final, TypeAlias
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.envelope import Envelope
from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.household.stages import ClueOpen, Outside
from services.enrollment.domain.members.person_events import PersonsMerged
from tests.enrollment.book import FATHER, MOTHER, NUMBER_OF, SON, STRANGER, WANG, WIFE, ZHANG, Book, kinds, named, registers, taken_back
from tests.enrollment.told import (
    LATER,
    bill,
    code_of,
    corrected,
    died,
    home,
    married,
    message_fact,
    neighbours,
    one_person,
    stage,
    two_persons,
)
from tests.enrollment.zhang import TODAY
from tests.laws import law
from tests.messages import envelope

OLD, NEW = SON, STRANGER


def facts_of(book: Book, household: UUID = ZHANG) -> list[tuple[UUID | None, int | None]]:
    facts = book.household(household).facts.values()
    return [(fact.person, fact.amount_fen) for fact in facts if fact.name == "medical-expense-reported"]


def test_the_person_keeps_his_id_and_is_found_by_either_number() -> None:
    book = home()
    assert kinds(book.tell(corrected(OLD, NEW))) == [(ZHANG, "fact-recorded"), (NEW, "persons-merged")]
    book.tell(bill(NEW, 1), bill(OLD, 2))
    assert [(OLD, 1), (OLD, 2)] == facts_of(book)
    assert frozenset({FATHER, MOTHER, OLD}) == book.household(ZHANG).members


def test_facts_under_the_new_number_that_came_first_are_told_to_the_household() -> None:
    book = home()
    book.tell(bill(NEW))
    assert Outside == stage(book, ZHANG)
    book.tell(corrected(OLD, NEW))
    assert ([(OLD, 2_500_000)], ClueOpen) == (facts_of(book), stage(book, ZHANG))


def test_who_is_registered_under_the_new_number_has_what_waited_under_the_old_one() -> None:
    book = Book()
    book.tell(bill(OLD), registers(ZHANG, FATHER, NEW))
    book.tell(corrected(OLD, NEW))
    assert [(NEW, 2_500_000)] == facts_of(book)
    book.tell(bill(OLD, 7))
    assert [(NEW, 2_500_000), (NEW, 7)] == facts_of(book)


def test_a_correction_waits_with_the_facts_until_the_person_is_registered() -> None:
    book = Book()
    assert kinds(book.tell(corrected(OLD, NEW))) == [(OLD, "fact-unmatched"), (NEW, "persons-merged")]
    book.tell(bill(NEW))
    book.tell(registers(ZHANG, FATHER, NEW))
    assert (frozenset({FATHER, OLD}), [(OLD, 2_500_000)]) == (book.household(ZHANG).members, facts_of(book))


def test_a_number_corrected_twice_is_one_person_in_either_order() -> None:
    first, second = corrected(OLD, NEW), corrected(NEW, WIFE)
    for messages in ([first, second], [second, first]):
        book = home()
        book.tell(*messages)
        book.tell(bill(OLD, 1), bill(NEW, 2), bill(WIFE, 3))
        assert [(OLD, 1), (OLD, 2), (OLD, 3)] == facts_of(book)


def test_a_new_number_that_is_another_members_is_refused_and_nobody_is_joined() -> None:
    book = neighbours()
    happened = book.tell(corrected(OLD, WIFE))
    assert kinds(happened) == [(ZHANG, "fact-recorded"), (ZHANG, "command-refused")]
    refusal = happened[-1][1]
    assert isinstance(refusal, did.CommandRefused)
    assert ("person.registered-twice", ("merge-persons",)) == (refusal.reason_code, refusal.fits)
    book.tell(bill(WIFE))
    assert ([], [(WIFE, 2_500_000)]) == (facts_of(book), facts_of(book, WANG))


def test_what_a_number_may_not_join_the_county_may() -> None:
    book = neighbours()
    book.tell(corrected(OLD, WIFE))
    book.tell(one_person(OLD, WIFE))
    book.tell(bill(WIFE))
    assert [(OLD, 2_500_000)] == facts_of(book)


def test_a_correction_of_somebody_elses_number_is_refused() -> None:
    book = home()
    assert "identity.of-another" == code_of(book.tell(corrected(OLD, NEW, person=FATHER)))
    book.tell(bill(NEW))
    assert [] == facts_of(book)


def test_a_correction_told_again_joins_nobody_again() -> None:
    book = home()
    book.tell(corrected(OLD, NEW))
    assert kinds(book.tell(corrected(OLD, NEW))) == [(ZHANG, "fact-recorded")]


def test_a_number_corrected_to_itself_joins_nobody() -> None:
    book = home()
    assert kinds(book.tell(corrected(OLD, OLD))) == [(ZHANG, "fact-recorded")]


def test_a_correction_names_the_household_only() -> None:
    book = home()
    told = say.IdentityCorrected(valid_on=TODAY, household_id=ZHANG, old_id_number=NUMBER_OF[OLD], new_id_number=NUMBER_OF[NEW])
    assert kinds(book.tell(told)) == [(ZHANG, "fact-recorded"), (NEW, "persons-merged")]


def test_the_number_of_the_dead_is_corrected_too() -> None:
    book = home()
    book.tell(died(OLD))
    assert kinds(book.tell(corrected(OLD, NEW, on=date(2021, 3, 1)))) == [(ZHANG, "fact-recorded"), (NEW, "persons-merged")]
    assert "person.died" == code_of(book.tell(bill(NEW, on=date(2021, 3, 1))))


def test_a_correction_withdrawn_before_it_came_joins_nobody() -> None:
    book = home()
    book.tell(taken_back(3))
    book.tell(corrected(OLD, NEW), bill(NEW))
    assert [] == facts_of(book)


@pytest.mark.parametrize("book", [Book(), home()], ids=["before the registration", "after it"])
def test_a_withdrawn_correction_parts_nobody_and_says_who_does(book: Book) -> None:
    number = book.told + 1
    book.tell(corrected(OLD, NEW))
    happened = book.tell(taken_back(number))
    refusal = happened[-1][1]
    assert isinstance(refusal, did.CommandRefused)
    assert ("identity.not-reversible", ("unmerge-persons",)) == (refusal.reason_code, refusal.fits)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
def test_a_withdrawn_correction_is_answered_where_the_person_lives_by_now(together: bool) -> None:  # noqa: FBT001
    book = neighbours()
    messages = [corrected(OLD, NEW), married(WIFE, OLD), taken_back(3)]
    for batch in [messages] if together else [[one] for one in messages]:
        book.tell(*batch)
    assert [WANG] == [stream for stream, event in book.log if isinstance(event, did.CommandRefused)]


def test_the_county_parts_whom_a_correction_joined() -> None:
    book = home()
    book.tell(corrected(OLD, NEW), bill(NEW, 1), bill(OLD, 2))
    book.tell(two_persons(OLD, NEW))
    book.tell(bill(NEW, 3))
    assert [(OLD, 2)] == facts_of(book)
    book.tell(registers(WANG, NEW))
    assert [(NEW, 1), (NEW, 3)] == facts_of(book, WANG)


def test_a_merge_names_the_correction_that_said_so() -> None:
    book = home()
    *_, (stream, event) = book.tell(corrected(OLD, NEW))
    assert isinstance(event, PersonsMerged)
    assert (NEW, OLD, NEW, message_fact(2)) == (stream, event.keep, event.duplicate, event.fact)


# --- Whatever order they come in ---

Known: TypeAlias = tuple[int, set[tuple[str, int | None]], dict[str, int | None], type, set[str]]


def at(day: int) -> datetime:
    return datetime(2021, 1, day, 4, tzinfo=UTC)


def said(told: int, person: UUID, fen: int, month: str) -> Envelope:
    amounts = {"out_of_pocket_fen": fen, "within_policy_fen": 0, "reimbursed_fen": 0}
    expense = say.MedicalExpenseReported(valid_on=TODAY, person=named(person), period=month, kind="inpatient", **amounts)
    return envelope(expense, f"bill {told} {person} {fen} {month}", time=at(told))


def back(of: Envelope) -> Envelope:
    return envelope(say.FactWithdrawn(source=of.source, id=of.id, reason="wrong person"), f"back {of.id}", time=at(9))


CORRECTION: Final = envelope(corrected(OLD, NEW), "correction", time=at(2))
REGISTRATIONS: Final = [envelope(registers(ZHANG, FATHER, one), "registers", time=at(1)) for one in (OLD, NEW)]


def bills(*people: UUID) -> st.SearchStrategy[Envelope]:
    fen, month = st.sampled_from([300, 2_500_000]), st.sampled_from(["2020-11", "2021-01"])
    return st.builds(said, st.integers(3, 6), st.sampled_from(people), fen, month)


def known(batches: Sequence[Sequence[Envelope]]) -> Known:
    book = Book()
    for batch in batches:
        book.hear(*batch)
    zhang = book.household(ZHANG)
    facts = {(fact.reference, fact.amount_fen) for fact in zhang.facts.values()}
    stood = {series: fact.amount_fen for (_, series), fact in zhang.standing().items()}
    sources = {series for _, series in zhang.stage.sources} if isinstance(zhang.stage, ClueOpen) else set[str]()
    assert 1 == len({fact.person for fact in zhang.facts.values()} | (zhang.members - {FATHER}))
    return len(zhang.members), facts, stood, type(zhang.stage), sources


@st.composite
def two_orders(draw: st.DrawFn) -> tuple[list[list[Envelope]], list[list[Envelope]]]:
    """The registration under either number, the correction, facts under both and withdrawals, in two orders and in batches of any size."""
    facts = draw(st.lists(bills(OLD, NEW), max_size=5, unique_by=lambda one: one.id))
    withdrawn = draw(st.lists(st.sampled_from(facts), max_size=1)) if facts else []
    messages = [draw(st.sampled_from(REGISTRATIONS)), CORRECTION, *facts, *map(back, withdrawn)]
    orders = draw(st.permutations(messages)), draw(st.permutations(messages))
    cuts = draw(st.integers(0, len(messages))), draw(st.integers(0, len(messages)))
    first, second = ([order[:cut], order[cut:]] for order, cut in zip(orders, cuts, strict=True))
    return first, second


@law
@for_all(two_orders())
def test_any_order_of_registration_correction_and_facts_under_both_numbers_ends_the_same(
    both: tuple[list[list[Envelope]], list[list[Envelope]]],
) -> None:
    assert known(both[0]) == known(both[1])


@st.composite
def a_mistake(draw: st.DrawFn) -> tuple[list[Envelope], int, int]:
    """Facts about two persons, between which they are merged and parted again."""
    facts = draw(st.lists(bills(OLD, WIFE), max_size=6, unique_by=lambda one: one.id))
    first = draw(st.integers(0, len(facts)))
    return facts, first, draw(st.integers(first, len(facts)))


@law
@for_all(a_mistake(), st.booleans())
def test_parted_again_everything_is_as_if_nobody_had_been_merged(mistake: tuple[list[Envelope], int, int], together: bool) -> None:  # noqa: FBT001
    facts, first, last = mistake
    homes = [registers(ZHANG, FATHER, OLD, WIFE)] if together else [registers(ZHANG, FATHER, OLD), registers(WANG, MOTHER, WIFE)]
    plain, mistaken = Book(), Book()
    for book in (plain, mistaken):
        book.tell(*homes)
    plain.hear(*facts)
    mistaken.hear(*facts[:first])
    mistaken.tell(one_person(OLD, WIFE), on=LATER)
    mistaken.hear(*facts[first:last])
    mistaken.tell(two_persons(OLD, WIFE), on=date(2021, 3, 1))
    mistaken.hear(*facts[last:])
    for household in [ZHANG] if together else [ZHANG, WANG]:
        was, now = plain.household(household), mistaken.household(household)
        assert (was.members, was.facts, was.standing(), type(was.stage)) == (now.members, now.facts, now.standing(), type(now.stage))
        assert [was.size_on(day) for day in (TODAY, LATER)] == [now.size_on(day) for day in (TODAY, LATER)]
