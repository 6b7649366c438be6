"""Does a household qualify? Criterion by criterion: true, false, or unknown with what would decide it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple, assert_never
from uuid import UUID

from msgspec.structs import replace

from services.enrollment.domain.commands import Category
from services.enrollment.domain.fact import Fact, Income, Series
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.judging.expenses import counts_on
from services.enrollment.domain.pack.criteria import (
    Asked,
    GuaranteeUnmet,
    IncomeBelowLine,
    InNoLayer,
    RigidExpense,
    RiskPresent,
    any_of,
    holds,
)
from services.enrollment.domain.pack.explanations import Ask, Criterion, Evaluation, Truth
from services.enrollment.domain.pack.layers import benefits_of
from services.enrollment.domain.pack.policy import Policy


def crosses(fact: Fact, category: Category, policy: Policy) -> bool:
    """Does it cross the threshold of its signal? A signal that the pack leaves out crosses none."""
    signal = policy.signals.get(fact.signal or "")
    return signal is not None and signal.crossed_by(fact, category)


def crossing(state: Household, policy: Policy) -> dict[Series, Fact]:
    """The standing facts that cross."""
    return {series: fact for series, fact in state.standing().items() if crosses(fact, state.category, policy)}


def risks(crossed: Mapping[Series, Fact], policy: Policy) -> frozenset[str]:
    return frozenset(policy.signals[fact.signal].risk for fact in crossed.values() if fact.signal is not None)


def risks_of(state: Household, policy: Policy) -> frozenset[str]:
    """Those that the facts point to, and those that an application or a screening named before the visit."""
    return risks(crossing(state, policy), policy) | state.claimed


def foremost(found: Iterable[str], most: int, policy: Policy) -> frozenset[str]:
    """As many risks as there is room for: in the order in which the pack names their signals, then by name."""
    order = list(dict.fromkeys(signal.risk for signal in policy.signals.values()))
    ranked = sorted(found, key=lambda risk: (order.index(risk) if risk in order else len(order), risk))
    return frozenset(ranked[: max(most, 0)])


def evaluate(state: Household, on: date, policy: Policy) -> Evaluation:
    """Every criterion of the pack, and whether the household qualifies as one of the types that its category may have."""
    basis = policy.basis(state.village_code, on)
    line_fen = basis.line.fen_per_person
    by = _Measure(policy, on, line_fen * state.size_on(on), _earned(state, on, policy))
    criteria = tuple(_judge(name, asked, state, by) for name, asked in policy.criteria.items())
    types = _types(criteria, state, policy)
    fitting = next((name for name, result in types.items() if result == "true"), "")
    return Evaluation(outcome=any_of(types.values()), line_fen=line_fen, criteria=criteria, basis=basis, type=fitting)


def qualified(evaluation: Evaluation, state: Household, policy: Policy) -> tuple[str, ...]:
    """All types that the household qualifies as, in the order of the pack."""
    return tuple(name for name, result in _types(evaluation.criteria, state, policy).items() if result == "true")


def _types(criteria: Iterable[Criterion], state: Household, policy: Policy) -> dict[str, Truth]:
    results: dict[str, Truth] = {criterion.id: criterion.result for criterion in criteria}
    possible = [kind for kind in policy.household_types if state.category in kind.categories]
    return {kind.name: holds(kind.qualifies, results) for kind in possible}


class _Earned(NamedTuple):
    """The latest income with the fact or the visit that told it; one that is too old, not of a year or of others `decides` nothing.

    One that was told while somebody lived who is `bereaved` of speaks for the household and not against it: he may have earned it.
    """

    income: Income
    facts: tuple[UUID, ...]
    decides: bool
    bereaved: bool


class _Measure(NamedTuple):
    """What a household is held against; the line is that of all its members."""

    policy: Policy
    on: date
    line_of_all: int
    earned: _Earned | None


def _earned(state: Household, on: date, policy: Policy) -> _Earned | None:
    known = latest_income(state, policy, on)
    if known is None:
        return None
    decides = policy.believes(known.income, on) and not _is_of_others(known, state)
    return _Earned(known.income, known.sources, decides, bereaved=known.on < state.bereaved)


def _judge(name: str, asked: Asked, state: Household, by: _Measure) -> Criterion:
    match asked:
        case RiskPresent():
            return _risk(name, asked, state, by.policy)
        case IncomeBelowLine():
            return _income(name, asked, by)
        case RigidExpense():
            return _expense(name, asked, state, by)
        case GuaranteeUnmet():
            return _guarantees(name, asked, state)
        case InNoLayer():
            return _layers(name, asked, state, by.policy)
        case _:
            assert_never(asked)


def _risk(name: str, asked: RiskPresent, state: Household, policy: Policy) -> Criterion:
    crossed = crossing(state, policy)
    facts = tuple(sorted(f.id for f in crossed.values() if not asked.risks or policy.signals[f.signal or ""].risk in asked.risks))
    found = len(facts) + sum(not asked.risks or risk in asked.risks for risk in state.claimed)
    return Criterion(id=name, result=truth(found > 0), value=found, threshold=1, facts=facts)


def _income(name: str, asked: IncomeBelowLine, by: _Measure) -> Criterion:
    """In hundredths of fen, so that nothing is rounded; the threshold shown is the least whole fen that is not below."""
    limit = by.line_of_all * asked.percent_of_line
    threshold = -(-limit // 100)
    if by.earned is None:
        return Criterion(id=name, result="unknown", threshold=threshold, asks=Ask("income", asked.asks))
    income, facts, *_ = by.earned
    value = income.net_fen if asked.figure == "net" else income.reference_fen
    judged = Criterion(id=name, result=truth(value * 100 < limit), value=value, threshold=threshold, facts=facts)
    return _decided(judged, by.earned, asked)


def _expense(name: str, asked: RigidExpense, state: Household, by: _Measure) -> Criterion:
    """The threshold shown is the most whole fen that is not above."""
    earned = by.earned
    told = [fact for fact in state.standing().values() if fact.signal in asked.signals and fact.amount_fen is not None]
    paid = [fact for fact in told if counts_on(fact, by.on, by.policy)]
    spent, facts = sum(fact.amount_fen or 0 for fact in paid), tuple(sorted(fact.id for fact in paid))
    if earned is None:
        return Criterion(id=name, result="unknown", value=spent, facts=facts, asks=Ask("income", asked.asks))
    limit = max(earned.income.net_fen, 0) * asked.above_percent
    sources = (*facts, *earned.facts)
    judged = Criterion(id=name, result=truth(spent * 100 > limit), value=spent, threshold=limit // 100, facts=sources)
    return _decided(judged, earned, asked)


def _decided(judged: Criterion, earned: _Earned, asked: IncomeBelowLine | RigidExpense) -> Criterion:
    """The figures and their facts are shown although they decide nothing: the income is too old, too short, of others or of the dead."""
    if earned.decides and not (earned.bereaved and judged.result == "false"):
        return judged
    return replace(judged, result="unknown", asks=Ask("income", asked.asks))


def _guarantees(name: str, asked: GuaranteeUnmet, state: Household) -> Criterion:
    if state.visited is None:
        return Criterion(id=name, result="unknown", asks=Ask("guarantees", asked.asks))
    unmet = len(state.visited.unmet)
    return Criterion(id=name, result=truth(unmet > 0), value=unmet, threshold=1, facts=state.visited.sources)


def _layers(name: str, asked: InNoLayer, state: Household, policy: Policy) -> Criterion:
    """The value is the number of benefits that the members have of these layers."""
    benefits = benefits_of(policy.layers, asked.layers)
    facts = tuple(sorted(fact.id for fact in state.standing().values() if fact.benefit in benefits and not fact.present))
    if not facts and not state.members <= state.compared:
        return Criterion(id=name, result="unknown", threshold=1, asks=Ask("benefits", asked.asks))
    return Criterion(id=name, result=truth(not facts), value=len(facts), threshold=1, facts=facts)


class KnownIncome(NamedTuple):
    """With the fact or the visit that `told` it `on` a local date; of two with the same window the one that was told later stands."""

    income: Income
    sources: tuple[UUID, ...]
    on: date
    told: tuple[datetime, str, str]


def latest_income(state: Household, policy: Policy, on: date = date.max) -> KnownIncome | None:
    """The one whose window ends last, on a local date at the latest; None where nobody told any.

    One of too short a window (what was earned in a month says nothing of the year), or of other people, is taken only if there is no
    better one.
    """
    told = [
        KnownIncome(f.income, (f.id,), f.valid_on, (f.time, f.source, f.reference)) for f in state.facts.values() if f.income is not None
    ]
    seen = state.earned
    if seen is not None and seen.income is not None:
        told.append(KnownIncome(seen.income, seen.sources, seen.on, (seen.at, "", "")))
    return max(
        (one for one in told if one.income.window_to <= on),
        key=lambda one: (policy.counts(one.income), not _is_of_others(one, state), one.income.window_to, one.told),
        default=None,
    )


def _is_of_others(known: KnownIncome, state: Household) -> bool:
    return known.on < state.regrouped


def truth(value: bool) -> Truth:  # noqa: FBT001 - it converts one
    return "true" if value else "false"
