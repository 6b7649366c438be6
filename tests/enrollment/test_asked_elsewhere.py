"""What somebody asked for goes with him: nobody has to apply once more since he married, moved in or was told twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from pipeline.decider import Event
from schemas.enrollment import DecideAppeal, DecideAtCounty, DismissClue, FileAppeal, RecordVerification, Withdraw
from schemas.message import Message
from services.enrollment.domain import events as did
from services.enrollment.domain.discovery.discovery_events import ClueJoined
from services.enrollment.domain.household.stages import CaseOpen, ClueOpen, Enrolled, Outside
from services.enrollment.domain.members.change_events import MembersLeft
from tests.enrollment.arrivals import Arrival, applies, enrolled, ways
from tests.enrollment.book import CHILD, FATHER, MOTHER, SON, WANG, WIFE, ZHANG, Book, kinds, taken_back
from tests.enrollment.told import bill, decided, died, earns, home, neighbours, new_home, one_person, split, stage, two_persons, visited
from tests.enrollment.zhang import TODAY


def risks(book: Book, household: UUID = ZHANG) -> frozenset[str]:
    stage = book.household(household).stage
    assert isinstance(stage, Enrolled)
    return stage.risks


@ways
def test_who_applied_is_taken_in_where_he_comes_to_for_the_risk_that_he_named(comes: Arrival) -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    book.tell(comes())
    enrolled(book, ZHANG)
    assert frozenset({"housing"}) == risks(book)


@ways
def test_who_applied_and_joins_an_open_clue_names_his_risk_there(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(applies(WIFE))
    *_, (_, joined) = book.tell(comes())
    assert isinstance(joined, ClueJoined)
    assert ("housing", ("housing",)) == (joined.risk, joined.claimed)
    enrolled(book, ZHANG)
    assert frozenset({"illness", "housing"}) == risks(book)


@ways
def test_the_risks_of_whoever_is_enrolled_go_along(comes: Arrival) -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    enrolled(book, WANG)
    book.tell(comes())
    enrolled(book, ZHANG)
    assert frozenset({"housing"}) == risks(book)


@ways
def test_what_was_turned_down_does_not_go_along(comes: Arrival) -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    book.tell(DismissClue(reason="走访核实无困难"), subject=WANG)
    book.tell(comes())
    assert stage(book, ZHANG) is Outside


def test_an_application_goes_with_those_who_split_off_and_stays_with_the_rest() -> None:
    book = home()
    book.tell(applies(FATHER))
    book.tell(split(SON, on=TODAY))
    enrolled(book, new_home(3))
    enrolled(book, ZHANG)
    assert frozenset({"housing"}) == risks(book, new_home(3)) == risks(book)


def test_a_clue_of_a_change_alone_is_of_the_risk_other_and_claims_none() -> None:
    book = home()
    book.tell(bill(FATHER))
    happened = book.tell(split(SON, on=TODAY))
    (raised,) = [event for _, event in happened if isinstance(event, did.ClueRaised)]
    assert ("other", ()) == (raised.risk, raised.claimed)


def test_what_was_asked_for_goes_on_with_whoever_goes_on() -> None:
    book = home(FATHER, SON, CHILD)
    book.tell(applies(FATHER))
    book.tell(split(SON, CHILD, on=TODAY))
    book.tell(split(CHILD, on=TODAY, by=SON))
    enrolled(book, new_home(4))
    assert frozenset({"housing"}) == risks(book, new_home(4))


def test_who_did_not_die_has_asked_still() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    book.tell(died(WIFE, on=TODAY))
    book.tell(taken_back(book.told))
    enrolled(book, WANG)
    assert frozenset({"housing"}) == risks(book, WANG)


def test_who_is_no_duplicate_has_asked_still() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    book.tell(one_person(SON, WIFE))
    book.tell(two_persons(SON, WIFE))
    enrolled(book, WANG)
    assert frozenset({"housing"}) == risks(book, WANG)


@ways
def test_what_came_along_and_was_turned_down_is_looked_at_again_when_the_household_qualifies(comes: Arrival) -> None:
    """As an application would be: by the change that brought it."""
    book = neighbours()
    book.tell(earns(9_000_000))
    book.tell(applies(WIFE))
    brought = book.tell(comes())
    book.tell(DismissClue(reason="收入稳定"), subject=ZHANG)
    again = book.tell(earns(300_000))
    first, second = (event for _, event in (*brought, *again) if isinstance(event, did.ClueRaised))
    assert (first.fact, "housing") == (second.fact, second.risk)
    enrolled(book, ZHANG)
    assert frozenset({"housing"}) == risks(book)


def test_where_a_bill_speaks_too_it_is_what_a_clue_names_that_is_raised_again() -> None:
    book = home()
    book.tell(earns(9_000_000))
    book.tell(bill(SON))
    book.tell(applies(FATHER))
    book.tell(DismissClue(reason="收入稳定"), subject=ZHANG)
    (raised,) = [event for _, event in book.tell(earns(300_000)) if isinstance(event, did.ClueRaised)]
    assert ("illness", "medical-expense-reported") == (raised.risk, raised.fact.name)


def with_a_case(comes: Arrival) -> Book:
    """The case of the Zhangs was looked at before somebody came to them."""
    book = neighbours()
    book.tell(bill(SON))
    book.tell(applies(WIFE))
    visited(book)
    happened = book.tell(comes())
    assert (ZHANG, "case-joined") == kinds(happened)[-1]
    return book


@ways
def test_who_comes_to_an_open_case_brings_his_risk_to_it(comes: Arrival) -> None:
    book = with_a_case(comes)
    decided(book)
    assert frozenset({"illness", "housing"}) == risks(book)


@ways
@pytest.mark.parametrize(
    "over",
    [
        pytest.param(Withdraw(reason="不再需要"), id="withdrawn"),
        pytest.param(DecideAtCounty(outcome="rejected", reason="不符合条件"), id="rejected"),
    ],
)
def test_who_came_to_a_case_after_its_last_visit_is_looked_at_when_it_ends(comes: Arrival, over: Message) -> None:
    book = with_a_case(comes)
    *_, (_, raised), _ = book.tell(over, subject=ZHANG, actor="officer")
    assert isinstance(raised, did.ClueRaised)
    assert ("housing", ("housing",)) == (raised.risk, raised.claimed)
    assert stage(book, ZHANG) is ClueOpen


@ways
def test_who_was_visited_with_a_case_is_not_looked_at_once_more(comes: Arrival) -> None:
    book = with_a_case(comes)
    visited(book, wage_fen=310_000)
    book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=ZHANG, actor="officer")
    assert stage(book, ZHANG) is Outside


@ways
def test_the_visit_of_a_case_that_is_told_late_saw_nobody_who_came_after_it(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(SON))
    book.tell(applies(WIFE))
    visited(book)
    later = TODAY + timedelta(days=2)
    book.tell(comes(), on=later)
    visited(book, wage_fen=310_000, on=TODAY + timedelta(days=1))
    book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=ZHANG, actor="officer", on=later)
    assert stage(book, ZHANG) is ClueOpen


@ways
def test_who_comes_to_an_enrolled_household_is_helped_there_for_the_risk_that_he_named(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(SON))
    enrolled(book, ZHANG)
    book.tell(applies(WIFE))
    happened = book.tell(comes())
    assert [(ZHANG, "case-joined"), (ZHANG, "risk-added")] == kinds(happened)[-2:]
    assert frozenset({"illness", "housing"}) == risks(book)


@ways
def test_who_is_enrolled_and_comes_to_an_enrolled_household_is_helped_on_for_his_risk(comes: Arrival) -> None:
    book = neighbours()
    book.tell(bill(SON))
    enrolled(book, ZHANG)
    book.tell(applies(WIFE))
    enrolled(book, WANG)
    book.tell(comes())
    assert frozenset({"illness", "housing"}) == risks(book)


@ways
def test_who_came_to_a_rejected_case_is_not_forgotten_when_an_appeal_has_it_go_on(comes: Arrival) -> None:
    book = with_a_case(comes)
    book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=ZHANG, actor="officer")
    *_, (_, decision) = book.decisions()
    book.tell(FileAppeal(decision_event_id=decision, grounds="收入核错"), subject=ZHANG, actor="clerk")
    book.tell(DecideAppeal(outcome="approved", reason="申诉成立"), subject=ZHANG, actor="officer:wang")
    assert stage(book, ZHANG) is CaseOpen
    book.tell(DecideAtCounty(outcome="rejected", reason="仍不符合条件"), subject=ZHANG, actor="officer")
    assert stage(book, ZHANG) is ClueOpen


@ways
@pytest.mark.parametrize(("days", "seen"), [(2, True), (1, False)])
def test_who_is_there_at_the_visit_that_ends_a_case_was_seen_by_it(comes: Arrival, days: int, seen: bool) -> None:  # noqa: FBT001
    """They came on the second day after the first visit."""
    book = neighbours()
    book.tell(bill(SON))
    book.tell(applies(WIFE))
    visited(book)
    book.tell(comes(), on=TODAY + timedelta(days=2))
    met = dict.fromkeys(("food", "clothing", "education", "medical", "housing", "water"), True)
    said = {"visitors": ("a", "b"), "findings": "无困难", "guarantees": met, "outcome": "rejected"}
    book.tell(RecordVerification.model_validate(said), subject=ZHANG, on=TODAY + timedelta(days=days))
    assert stage(book, ZHANG) is (Outside if seen else ClueOpen)


def claimed(happened: list[tuple[UUID, Event]]) -> list[tuple[str, ...]]:
    return [event.claimed for _, event in happened if isinstance(event, MembersLeft)]


def test_the_risk_of_whoever_leaves_is_told_to_the_household_that_he_comes_to_and_as_long_as_somebody_looks_into_it() -> None:
    book = home()
    book.tell(applies(FATHER))
    assert [()] == claimed(book.tell(died(SON, on=TODAY)))
    book.tell(DismissClue(reason="走访核实无困难"), subject=ZHANG)
    assert [()] == claimed(book.tell(split(MOTHER, on=TODAY)))
