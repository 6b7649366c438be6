"""What runs for a household: deadlines, paused ones, what is late and went up, and times that have to pass first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from msgspec import field
from msgspec.structs import replace

from pipeline.value import Value
from services.enrollment.domain.clocks.deadline_events import (
    AnyDeadlineEvent,
    DeadlineBreached,
    DeadlineDropped,
    DeadlineEscalated,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    EscalationEnded,
    MinimumDropped,
    MinimumReached,
    MinimumStarted,
)

K = TypeVar("K")
T = TypeVar("T")


class Escalation(Value, frozen=True):
    """`level` counts from 1; `until` is the last day before it goes up again, None on the last level."""

    level: int
    until: date | None


class Running(Value, frozen=True):
    """All by kind: `due` the last day in time, `paused` the days left, `minima` the last day of waiting; `reached` waited long enough.

    `late` are those whose breach was told since they started, with the last day in time, until they are over.
    """

    due: Mapping[str, date] = field(default_factory=dict[str, date])
    paused: Mapping[str, int] = field(default_factory=dict[str, int])
    escalated: Mapping[str, Escalation] = field(default_factory=dict[str, Escalation])
    minima: Mapping[str, date] = field(default_factory=dict[str, date])
    reached: frozenset[str] = frozenset()
    late: Mapping[str, date] = field(default_factory=dict[str, date])

    @property
    def kinds(self) -> frozenset[str]:
        """Whatever runs, stands still or is late; only what is late went up."""
        return frozenset((*self.due, *self.paused, *self.late))

    def after(self, event: AnyDeadlineEvent) -> Running:
        match event:
            case DeadlineStarted(kind=kind, due=due):
                return replace(self, due={**self.due, kind: due}, late=without(self.late, kind))
            case DeadlineMet(kind=kind) | DeadlineDropped(kind=kind):
                return replace(self, due=without(self.due, kind), paused=without(self.paused, kind))
            case DeadlineBreached(kind=kind, due=due):
                return replace(self, due=without(self.due, kind), paused=without(self.paused, kind), late={**self.late, kind: due})
            case DeadlinePaused(kind=kind, left=left):
                return replace(self, due=without(self.due, kind), paused={**self.paused, kind: left})
            case DeadlineResumed(kind=kind, due=due):
                return replace(self, due={**self.due, kind: due}, paused=without(self.paused, kind))
            case DeadlineEscalated(kind=kind, level=level, until=until):
                return replace(self, escalated={**self.escalated, kind: Escalation(level, until)})
            case EscalationEnded(kind=kind):
                return replace(self, escalated=without(self.escalated, kind), late=without(self.late, kind))
            case MinimumStarted(kind=kind, until=until):
                return replace(self, minima={**self.minima, kind: until})
            case MinimumReached(kind=kind):
                return replace(self, minima=without(self.minima, kind), reached=self.reached | {kind})
            case MinimumDropped(kind=kind):
                return replace(self, minima=without(self.minima, kind), reached=self.reached - {kind})

    def by_a_clue(self) -> Running:
        """What was late before may start anew with it, but not what an appeal waits for that is still open."""
        return replace(self, late={kind: due for kind, due in self.late.items() if kind == "appeal-decision"})

    def outside(self) -> Running:
        """Whoever is not enrolled waits for no exit."""
        return replace(self, minima={}, reached=frozenset()) if self.minima or self.reached else self


def without(kept: Mapping[K, T], key: K) -> Mapping[K, T]:
    return {other: value for other, value in kept.items() if other != key}
