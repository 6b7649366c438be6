"""The policy pack as values: every number of the law comes from here, none from code.

A pack is written in yuan; its values are fen, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from services.enrollment.domain.commands import Category, Fact

DEADLINES: Final = ("verify", "county-decision", "exit-decision")
Days = Annotated[int, Field(strict=True, ge=0)]
FenOfYuan = Annotated[int, Field(strict=True, ge=0), AfterValidator(lambda yuan: yuan * 100)]


class Signal(BaseModel, frozen=True):
    """When facts of one signal point to a risk; thresholds in fen, by register category where they differ."""

    risk: str
    test: Literal["presence", "at-least", "above"]
    threshold_fen: Mapping[Category, FenOfYuan] = Field(default={}, validation_alias="threshold_yuan")

    @model_validator(mode="after")
    def _has_a_threshold_for_everybody(self) -> Self:
        missing = [category for category in get_args(Category) if category not in self.threshold_fen]
        if missing and self.test != "presence":
            message = f"lacks threshold_yuan for {', '.join(missing)}"
            raise ValueError(message)
        return self

    def crossed_by(self, fact: Fact, category: Category) -> bool:
        match self.test:
            case "presence":
                return fact.present
            case "at-least":
                return fact.amount_fen is not None and fact.amount_fen >= self.threshold_fen[category]
            case "above":
                return fact.amount_fen is not None and fact.amount_fen > self.threshold_fen[category]


class Line(BaseModel, frozen=True):
    """The standard line per person and year, from its first day."""

    valid_from: date
    fen_per_person: FenOfYuan = Field(validation_alias="yuan_per_person")


class Policy(BaseModel, frozen=True):
    """One pack; deadlines in calendar days, `digest` the SHA-256 of the file."""

    name: str
    digest: str
    household_type: str
    signals: Mapping[str, Signal]
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    deadlines: Mapping[str, Days]
    exit_blocked_without_labour: bool

    @field_validator("deadlines")
    @classmethod
    def _are_complete(cls, deadlines: Mapping[str, int]) -> Mapping[str, int]:
        if missing := [kind for kind in DEADLINES if kind not in deadlines]:
            message = f"lacks {', '.join(missing)}"
            raise ValueError(message)
        return deadlines

    def line_fen(self, on: date) -> int:
        """The line in force on a local date, fen per person and year; the first one before it began."""
        begun = [line for line in self.lines if line.valid_from <= on]
        return max(begun or self.lines[:1], key=lambda line: line.valid_from).fen_per_person

    def due(self, kind: str, start: date) -> date:
        return start + timedelta(days=self.deadlines[kind])
