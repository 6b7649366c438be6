"""What is folded from the log, where the log says little, says it twice, or is of an older release."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import AppealFiled
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.members.change_events import FactDoubted, HouseholdEnded, VillageUnknown
from tests.enrollment import national
from tests.enrollment.book import ZHANG
from tests.enrollment.told import NEXT_VILLAGE, bill, home, moved
from tests.enrollment.zhang import CASE, FATHER, ILL, MOTHER, OPENED, REGISTERED, VILLAGE, WITH_CLUE, fact, given, raised, refused
from tests.messages import EVENT_ID, TODAY


def household(*events: did.AnyEvent) -> Household:
    state = given(*events).state
    assert isinstance(state, Household)
    return state


def test_what_says_nothing_of_a_household_leaves_it_as_it_is() -> None:
    state = household(*WITH_CLUE)
    silent = (*REGISTERED, did.FactUnmatched(fact=fact("waits")), refused("state.does-not-fit"))
    assert [state] * 3 == [evolve(state, event) for event in silent]


def test_a_case_of_an_old_log_that_names_no_line_has_none() -> None:
    old = replace(OPENED[2], basis=None)
    assert household(*WITH_CLUE, OPENED[1], old).line is None


def test_a_clue_that_names_a_fact_which_nobody_knows_any_more_is_a_clue_all_the_same() -> None:
    known = household(*REGISTERED, did.FactRecorded(fact=ILL), *raised(ILL))
    assert known == household(*REGISTERED, did.FactRecorded(fact=ILL), *raised(ILL, answered=(UUID(int=99),)))


def test_a_fact_counts_or_counts_no_more_and_is_never_both() -> None:
    book = home()
    book.tell(say.WaterTested(valid_on=TODAY, village_code=VILLAGE, safe=False), bill())
    book.tell(moved(NEXT_VILLAGE))
    state = book.household(ZHANG)
    assert {"inpatient:2021", "household-moved"} == {one.series for one in state.facts.values()}
    assert {"water"} == {one.series for one in state.former.values()}


def test_a_fact_that_was_doubted_and_then_recorded_is_doubted_no_more() -> None:
    state = household(*REGISTERED, FactDoubted(fact=ILL, reason_code="person.died"), did.FactRecorded(fact=ILL))
    assert ({ILL.id}, set()) == (set(state.facts), set(state.former))


def test_a_comparison_that_is_to_be_done_again_says_nothing_of_anybody() -> None:
    compared = national.given(*national.COMPARED)
    sent_back = compared.when(national.compare("returned", on=date(2021, 1, 7), return_to="comparison"))
    assert [frozenset({FATHER, MOTHER}), frozenset()] == [compared.state.compared, sent_back.state.compared]


def test_who_decided_is_whom_the_appeal_names_where_nobody_closed_the_case() -> None:
    appealed = AppealFiled(appeal=CASE, decision=EVENT_ID, by="clerk", grounds_sha256="appeal", decided_by="officer")
    state = household(*WITH_CLUE, appealed)
    assert state.appeal is not None
    assert {"officer"} == state.appeal.decided_by


def test_a_household_that_ended_is_in_no_village_that_nobody_knows() -> None:
    lost = VillageUnknown(village_code="999", reason="unknown")
    assert ["999", ""] == [household(*REGISTERED, lost, *ended).unplaced for ended in ((), (HouseholdEnded(reason="died", on=TODAY),))]
