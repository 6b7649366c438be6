"""What the register that was kept before this log said of an enrolled household."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pipeline.value import Value


class Help(Value, frozen=True):
    """A measure that had begun: `answers` is "base" or a risk."""

    answers: str
    step: Literal["started", "delivered"]


class TakenOver(Value, frozen=True):
    """Enrolled `since` a local date, by a decision that this log does not hold."""

    since: date
    help: tuple[Help, ...] = ()


class Opening(Value, frozen=True):
    """Part of the opening balance; `taken_over` is missing where the household was not enrolled."""

    type: str = ""
    risks: tuple[str, ...] = ()
    taken_over: TakenOver | None = None

    def says(self, other: Opening) -> bool:
        """The same, in whatever order its risks and measures stand."""
        return _as_sets(self) == _as_sets(other)


def _as_sets(opening: Opening) -> tuple[object, ...]:
    before = opening.taken_over
    told = (before.since, frozenset(before.help)) if before is not None else None
    return (opening.type, frozenset(opening.risks), told)
