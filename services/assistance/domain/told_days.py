"""Which day it is: the last one that somebody told, also after a restart. The days have a stream of their own, rows as in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pipeline.decider import Event


class DayTold(Event, frozen=True):
    """The local date `day` began."""

    TOPIC: ClassVar = "assistance.day-told"
    day: date


def tell(day: date, last: date | None) -> tuple[DayTold, ...]:
    """A day that comes after a later one is no news."""
    return (DayTold(day=day),) if last is None or day > last else ()
