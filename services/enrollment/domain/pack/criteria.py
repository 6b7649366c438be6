"""What a pack may ask of a household: a closed list of kinds of criteria, and how a pack combines them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from services.enrollment.domain.pack.explanations import Truth
from services.enrollment.domain.pack.sourced import Name, Sourced

Supplier: TypeAlias = Literal["visit", "civil-affairs", "human-resources", "medical-insurance", "education"]
Percent = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class RiskPresent(Sourced, frozen=True):
    """A fact crosses the threshold of its signal; of `risks` only, where some are named."""

    kind: Literal["risk-present"]
    risks: frozenset[str] = frozenset()


class IncomeBelowLine(Sourced, frozen=True):
    """The household's income of twelve months is below so many percent of the line for all its members."""

    kind: Literal["income-below-line"]
    figure: Literal["net", "reference"]
    percent_of_line: Percent = 100
    asks: tuple[Supplier, ...]


class RigidExpense(Sourced, frozen=True):
    """What the facts of `signals` say that the household had to pay is above so many percent of its net income."""

    kind: Literal["rigid-expense"]
    signals: Annotated[frozenset[str], Field(min_length=1)]
    above_percent: Percent
    asks: tuple[Supplier, ...]


class GuaranteeUnmet(Sourced, frozen=True):
    """The last visit found a guarantee that does not hold."""

    kind: Literal["guarantee-unmet"]
    asks: tuple[Supplier, ...]


class InNoLayer(Sourced, frozen=True):
    """No member has a benefit of these layers; unknown until the comparison of the case, since departments only tell what changes."""

    kind: Literal["in-no-layer"]
    layers: Annotated[frozenset[Name], Field(min_length=1)]
    asks: tuple[Supplier, ...]


Asked: TypeAlias = Annotated[RiskPresent | IncomeBelowLine | RigidExpense | GuaranteeUnmet | InNoLayer, Field(discriminator="kind")]


class AllOf(BaseModel, frozen=True, extra="forbid"):
    all: Annotated[tuple[Condition, ...], Field(min_length=1)]


class AnyOf(BaseModel, frozen=True, extra="forbid"):
    any: Annotated[tuple[Condition, ...], Field(min_length=1)]


# A criterion by its name, or several of them.
Condition: TypeAlias = str | AllOf | AnyOf
AllOf.model_rebuild()
AnyOf.model_rebuild()


def holds(condition: Condition, results: Mapping[str, Truth]) -> Truth:
    match condition:
        case AllOf(all=parts):
            return all_of(holds(part, results) for part in parts)
        case AnyOf(any=parts):
            return any_of(holds(part, results) for part in parts)
        case str():
            return results[condition]


def named(condition: Condition) -> frozenset[str]:
    """The criteria that a condition is made of."""
    match condition:
        case AllOf(all=parts) | AnyOf(any=parts):
            return frozenset[str]().union(*(named(part) for part in parts))
        case str():
            return frozenset({condition})


def all_of(values: Iterable[Truth]) -> Truth:
    """Kleene's and: one false decides, else one unknown."""
    found = set(values)
    return "false" if "false" in found else "unknown" if "unknown" in found else "true"


def any_of(values: Iterable[Truth]) -> Truth:
    """Kleene's or: one true decides, else one unknown."""
    found = set(values)
    return "true" if "true" in found else "unknown" if "unknown" in found else "false"
