"""How a period runs: legal dates are local dates of Asia/Shanghai, and which of them are worked on is data."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, Field

Unit: TypeAlias = Literal["calendar-days", "working-days", "months"]
ONE_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5
MONTHS: Final = 12


class Holiday(BaseModel, frozen=True, extra="forbid"):
    first: date = Field(validation_alias="from")
    last: date = Field(validation_alias="to")


class Year(BaseModel, frozen=True, extra="forbid"):
    """What the State Council announced for a year: `working` are weekends that are worked on (调休)."""

    holidays: tuple[Holiday, ...]
    working: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.working or (_is_weekday(day) and not any(one.first <= day <= one.last for one in self.holidays))


class WorkingDays(BaseModel, frozen=True, extra="forbid"):
    """The years that are known; any other goes by the weekday alone."""

    years: Mapping[int, Year] = {}

    def is_working(self, day: date) -> bool:
        year = self.years.get(day.year)
        return year.is_working(day) if year is not None else _is_weekday(day)

    def after(self, start: date, length: int, unit: Unit) -> date:
        """The last day of a period; its first day is not counted, a month ends on the same day or, without one, the last."""
        match unit:
            case "calendar-days":
                return start + timedelta(days=length)
            case "months":
                return _months_after(start, length)
            case "working-days":
                day = start
                for _ in range(length):
                    day = self._next(day)
                return day

    def left(self, on: date, due: date, unit: Unit) -> int:
        """How many days of a period are still to come when it is paused; months are counted by their days."""
        days = [on + timedelta(days=number) for number in range(1, (due - on).days + 1)]
        return sum(map(self.is_working, days)) if unit == "working-days" else len(days)

    def unknown(self, start: date, due: date, unit: Unit) -> tuple[int, ...]:
        """The years of a period in working days of which nobody told us the holidays."""
        return tuple(sorted(_years(start, due) - self.years.keys())) if unit == "working-days" else ()

    def _next(self, day: date) -> date:
        day += ONE_DAY
        while not self.is_working(day):
            day += ONE_DAY
        return day


def _is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def _months_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, MONTHS)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def _years(start: date, due: date) -> set[int]:
    return set(range(start.year, due.year + 1))
