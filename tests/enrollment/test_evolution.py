"""What is folded from the log, where the log says little, says it twice, or is of an older release."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from schemas import facts as say
from services.enrollment.domain import events as did
from services.enrollment.domain.evolution import evolve
from services.enrollment.domain.state import Household
from tests.enrollment.book import ZHANG
from tests.enrollment.told import NEXT_VILLAGE, bill, home, moved
from tests.enrollment.zhang import ILL, OPENED, REGISTERED, VILLAGE, WITH_CLUE, fact, given, raised, refused
from tests.messages import TODAY


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
