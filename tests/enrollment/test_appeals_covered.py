"""An appeal that is right has effect whatever was opened, turned down or withdrawn since it was filed."""

from __future__ import annotations

from uuid import UUID

from schemas.enrollment import DecideAppeal, DecideAtCounty, DismissClue, FileAppeal, Withdraw
from services.enrollment.domain.household.stages import CaseOpen, Enrolled, Outside
from tests.enrollment.arrivals import appeals, applies, enrolled
from tests.enrollment.book import FATHER, WANG, WIFE, ZHANG, Book, kinds
from tests.enrollment.told import bill, decided, married, neighbours, stage, visited
from tests.enrollment.zhang import TODAY

HEALED = 100


def appealed() -> Book:
    """An application of the Wangs was rejected, and somebody appealed."""
    book = neighbours()
    appeals(book)
    return book


def upheld(book: Book) -> None:
    book.tell(DecideAppeal(outcome="approved", reason="申诉成立"), subject=WANG, actor="officer:wang")


def test_the_case_goes_on_though_a_clue_was_turned_down_meanwhile() -> None:
    book = appealed()
    book.tell(bill(WIFE))
    book.tell(DismissClue(reason="走访核实无困难"), subject=WANG)
    book.tell(bill(WIFE, HEALED))
    upheld(book)
    decided(book, WANG)
    assert stage(book, WANG) is Enrolled


def test_the_case_goes_on_though_another_one_was_opened_and_withdrawn_meanwhile() -> None:
    book = appealed()
    book.tell(bill(WIFE))
    visited(book, household=WANG)
    assert stage(book, WANG) is CaseOpen
    book.tell(Withdraw(reason="不再需要"), subject=WANG)
    upheld(book)
    assert stage(book, WANG) is CaseOpen


def test_what_was_asked_for_goes_along_though_a_clue_of_something_else_is_open() -> None:
    book = appealed()
    book.tell(bill(WIFE))
    book.tell(married(FATHER, WIFE, on=TODAY))
    book.tell(bill(WIFE, HEALED))
    enrolled(book, ZHANG)
    stands = book.household(ZHANG).stage
    assert isinstance(stands, Enrolled)
    assert frozenset({"housing"}) == stands.risks


def test_an_appeal_against_the_case_before_has_that_go_on_when_the_open_one_is_withdrawn() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    visited(book, household=WANG)
    book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=WANG, actor="officer")
    rejected = decision(book)
    book.tell(bill(WIFE))
    visited(book, household=WANG)
    book.tell(FileAppeal(decision_event_id=rejected, grounds="收入核错"), subject=WANG, actor="clerk")
    book.tell(Withdraw(reason="不再需要"), subject=WANG)
    assert stage(book, WANG) is Outside
    upheld(book)
    assert [(WANG, "case-opened"), (WANG, "case-opened"), (WANG, "case-reopened")] == [
        one for one in kinds(book.log) if one[1] in {"case-opened", "case-reopened"}
    ]


def test_an_appeal_against_the_clue_before_opens_its_case_when_the_open_one_is_withdrawn() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    book.tell(DismissClue(reason="走访核实无困难"), subject=WANG)
    dismissed = decision(book)
    book.tell(bill(WIFE))
    visited(book, household=WANG)
    book.tell(FileAppeal(decision_event_id=dismissed, grounds="未入户"), subject=WANG, actor="clerk")
    book.tell(Withdraw(reason="不再需要"), subject=WANG)
    upheld(book)
    assert stage(book, WANG) is CaseOpen


def test_an_appeal_within_a_case_opens_no_earlier_one_when_that_is_withdrawn() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    visited(book, household=WANG)
    book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=WANG, actor="officer")
    book.tell(bill(WIFE))
    visited(book, household=WANG)
    book.tell(DecideAtCounty(outcome="returned", return_to="verification", reason="重新入户"), subject=WANG, actor="officer")
    book.tell(FileAppeal(decision_event_id=decision(book), grounds="不必再入户"), subject=WANG, actor="clerk")
    book.tell(Withdraw(reason="不再需要"), subject=WANG)
    upheld(book)
    assert stage(book, WANG) is Outside


def decision(book: Book) -> UUID:
    """The last one."""
    *_, (_, last) = book.decisions()
    return last
