"""Criterion by criterion, three-valued: what nobody knows is never taken for false."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.criteria import all_of, any_of
from services.enrollment.domain.pack.explanations import Evaluation, Truth
from tests.enrollment.zhang import (
    CASE,
    FATHER,
    ILL,
    LINE_2020,
    LINE_2021,
    PILOT,
    POOR,
    REGISTERED,
    TODAY,
    VILLAGE,
    WITH_CLUE,
    declared,
    evaluation,
    fact,
    given,
    hospital,
    income,
    income_is,
    record,
    seen,
    unmet,
)

NEW_YEARS_EVE, NEW_YEAR, TOMORROW = date(2020, 12, 31), date(2021, 1, 1), TODAY + timedelta(days=1)


def judge(*history: Event, on: date = TODAY) -> Evaluation:
    state = given(*history).state
    assert isinstance(state, Household)
    return evaluate(state, on, PILOT)


def told(*facts: Fact) -> list[did.FactRecorded]:
    return [did.FactRecorded(fact=one) for one in facts]


def visited(found: Income | None, *guarantees: str) -> did.StepCompleted:
    return seen(CASE, POOR, income=found, unmet=guarantees)


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        ("true", "true", "true", "true"),
        ("true", "false", "false", "true"),
        ("true", "unknown", "unknown", "true"),
        ("false", "false", "false", "false"),
        ("false", "unknown", "false", "unknown"),
        ("unknown", "unknown", "unknown", "unknown"),
    ],
)
def test_truth_is_kleenes(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    assert (both, both, either, either) == (all_of((left, right)), all_of((right, left)), any_of((left, right)), any_of((right, left)))


def test_without_a_risk_nothing_else_matters() -> None:
    assert evaluation("false", income=income_is("unknown", None), guarantees=unmet("unknown", None)) == judge(*REGISTERED)


def test_a_risk_without_a_visit_is_unknown() -> None:
    assert evaluation("unknown", ILL, income=income_is("unknown", None), guarantees=unmet("unknown", None)) == judge(*WITH_CLUE)


def test_a_risk_with_a_low_income_qualifies_before_any_visit() -> None:
    low = declared(100)
    expected = evaluation("true", ILL, income=income_is("true", 100, low), guarantees=unmet("unknown", None))
    assert expected == judge(*WITH_CLUE, *told(low))


def test_enough_income_leaves_the_guarantees_to_be_found_out() -> None:
    high = declared(1_200_000)
    expected = evaluation("unknown", ILL, income=income_is("false", 1_200_000, high), guarantees=unmet("unknown", None))
    assert expected == judge(*WITH_CLUE, *told(high))


def test_a_visit_that_did_not_learn_the_income_leaves_it_unknown() -> None:
    assert evaluation("unknown", ILL, income=income_is("unknown", None)) == judge(*WITH_CLUE, visited(None))


def test_an_unmet_guarantee_qualifies_whatever_the_income_is() -> None:
    expected = evaluation("true", ILL, income=income_is("unknown", None), guarantees=unmet("true", 2))
    assert expected == judge(*WITH_CLUE, visited(None, "housing", "water"))


@pytest.mark.parametrize(
    ("day", "line_fen", "fen", "below"),
    [
        (NEW_YEARS_EVE, LINE_2020, 999_999, "true"),
        (NEW_YEARS_EVE, LINE_2020, 1_000_000, "false"),
        (NEW_YEAR, LINE_2021, 1_000_000, "true"),
        (NEW_YEAR, LINE_2021, 1_199_999, "true"),
        (NEW_YEAR, LINE_2021, 1_200_000, "false"),
    ],
)
def test_the_income_of_all_is_held_against_the_line_of_all(day: date, line_fen: int, fen: int, below: Truth) -> None:
    expected = evaluation(below, ILL, income=income_is(below, fen, line_fen=line_fen))
    assert expected == judge(*WITH_CLUE, visited(income(fen)), on=day)


@pytest.mark.parametrize(
    ("part", "net", "reference"),
    [
        ("wage_fen", 7, 7),
        ("business_fen", 7, 7),
        ("business_cost_fen", -7, -7),
        ("property_fen", 7, 7),
        ("transfer_fen", 7, 7),
        ("payouts_fen", 0, 7),
        ("within_policy_out_of_pocket_fen", 0, -7),
    ],
)
def test_the_reference_income_adds_pay_outs_and_takes_off_what_illness_cost(part: str, net: int, reference: int) -> None:
    counted = income(**{part: 7})
    assert (net, reference) == (counted.net_fen, counted.reference_fen)


def test_a_household_above_the_line_qualifies_by_its_reference_income() -> None:
    burdened = income(1_500_000, within_policy_out_of_pocket_fen=300_001)
    assert evaluation("true", ILL, income=income_is("true", 1_199_999)) == judge(*WITH_CLUE, visited(burdened))


def test_the_later_window_stands_whatever_was_told_last() -> None:
    later = declared(2, "later", until=TODAY, told=TODAY)
    earlier = declared(1, "earlier", until=TODAY - timedelta(days=1), told=TODAY + timedelta(days=1))
    assert income_is("true", 2, later) == judge(*REGISTERED, *told(later, earlier)).criteria[1]


def test_of_one_window_the_later_word_stands() -> None:
    word, last_word = declared(1, "word"), declared(2, "last word", told=TODAY + timedelta(days=1))
    assert income_is("true", 2, last_word) == judge(*REGISTERED, *told(last_word, word)).criteria[1]


@pytest.mark.parametrize("order", list(permutations(("a", "b", "c"))))
def test_of_words_said_at_the_same_instant_the_greatest_reference_stands_in_any_order(order: tuple[str, ...]) -> None:
    words = {"a": declared(1, "a"), "b": declared(2, "b"), "c": declared(3, "c")}
    assert income_is("true", 3, words["c"]) == judge(*REGISTERED, *told(*(words[name] for name in order))).criteria[1]


def test_what_a_visit_found_gives_way_to_a_later_window() -> None:
    later = declared(5, until=TODAY)
    assert income_is("true", 5, later) == judge(*REGISTERED, *told(later), visited(income(3, NEW_YEAR))).criteria[1]


def test_what_a_visit_found_stands_before_an_earlier_window() -> None:
    earlier = declared(5, until=NEW_YEARS_EVE)
    assert income_is("true", 3) == judge(*REGISTERED, *told(earlier), visited(income(3, NEW_YEAR))).criteria[1]


def test_an_income_that_was_withdrawn_is_not_counted() -> None:
    withdrawn = declared(5)
    gone = did.FactWithdrawn(fact=withdrawn.id, source="/department", reference="income")
    assert income_is("unknown", None) == judge(*REGISTERED, *told(withdrawn), gone).criteria[1]


def test_every_fact_that_points_to_a_risk_is_named() -> None:
    house = fact("house", signal="house", present=True)
    expected = evaluation("true", house, ILL, income=income_is("true", 300_000))
    assert expected == judge(*WITH_CLUE, *told(house), visited(income(300_000)))


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_facts_told_at_once_the_one_of_the_greater_source_stands_in_any_order(order: int) -> None:
    one, other = replace(hospital(1, "one"), source="/b"), replace(hospital(2, "two"), source="/a")
    state = given(*REGISTERED).when(*[record(told) for told in (one, other)[::order]]).state
    assert [one] == list(state.standing().values())


def test_a_fact_that_is_about_no_benefit_names_none() -> None:
    assert [None, "margin-support"] == [one.benefit for one in (ILL, fact("benefit", series="benefit:margin-support"))]


@pytest.mark.parametrize(
    ("old", "new", "stand"),
    [
        pytest.param({"present": True}, {"told": TOMORROW}, {"own"}, id="its own is replaced"),
        pytest.param({"told": TOMORROW, "present": True}, {"told": TODAY}, {"old", "own"}, id="not by an earlier one"),
        pytest.param({"whole_village": True, "present": True}, {"told": TOMORROW}, {"old", "own"}, id="its village's is not"),
    ],
)
def test_the_water_of_a_household_that_a_log_of_before_told_is_replaced_by_its_own(
    old: dict[str, Any], new: dict[str, Any], stand: set[str]
) -> None:
    """It was kept in the series of its village's."""
    before = fact("old", **{"series": "water", "signal": "water", "person": None, "village_code": VILLAGE, **old})
    since = fact("own", **{"series": "water:own", "signal": "water", **new})
    state = given(*REGISTERED, did.FactRecorded(fact=before), did.FactRecorded(fact=since)).state
    assert isinstance(state, Household)
    assert stand == {one.reference for one in state.standing().values()}


def test_a_house_and_its_water_are_everybodys_whoever_was_named() -> None:
    about = [fact(series, series=series).about for series in ("house", "water:own", "dropout")]
    assert [(None, "house"), (None, "water:own"), (FATHER, "dropout")] == about
