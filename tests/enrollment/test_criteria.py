"""The criteria of a pack: both sides of every threshold, types of the national pack, and what is promised of any household."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from services.enrollment import packs
from services.enrollment.domain.commands import Category
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.state import Household, Visit
from services.enrollment.domain.judging.evaluation import evaluate
from services.enrollment.domain.pack.criteria import AllOf, AnyOf, Condition, holds
from services.enrollment.domain.pack.explanations import Ask, Criterion, Evaluation, Truth
from services.enrollment.domain.pack.lines import Line
from services.enrollment.domain.pack.policy import Policy
from tests.enrollment.zhang import FATHER, MOTHER, PILOT, REGISTERED, TODAY, declared, fact, given, hospital, income, noon
from tests.laws import law

NATIONAL = packs.load("example-national-2021")
BOTH = (PILOT, NATIONAL)


def household(
    *facts: Fact, earned: int | None = None, category: Category = "never_registered", unmet: tuple[str, ...] = (), **other: int
) -> Household:
    seen = income(earned, **other) if earned is not None else None
    visited = Visit("visitor", noon(TODAY), seen, unmet, "findings")
    known = {one.id: one for one in facts}
    registered = given(*REGISTERED).state
    assert isinstance(registered, Household)
    return replace(registered.after(visited), category=category, facts=known)


def judged(state: Household, name: str) -> Criterion:
    (criterion,) = [one for one in evaluate(state, TODAY, NATIONAL).criteria if one.id == name]
    return criterion


@pytest.mark.parametrize(("fen", "result"), [(1_799_999, "true"), (1_800_000, "false")])
def test_the_margin_is_one_and_a_half_times_the_line_for_all_members(fen: int, result: Truth) -> None:
    criterion = judged(household(earned=fen), "income.margin")
    assert (result, fen, 1_800_000) == (criterion.result, criterion.value, criterion.threshold)


@pytest.mark.parametrize(("fen", "result"), [(700_000, "false"), (700_001, "true")])
def test_a_rigid_expense_is_above_seventy_percent_of_the_net_income(fen: int, result: Truth) -> None:
    bill = hospital(fen)
    criterion = judged(household(bill, earned=1_000_000), "expense.rigid")
    assert (result, fen, 700_000, (bill.id,)) == (criterion.result, criterion.value, criterion.threshold, criterion.facts)


def test_plain_and_reference_income_are_kept_apart() -> None:
    state = household(earned=1_300_000, within_policy_out_of_pocket_fen=200_000)
    net, reference = judged(state, "income.net-below-line"), judged(state, "income.reference-below-line")
    assert ("false", 1_300_000) == (net.result, net.value)
    assert ("true", 1_100_000) == (reference.result, reference.value)


HOUSE = fact("house", signal="house", present=True)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (household(HOUSE, earned=0, category="lifted_receiving"), "lifted-unstable"),
        (household(HOUSE, earned=0), "marginal"),
        (household(hospital(5_000_000), earned=2_000_000), "sudden-difficulty"),
        (household(HOUSE, earned=2_000_000), ""),
    ],
)
def test_a_household_qualifies_as_the_first_type_whose_condition_holds(state: Household, kind: str) -> None:
    evaluation = evaluate(state, TODAY, NATIONAL)
    assert ("true" if kind else "false", kind) == (evaluation.outcome, evaluation.type)


def combined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=1).map(tuple)
    return st.builds(AllOf, all=several) | st.builds(AnyOf, any=several)


conditions = st.recursive(st.sampled_from(["a", "b", "c"]), combined, max_leaves=8)


@law
@for_all(conditions, st.fixed_dictionaries({name: st.sampled_from(["true", "false", "unknown"]) for name in "abc"}), st.data())
def test_an_unknown_is_never_taken_for_false(condition: Condition, results: dict[str, Truth], data: st.DataObject) -> None:
    """What is decided stays so, whatever turns out to be true of what is unknown."""
    before = holds(condition, results)
    found = {name: data.draw(st.sampled_from(["true", "false"])) if result == "unknown" else result for name, result in results.items()}
    assert before in {"unknown", holds(condition, found)}


def granted(benefit: str, person: UUID | None = MOTHER, *, granted: bool = True) -> Fact:
    return fact(
        f"{benefit} {person}", signal="benefit-stopped", series=f"benefit:{benefit}", kind=benefit, person=person, present=not granted
    )


def test_who_is_in_a_higher_layer_is_unknown_until_the_departments_books_were_compared() -> None:
    unknown = Criterion(id="layers.none-above", result="unknown", threshold=1, asks=Ask("benefits", ("civil-affairs",)))
    assert unknown == judged(household(), "layers.none-above")
    compared = replace(household(), compared=frozenset({FATHER, MOTHER}))
    assert Criterion(id="layers.none-above", result="true", value=0, threshold=1) == judged(compared, "layers.none-above")


def test_a_member_who_was_not_there_at_the_comparison_is_not_known_to_be_in_no_layer() -> None:
    assert "unknown" == judged(replace(household(), compared=frozenset({FATHER})), "layers.none-above").result


def test_a_benefit_of_a_higher_layer_decides_with_or_without_a_comparison() -> None:
    care, shared = granted("destitute-support"), granted("subsistence-allowance", None)
    facts = tuple(sorted((care.id, shared.id)))
    two = Criterion(id="layers.none-above", result="false", value=2, threshold=1, facts=facts)
    assert two == judged(household(care, shared), "layers.none-above")
    assert two == judged(replace(household(care, shared), compared=frozenset({FATHER, MOTHER})), "layers.none-above")


@pytest.mark.parametrize("held", [granted("margin-support"), granted("old-age-allowance"), granted("destitute-support", granted=False)])
def test_a_lower_layer_no_layer_and_a_stopped_benefit_are_in_nobodys_way(held: Fact) -> None:
    compared = replace(household(held), compared=frozenset({FATHER, MOTHER}))
    assert "true" == judged(compared, "layers.none-above").result


def test_a_type_may_ask_that_nobody_is_in_a_higher_layer() -> None:
    *others, sudden = NATIONAL.household_types
    apart = sudden.model_copy(update={"qualifies": AllOf(all=("risk.sudden", "layers.none-above"))})
    pack = NATIONAL.model_copy(update={"household_types": (apart,)})
    assert len(others) == 2
    ill = hospital(5_000_000)
    outcomes = [
        evaluate(state, TODAY, pack).outcome
        for state in (
            household(ill),
            replace(household(ill), compared=frozenset({FATHER, MOTHER})),
            household(ill, granted("destitute-support")),
        )
    ]
    assert ["unknown", "true", "false"] == outcomes


amounts = st.integers(0, 5_000_000)
states = st.builds(
    lambda bills, earned, unmet, cost: household(
        *(hospital(fen, f"bill {number}", f"20{number:02}-01") for number, fen in enumerate(bills)),
        earned=earned,
        unmet=unmet,
        **({"within_policy_out_of_pocket_fen": cost} if earned is not None else {}),
    ),
    st.lists(amounts, max_size=3),
    st.none() | amounts,
    st.sampled_from([(), ("water",)]),
    amounts,
)


@law
@for_all(states, st.integers(0, 2_000_000), st.integers(0, 2_000_000), st.sampled_from(BOTH))
def test_a_higher_line_never_makes_a_qualified_household_unqualified(state: Household, fen: int, more: int, pack: Policy) -> None:
    def outcome(line_fen: int) -> Truth:
        return evaluate(state, TODAY, pack.with_lines((Line("370323", date(2021, 1, 2), line_fen),))).outcome

    worth = {"false": 0, "unknown": 1, "true": 2}
    assert worth[outcome(fen)] <= worth[outcome(fen + more)]


@law
@for_all(states, st.sampled_from(BOTH))
def test_an_evaluation_holds_no_fraction_and_asks_for_all_that_is_unknown(state: Household, pack: Policy) -> None:
    evaluation = evaluate(state, TODAY, pack)
    assert [one for one in leaves(evaluation) if isinstance(one, float)] == []
    assert [one.asks is not None for one in evaluation.criteria] == [one.result == "unknown" for one in evaluation.criteria]


@law
@for_all(states, st.sampled_from(BOTH))
def test_a_household_of_which_nobody_knows_the_income_is_never_below_or_above_the_line(state: Household, pack: Policy) -> None:
    blind = replace(state, earned=None)
    results = {one.result for one in evaluate(blind, TODAY, pack).criteria if one.id.startswith(("income.", "expense."))}
    assert results == {"unknown"}


def leaves(value: object) -> Iterable[object]:
    parts = astuple(value) if isinstance(value, Evaluation | Criterion) else value if isinstance(value, tuple) else None
    if parts is None:
        yield value
    else:
        for part in parts:
            yield from leaves(part)


CAR = frozenset({"accident"})


@pytest.mark.parametrize(
    ("facts", "claimed", "value"),
    [
        ((HOUSE,), frozenset(), 0),
        ((), frozenset({"housing"}), 0),
        ((), CAR, 1),
        ((HOUSE, hospital(2_500_000)), frozenset({"housing", "accident"}), 2),
    ],
)
def test_a_sudden_risk_is_one_of_those_that_the_pack_names(facts: tuple[Fact, ...], claimed: frozenset[str], value: int) -> None:
    criterion = judged(replace(household(*facts), claimed=claimed), "risk.sudden")
    expected = tuple(one.id for one in facts if one.signal == "inpatient")
    assert (value, "true" if value else "false", expected) == (criterion.value, criterion.result, criterion.facts)


def test_an_expense_is_what_was_paid_for_what_the_pack_names() -> None:
    bill = hospital(700_001)
    flood = fact("flood", signal="disaster", series="disaster:flood", present=True, amount_fen=900_000)
    unpriced = fact("school", signal="school-fee", series="school-fee:2020")
    criterion = judged(household(bill, flood, unpriced, earned=1_000_000), "expense.rigid")
    assert (700_001, (bill.id,)) == (criterion.value, criterion.facts)


def test_an_expense_names_the_fact_that_told_the_income_too() -> None:
    bill, earned = hospital(700_001), declared(1_000_000)
    state = replace(household(bill), facts={one.id: one for one in (bill, earned)})
    assert (bill.id, earned.id) == judged(state, "expense.rigid").facts


def test_an_expense_against_an_income_that_nobody_knows_is_unknown_and_asks_for_it() -> None:
    bill = hospital(700_001)
    asks = Ask("income", ("visit", "civil-affairs"))
    unknown = Criterion(id="expense.rigid", result="unknown", value=700_001, facts=(bill.id,), asks=asks)
    assert unknown == judged(household(bill), "expense.rigid")


def test_who_lost_money_can_pay_for_nothing() -> None:
    loss = judged(household(hospital(1), earned=0, business_cost_fen=5), "expense.rigid")
    assert ("true", 1, 0) == (loss.result, loss.value, loss.threshold)
    assert "false" == judged(household(earned=0, business_cost_fen=5), "expense.rigid").result


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_incomes_for_the_same_time_told_at_once_the_same_one_counts_in_any_order(order: int) -> None:
    one = replace(declared(100, "one"), source="/department/b")
    other = replace(declared(200, "two"), source="/department/a")
    state = replace(household(), facts={fact.id: fact for fact in (one, other)[::order]})
    assert 100 == judged(state, "income.net-below-line").value


def test_an_income_that_a_department_told_at_noon_goes_before_one_that_was_seen_then() -> None:
    told = declared(100, until=date(2020, 12, 31))
    assert 100 == judged(replace(household(earned=200), facts={told.id: told}), "income.net-below-line").value


def test_what_cost_nothing_is_no_expense() -> None:
    assert ("false", 0) == (
        judged(household(hospital(0), earned=0), "expense.rigid").result,
        judged(household(hospital(0)), "expense.rigid").value,
    )
