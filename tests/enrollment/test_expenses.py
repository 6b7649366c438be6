"""An expense is held against the income of twelve months: an older one counts no more, a sum that reaches into them counts whole."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from services.enrollment import packs
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.explanations import Criterion
from services.enrollment.domain.pack.policy import Policy
from tests.enrollment.zhang import PILOT, REGISTERED, declared, fact, given, hospital

NATIONAL = packs.load("example-national-2021")
RIGID = "expense.rigid"
# The pilot names no such criterion; a county that adds it gets the same.
BOTH = (NATIONAL, PILOT.model_copy(update={"criteria": {**PILOT.criteria, RIGID: NATIONAL.criteria[RIGID]}}))
both = pytest.mark.parametrize("pack", BOTH, ids=lambda pack: pack.name)


def judged(on: date, pack: Policy, *facts: Fact) -> Criterion:
    state = given(*REGISTERED).state
    assert isinstance(state, Household)
    known = {one.id: one for one in (*facts, declared(1_000_000, until=on))}
    (criterion,) = [one for one in evaluate(replace(state, facts=known), on, pack).criteria if one.id == RIGID]
    return criterion


def pharmacy(month: str, fen: int = 100_000) -> Fact:
    return fact(f"pharmacy {month}", series=f"outpatient:{month}", signal="outpatient", period=month, amount_fen=fen)


def school(paid: date) -> Fact:
    return fact(f"school {paid}", series=f"school-fee:{paid.year}", signal="school-fee", amount_fen=800_000, valid_on=paid)


@both
def test_bills_of_five_years_are_not_held_against_the_income_of_one(pack: Policy) -> None:
    bills = [hospital(200_000, f"bill {year}", f"{year}-12") for year in (2016, 2017, 2018, 2019, 2020)]
    criterion = judged(date(2021, 1, 5), pack, *bills)
    assert ("false", 200_000, 700_000) == (criterion.result, criterion.value, criterion.threshold)
    assert bills[-1].id in criterion.facts
    assert 2 == len(criterion.facts)


@both
@pytest.mark.parametrize(
    ("on", "fen"),
    [
        pytest.param(date(2020, 2, 29), 0, id="not before its month"),
        pytest.param(date(2020, 3, 1), 100_000, id="from the first day of its month"),
        pytest.param(date(2021, 3, 31), 100_000, id="until twelve months after its last day"),
        pytest.param(date(2021, 4, 1), 0, id="not a day longer"),
    ],
)
def test_an_out_patient_month_counts_as_long_as_a_day_of_it_lies_in_the_twelve_months(on: date, fen: int, pack: Policy) -> None:
    assert fen == judged(on, pack, pharmacy("2020-03")).value


@both
@pytest.mark.parametrize(
    ("on", "fen"),
    [
        pytest.param(date(2020, 12, 31), 400_000, id="the last day of the year"),
        pytest.param(date(2021, 1, 1), 400_000, id="the first of the next"),
        pytest.param(date(2021, 1, 31), 750_000, id="both years"),
        pytest.param(date(2021, 12, 31), 750_000, id="until the sum of the old year is twelve months old"),
        pytest.param(date(2022, 1, 1), 350_000, id="then the new year alone"),
        pytest.param(date(2022, 1, 31), 350_000, id="as long as its last month is in the twelve"),
        pytest.param(date(2022, 2, 1), 0, id="then nothing"),
    ],
)
def test_at_the_turn_of_the_year_the_in_patient_sums_of_both_years_count(on: date, fen: int, pack: Policy) -> None:
    old, new = hospital(400_000, "2020", "2020-12"), hospital(350_000, "2021", "2021-01")
    told = (old, new) if on >= date(2021, 1, 31) else (old,)
    criterion = judged(on, pack, *told)
    assert (fen, "true" if fen > 700_000 else "false") == (criterion.value, criterion.result)


@both
def test_an_in_patient_sum_counts_from_the_first_day_of_its_year(pack: Policy) -> None:
    bill = hospital(400_000, month="2021-06")
    assert [0, 400_000] == [judged(on, pack, bill).value for on in (date(2020, 12, 31), date(2021, 1, 1))]


@both
@pytest.mark.parametrize(
    ("on", "result"),
    [(date(2020, 8, 31), "false"), (date(2020, 9, 1), "true"), (date(2021, 9, 1), "true"), (date(2021, 9, 2), "false")],
)
def test_a_school_fee_counts_from_its_day_for_twelve_months(on: date, result: str, pack: Policy) -> None:
    assert result == judged(on, pack, school(date(2020, 9, 1))).result
