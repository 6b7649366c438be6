"""A care week is Monday to Sunday, named by its Monday, and held against its quota."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

Dependency: TypeAlias = Literal["partial", "full"]
WEEK: Final = timedelta(days=7)


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def sunday(week: date) -> date:
    return week + timedelta(days=6)


def first_whole_week(day: date) -> date:
    """A week that a plan covers only in part is held against no quota."""
    return week_of(day + timedelta(days=6))


def done(dependency: Dependency, days: Iterable[date]) -> int:
    """Of N+1 every visit counts ("at least three home visits a week"), of 1+1 every day with a visit ("every day")."""
    return len(set(days)) if dependency == "full" else len(list(days))
