"""A decider is three pure things: what may happen, what it changes, and where everything starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar, Generic, TypeAlias, TypeVar

from pipeline.value import Value


class Event(Value, frozen=True):
    """A stored event; `TOPIC` is its stable name in the log and is never renamed, `class_version` grows with its form."""

    TOPIC: ClassVar[str]
    class_version: ClassVar[int] = 1


Events: TypeAlias = tuple[Event, ...]
C = TypeVar("C")
S = TypeVar("S")
P = TypeVar("P")


@dataclass(frozen=True)
class Decider(Generic[C, S, P]):
    """`decide` never raises: a refusal is an event and nothing to do is `()`."""

    decide: Callable[[C, S, P], tuple[Event, ...]]
    evolve: Callable[[S, Event], S]
    initial: S

    def fold(self, events: Iterable[Event], state: S) -> S:
        return reduce(self.evolve, events, state)
