"""Does a household qualify? Criterion by criterion: true, false, or unknown with what would decide it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from services.enrollment.domain.commands import Category, Fact, Income, Series
from services.enrollment.domain.explanations import Criterion, Evaluation, Truth
from services.enrollment.domain.policy import Policy
from services.enrollment.domain.state import Household

Known: TypeAlias = tuple[tuple[date, datetime, str, str], Income, tuple[UUID, ...]]


def standing(state: Household) -> dict[Series, Fact]:
    """The fact that stands in each (person, series)."""
    latest: dict[Series, Fact] = {}
    for fact in state.facts.values():
        before = latest.get(fact.about)
        if before is None or fact.order > before.order:
            latest[fact.about] = fact
    return latest


def crosses(fact: Fact, category: Category, policy: Policy) -> bool:
    """Does it cross the threshold of its signal? A signal that the pack leaves out crosses none."""
    signal = policy.signals.get(fact.signal or "")
    return signal is not None and signal.crossed_by(fact, category)


def crossing(state: Household, policy: Policy) -> dict[Series, Fact]:
    """The standing facts that cross."""
    return {series: fact for series, fact in standing(state).items() if crosses(fact, state.category, policy)}


def risks(crossed: Mapping[Series, Fact], policy: Policy) -> frozenset[str]:
    return frozenset(policy.signals[fact.signal].risk for fact in crossed.values() if fact.signal is not None)


def evaluate(state: Household, on: date, policy: Policy) -> Evaluation:
    """A risk, and either a reference income below the line or a guarantee that is not met (domain rule of the pack)."""
    basis = policy.basis(state.village_code, on)
    line_fen = basis.line.fen_per_person
    risk = _risk(state, policy)
    income = _income(state, line_fen, on)
    guarantees = _guarantees(state)
    outcome = all_of((risk.result, any_of((income.result, guarantees.result))))
    return Evaluation(outcome=outcome, line_fen=line_fen, criteria=(risk, income, guarantees), basis=basis)


def _risk(state: Household, policy: Policy) -> Criterion:
    crossed = crossing(state, policy)
    facts = tuple(sorted(fact.id for fact in crossed.values()))
    return Criterion(id="risk.present", result="true" if crossed else "false", value=len(crossed), threshold=1, facts=facts)


def _income(state: Household, line_fen: int, on: date) -> Criterion:
    known = _latest_income(state)
    if known is None:
        return Criterion(id="income.reference-below-line", result="unknown", threshold=line_fen * state.size_on(on))
    income, facts = known
    threshold = line_fen * state.size_on(on)
    below = income.reference_fen < threshold
    return Criterion(id="income.reference-below-line", result=truth(below), value=income.reference_fen, threshold=threshold, facts=facts)


def _latest_income(state: Household) -> tuple[Income, tuple[UUID, ...]] | None:
    known: list[Known] = [
        ((f.income.window_to, f.time, f.source, f.reference), f.income, (f.id,)) for f in state.facts.values() if f.income is not None
    ]
    visited = state.visited
    if visited is not None and visited.income is not None:
        known.append(((visited.income.window_to, visited.at, "", ""), visited.income, ()))
    latest = max(known, key=lambda entry: entry[0], default=None)
    return (latest[1], latest[2]) if latest is not None else None


def _guarantees(state: Household) -> Criterion:
    if state.visited is None:
        return Criterion(id="guarantees.unmet", result="unknown")
    unmet = len(state.visited.unmet)
    return Criterion(id="guarantees.unmet", result=truth(unmet > 0), value=unmet, threshold=1)


def truth(value: bool) -> Truth:  # noqa: FBT001 - it converts one
    return "true" if value else "false"


def all_of(values: Iterable[Truth]) -> Truth:
    """Kleene's and: one false decides, else one unknown."""
    found = set(values)
    return "false" if "false" in found else "unknown" if "unknown" in found else "true"


def any_of(values: Iterable[Truth]) -> Truth:
    """Kleene's or: one true decides, else one unknown."""
    found = set(values)
    return "true" if "true" in found else "unknown" if "unknown" in found else "false"
