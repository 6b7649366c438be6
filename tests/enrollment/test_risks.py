"""A household has no more risks than the form holds; what there is no room for comes in when another one is resolved."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.judging.evaluation import foremost
from tests.enrollment.zhang import ENROLLED, ILL, PILOT, REGISTERED, TAKEN_IN, applies, county, fact, given, record, visit, withdraw

# As the pack names their signals.
FIVE = ("illness", "education", "disability", "housing", "drinking_water")
WATER = fact("water", person=None, series="water", signal="water", present=True)
HOUSE = fact("house", person=None, series="house", signal="house", present=True)
LAID_OFF = fact("laid off", series="employment", signal="employment", present=True)
SCHOOL = fact("fee", series="school-fee:2020", signal="school-fee", kind="senior", amount_fen=1_000_001)
DISABLED = fact("disabled", series="disability:1", signal="disability", kind="1", present=True)
FLOOD = fact("flood", series="disaster:flood:2021-01-05", signal="disaster", present=True)


def enrolled_with(*risks: str) -> tuple[str, ...]:
    """What the county's decision says of those that an application named."""
    happened = given(*REGISTERED).when(applies(risks=risks), visit(), county()).happened
    (enrolled,) = [event for event in happened if isinstance(event, did.HouseholdEnrolled)]
    return enrolled.risks


def test_five_risks_are_all_held() -> None:
    assert tuple(sorted(FIVE)) == enrolled_with(*FIVE)


@pytest.mark.parametrize("sixth", ["natural_disaster", "unstable_work", "other", "accident", "lack_of_labour"])
def test_of_six_risks_the_one_is_left_out_that_the_pack_names_last_or_not_at_all(sixth: str) -> None:
    assert tuple(sorted(FIVE)) == enrolled_with(sixth, *FIVE)


def test_risks_that_no_signal_points_to_go_by_their_names() -> None:
    named = ("lack_of_labour", "business_failure", "accident", "illness", "education", "disability")
    assert ("accident", "business_failure", "disability", "education", "illness") == enrolled_with(*named)


def test_a_fifth_risk_is_added_and_a_sixth_is_not() -> None:
    four = given(*ENROLLED).when(record(SCHOOL), record(DISABLED), record(HOUSE))
    four.when(record(WATER)).then(did.FactRecorded(fact=WATER), did.RiskAdded(risk="drinking_water"))
    four.when(record(WATER), record(LAID_OFF)).then(did.FactRecorded(fact=LAID_OFF))


def test_a_risk_that_is_resolved_makes_room_for_the_first_that_waits() -> None:
    full = given(*ENROLLED).when(record(SCHOOL), record(DISABLED), record(HOUSE), record(WATER), record(LAID_OFF), record(FLOOD))
    full.when(withdraw(HOUSE)).then(
        did.FactWithdrawn(fact=HOUSE.id, source="/department", reference="house"),
        did.RiskResolved(risk="housing"),
        did.RiskAdded(risk="natural_disaster"),
    )


def test_a_household_of_an_old_log_with_six_risks_gets_no_seventh() -> None:
    six = replace(TAKEN_IN[1], risks=(*FIVE, "natural_disaster"))
    facts = [did.FactRecorded(fact=one) for one in (SCHOOL, DISABLED, HOUSE, WATER, FLOOD)]
    old = given(*ENROLLED[:-1], six, *facts)
    old.when(record(LAID_OFF)).then(did.FactRecorded(fact=LAID_OFF))
    taken_back = did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill")
    old.when(record(LAID_OFF), withdraw(ILL)).then(taken_back, did.RiskResolved(risk="illness"))


@pytest.mark.parametrize("order", [1, -1])
def test_whatever_the_order_in_which_risks_are_found_the_same_ones_are_held(order: int) -> None:
    found = ["lack_of_labour", "business_failure", "accident"][::order]
    assert [frozenset(), {"accident"}, {"accident", "business_failure"}] == [foremost(found, most, PILOT) for most in range(3)]
