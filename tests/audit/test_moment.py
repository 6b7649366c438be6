"""The instant as of which something is asked, as people write it."""

from datetime import UTC, datetime

import pytest

from commands.audit.moment import to_instant


@pytest.mark.parametrize("day", ["2021-06-30", "20210630", "2021-W26-3", "2021W263"])
def test_a_day_is_its_end_in_the_county_however_it_is_written(day: str) -> None:
    assert datetime(2021, 6, 30, 15, 59, 59, 999_999, UTC) == to_instant(day)


@pytest.mark.parametrize("instant", ["2021-06-30T12", "20210630T1200", "2021-06-30T06:00+02:00", "2021-06-30 04:00Z"])
def test_an_instant_is_of_the_county_unless_it_says_otherwise(instant: str) -> None:
    assert datetime(2021, 6, 30, 4, tzinfo=UTC) == to_instant(instant)
