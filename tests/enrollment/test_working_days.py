"""Periods in calendar days, working days and months, with make-up days (调休) and years that nobody announced yet."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from services.enrollment import calendars
from services.enrollment.domain.pack.working_days import Unit

CHINA = calendars.load()
PERIODS: list[tuple[date, int, Unit, date]] = [
    (date(2021, 1, 5), 3, "calendar-days", date(2021, 1, 8)),
    (date(2021, 1, 5), 0, "calendar-days", date(2021, 1, 5)),
    (date(2021, 1, 5), 2, "working-days", date(2021, 1, 7)),
    (date(2021, 1, 8), 1, "working-days", date(2021, 1, 11)),  # a Friday, then Monday
    (date(2020, 12, 31), 1, "working-days", date(2021, 1, 4)),  # a Thursday before New Year's Day
    (date(2021, 2, 5), 1, "working-days", date(2021, 2, 7)),  # the Sunday before the Spring Festival is worked on
    (date(2021, 2, 10), 2, "working-days", date(2021, 2, 19)),
    (date(2021, 2, 10), 3, "working-days", date(2021, 2, 20)),  # the Saturday after it as well
    (date(2021, 1, 5), 6, "months", date(2021, 7, 5)),
    (date(2021, 8, 31), 6, "months", date(2022, 2, 28)),
    (date(2021, 12, 15), 12, "months", date(2022, 12, 15)),
]


@pytest.mark.parametrize(("start", "length", "unit", "last"), PERIODS)
def test_a_period_ends_on_its_last_day(start: date, length: int, unit: Unit, last: date) -> None:
    assert last == CHINA.after(start, length, unit)


def test_what_is_left_of_a_period_is_counted_in_its_own_days() -> None:
    before_spring_festival, due = date(2021, 2, 10), date(2021, 2, 20)
    assert (10, 3) == (CHINA.left(before_spring_festival, due, "calendar-days"), CHINA.left(before_spring_festival, due, "working-days"))


def test_a_year_that_nobody_announced_goes_by_the_weekday_and_is_named() -> None:
    assert date(2031, 1, 1) == CHINA.after(date(2030, 12, 31), 1, "working-days")
    assert (2030, 2031) == CHINA.unknown(date(2030, 12, 31), date(2031, 1, 1), "working-days")
    assert () == CHINA.unknown(date(2030, 12, 31), date(2031, 1, 1), "calendar-days")
    assert () == CHINA.unknown(date(2020, 12, 31), date(2021, 1, 4), "working-days")


@pytest.mark.parametrize("year", sorted(CHINA.years))
def test_a_well_kept_package_knows_the_same_days(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [day for day in days if chinese_calendar.is_workday(day) != CHINA.is_working(day)] == []
