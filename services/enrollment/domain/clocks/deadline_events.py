"""What happens to a deadline from its start to its end, and times that have to pass first; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeAlias

from pipeline.decider import Event


class DeadlineEvent(Event, frozen=True):
    """Base of the events of this module; `kind` names the deadline or the minimum, as the policy pack does."""

    kind: str


class DeadlineStarted(DeadlineEvent, frozen=True):
    """`due` is the last local date that is still in time; of `unknown_years` the calendar knew no holidays (they go by the weekday)."""

    TOPIC: ClassVar = "enrollment.deadline-started"
    due: date
    unknown_years: tuple[int, ...] = ()


class DeadlineMet(DeadlineEvent, frozen=True):
    TOPIC: ClassVar = "enrollment.deadline-met"


class DeadlineBreached(DeadlineEvent, frozen=True):
    TOPIC: ClassVar = "enrollment.deadline-breached"
    due: date


class DeadlinePaused(DeadlineEvent, frozen=True):
    """`left` counts the days that are still to come, in the unit of the deadline."""

    TOPIC: ClassVar = "enrollment.deadline-paused"
    left: int


class DeadlineResumed(DeadlineEvent, frozen=True):
    TOPIC: ClassVar = "enrollment.deadline-resumed"
    due: date
    unknown_years: tuple[int, ...] = ()


class DeadlineDropped(DeadlineEvent, frozen=True):
    """What it waited for need not be done any more, and nobody did it: it is neither met nor breached.

    `due` was its last day, None where it stood still; `on` is the local date on which it fell away and `reason` the code of what ended it.
    """

    TOPIC: ClassVar = "enrollment.deadline-dropped"
    due: date | None
    on: date
    reason: str


class DeadlineEscalated(DeadlineEvent, frozen=True):
    """What was not done in time goes one level up; `until` is the last day before it goes up again, None on the last level."""

    TOPIC: ClassVar = "enrollment.deadline-escalated"
    level: int
    to: str
    until: date | None


class EscalationEnded(DeadlineEvent, frozen=True):
    """What was late is done, or no longer to be done."""

    TOPIC: ClassVar = "enrollment.escalation-ended"


class MinimumStarted(DeadlineEvent, frozen=True):
    """Something may not be done before a time has passed; `until` is the last day of waiting."""

    TOPIC: ClassVar = "enrollment.minimum-started"
    until: date


class MinimumReached(DeadlineEvent, frozen=True):
    TOPIC: ClassVar = "enrollment.minimum-reached"


class MinimumDropped(DeadlineEvent, frozen=True):
    """What had to last did not, and would have to start anew."""

    TOPIC: ClassVar = "enrollment.minimum-dropped"


AnyDeadlineEvent: TypeAlias = (
    DeadlineStarted
    | DeadlineMet
    | DeadlineBreached
    | DeadlinePaused
    | DeadlineResumed
    | DeadlineDropped
    | DeadlineEscalated
    | EscalationEnded
    | MinimumStarted
    | MinimumReached
    | MinimumDropped
)
