"""The criteria of a pack: both sides of every threshold, types of the national pack, and what is promised of any household."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import astuple, replace

from services.enrollment import packs
from services.enrollment.domain.commands import Category, Fact
from services.enrollment.domain.criteria import AllOf, AnyOf, Condition, holds
from services.enrollment.domain.evaluation import evaluate
from services.enrollment.domain.explanations import Criterion, Evaluation, Truth
from services.enrollment.domain.lines import Line
from services.enrollment.domain.policy import Policy
from services.enrollment.domain.state import Household, Visit
from tests.enrollment.zhang import PILOT, REGISTERED, TODAY, fact, given, hospital, income, noon
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
    return replace(registered, category=category, facts=known, visited=visited)


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
    assert state.visited is not None
    blind = replace(state, visited=replace(state.visited, income=None))
    results = {one.result for one in evaluate(blind, TODAY, pack).criteria if one.id.startswith(("income.", "expense."))}
    assert results == {"unknown"}


def leaves(value: object) -> Iterable[object]:
    parts = astuple(value) if isinstance(value, Evaluation | Criterion) else value if isinstance(value, tuple) else None
    if parts is None:
        yield value
    else:
        for part in parts:
            yield from leaves(part)
