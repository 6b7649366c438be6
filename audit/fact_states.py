"""What a fact that is so or is not says, as a code: the grade of a house, the kind of a benefit do not tell it by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# By signal: what is said where it points to a risk, and where it does not.
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "house": ("unsafe", "safe"),
    "water": ("unsafe", "safe"),
    "dropout": ("dropped-out", "back-at-school"),
    "employment": ("out-of-work", "at-work"),
    "benefit-stopped": ("stopped", "granted"),
}


def state_of(signal: str | None, *, present: bool) -> str:
    """Empty where a fact is an amount, or always says the same."""
    so, not_so = STATES.get(signal or "", ("", ""))
    return so if present else not_so
