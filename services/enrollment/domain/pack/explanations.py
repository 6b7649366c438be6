"""What a decision rests on, criterion by criterion."""

from __future__ import annotations

from typing import Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value
from services.enrollment.domain.pack.lines import Basis

Truth: TypeAlias = Literal["true", "false", "unknown"]


class Ask(Value, frozen=True):
    """What is missing ("income", "guarantees"), and who can supply it."""

    what: str
    of: tuple[str, ...]


class Criterion(Value, frozen=True):
    """One line of an explanation: amounts in fen, `facts` are the ids of the facts and of the visit that decided it."""

    id: str
    result: Truth
    value: int | None = None
    threshold: int | None = None
    facts: tuple[UUID, ...] = ()
    asks: Ask | None = None


class Evaluation(Value, frozen=True):
    """Unknown is never false: it says that somebody still has to find something out.

    `basis` is missing where the log is older than it; `type` is the first of the pack's types that it qualifies as.
    """

    outcome: Truth
    line_fen: int
    criteria: tuple[Criterion, ...]
    basis: Basis | None = None
    type: str = ""

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All that would decide what is unknown, each once."""
        return tuple(dict.fromkeys(criterion.asks for criterion in self.criteria if criterion.asks is not None))
