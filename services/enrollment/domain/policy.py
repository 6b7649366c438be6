"""The policy pack as values: every number of the law comes from here, none from code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel

from services.enrollment.domain.commands import Category, Fact


class Signal(BaseModel, frozen=True):
    """When facts of one signal point to a risk; thresholds in fen, by register category where they differ."""

    risk: str
    test: Literal["presence", "at-least", "above"]
    threshold_fen: Mapping[Category, int] = {}

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
    fen_per_person: int


class Policy(BaseModel, frozen=True):
    """One pack; deadlines in calendar days, `digest` the SHA-256 of the file."""

    name: str
    digest: str
    household_type: str
    signals: Mapping[str, Signal]
    lines: tuple[Line, ...]
    deadlines: Mapping[str, int]
    exit_blocked_without_labour: bool

    def line_fen(self, on: date) -> int:
        """The line in force on a local date, fen per person and year; the first one before it began."""
        begun = [line for line in self.lines if line.valid_from <= on]
        return max(begun or self.lines[:1], key=lambda line: line.valid_from).fen_per_person

    def due(self, kind: str, start: date) -> date:
        return start + timedelta(days=self.deadlines[kind])
