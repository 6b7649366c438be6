"""Tells a rule as a sentence: what had happened, what was asked, what happens then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Generic, TypeVar

from msgspec import json

from pipeline.decider import Decider, Event

C = TypeVar("C")
S = TypeVar("S")
P = TypeVar("P")


@dataclass(frozen=True)
class Specification(Generic[C, S, P]):
    """`given(*events).when(*commands).then(*events)`; `.then()` says that nothing happens."""

    decider: Decider[C, S, P]
    policy: P
    history: tuple[Event, ...] = ()
    happened: tuple[Event, ...] = ()

    def given(self, *events: Event) -> Specification[C, S, P]:
        return replace(self, history=(*self.history, *events))

    def when(self, *commands: C) -> Specification[C, S, P]:
        """Asked one after the other; what the last one led to is what happened."""
        story = self
        for command in commands:
            state = story.state
            story = replace(story, history=story.history + story.happened, happened=self.decider.decide(command, state, self.policy))
        return story

    def then(self, *expected: Event) -> None:
        __tracebackhide__ = True
        assert expected == self.happened, difference(expected, self.happened)

    @property
    def state(self) -> S:
        """After everything told so far."""
        return self.decider.fold((*self.history, *self.happened), self.decider.initial)


def difference(expected: Iterable[Event], happened: Iterable[Event]) -> str:
    """The lines that differ, each event as JSON."""
    lines = unified_diff(_told(expected), _told(happened), "expected", "happened", lineterm="", n=30)
    return "\n" + "\n".join(lines)


def _told(events: Iterable[Event]) -> list[str]:
    return [line for event in events for line in (type(event).__name__, *json.format(json.encode(event)).decode().splitlines())]
