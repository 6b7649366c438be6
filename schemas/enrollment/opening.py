"""The opening balance: what the register that was kept before this log said of a household."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.message import Day, Text, Value, Word

BASE = "base"
Risks = Annotated[tuple[Word, ...], Field(min_length=1, max_length=20)]


class MeasureBefore(Value):
    """A measure that had begun before: `answers` is "base" or one of the risks."""

    answers: Text
    step: Literal["started", "delivered"]


class TakenOver(Value):
    """The household was enrolled `since` a day before this log; no decision in it says so."""

    since: Day
    measures: tuple[MeasureBefore, ...] = ()


class EnrolledBefore(TakenOver):
    """As which type and for which risks."""

    type: Word
    risks: Risks

    @model_validator(mode="after")
    def _helps_against_what_it_names(self) -> Self:
        answered = [one.answers for one in self.measures]
        if len(set(answered)) < len(answered) or not set(answered) <= {BASE, *self.risks}:
            kind = "measure_unasked"
            raise PydanticCustomError(kind, "has a measure twice, or one that answers none of the risks")
        return self


class Opening(Value):
    """Marks a household of the opening balance; `enrolled` is missing where it was in the register and not enrolled."""

    enrolled: EnrolledBefore | None = None
