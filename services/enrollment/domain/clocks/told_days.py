"""Which day it is: the last one that somebody told, never the machine's.

The days have a stream of their own, so that the log says by which day each of its decisions was taken.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pipeline.decider import Event
from pipeline.value import Value
from services.enrollment.domain.commands import TellDay


class DayTold(Event, frozen=True):
    """The local date `day` began: from here on it is today."""

    TOPIC: ClassVar = "enrollment.day-told"
    day: date


class ToldDays(Value, frozen=True):
    last: date | None = None


def decide(command: TellDay, state: ToldDays) -> tuple[DayTold, ...]:
    """A day that comes after a later one is no news."""
    return (DayTold(day=command.on),) if state.last is None or command.on > state.last else ()


def evolve(event: DayTold) -> ToldDays:
    """The rule tells later days only."""
    return ToldDays(event.day)
