"""What happened to a department's feed; a feed has a stream of its own. Rows of the log as in `events`."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, TypeAlias

from pipeline.decider import Event


class FeedFollowed(Event, frozen=True):
    """From this local date on a missing delivery is told: nobody is late for what was due before."""

    TOPIC: ClassVar = "enrollment.feed-followed"
    department: str
    since: date


class FeedDelivered(Event, frozen=True):
    """A department told how many facts a period holds, at the UTC instant `at`; it `settles` what was due for that period."""

    TOPIC: ClassVar = "enrollment.feed-delivered"
    department: str
    period: str
    count: int
    full: bool
    at: datetime
    reference: str
    settles: str | None = None
    was_overdue: bool = False


class FeedCompared(Event, frozen=True):
    """As many facts of the period were `received` as the department counted, or not."""

    TOPIC: ClassVar = "enrollment.feed-compared"
    department: str
    period: str
    count: int
    received: int


class SourceOverdue(Event, frozen=True):
    """The day after `due` began and nothing was delivered for the period."""

    TOPIC: ClassVar = "enrollment.source-overdue"
    department: str
    period: str
    due: date


FeedEvent: TypeAlias = FeedFollowed | FeedDelivered | FeedCompared | SourceOverdue
