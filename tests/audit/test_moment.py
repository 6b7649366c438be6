"""The instant as of which something is asked, as people write it."""

from datetime import UTC, date, datetime

import pytest

from commands.audit.moment import to_instant
from schemas.clock import COUNTY_TIME
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.translate.days import TOLD_DAYS
from tests.commands.conftest import run
from tests.read_models import read_models


@pytest.mark.parametrize("day", ["2021-06-30", "20210630", "2021-W26-3", "2021W263"])
def test_a_day_is_its_end_in_the_county_however_it_is_written(day: str) -> None:
    assert datetime(2021, 6, 30, 15, 59, 59, 999_999, UTC) == to_instant(day)


@pytest.mark.parametrize("instant", ["2021-06-30T12", "20210630T1200", "2021-06-30T06:00+02:00", "2021-06-30 04:00Z"])
def test_an_instant_is_of_the_county_unless_it_says_otherwise(instant: str) -> None:
    assert datetime(2021, 6, 30, 4, tzinfo=UTC) == to_instant(instant)


@pytest.mark.parametrize(("clock", "day"), [("external", date(2021, 3, 5)), ("system", None), ("", None)])
async def test_the_day_asked_about_is_the_last_one_told_where_somebody_else_tells_the_days(
    prepared: str, clock: str, day: date | None
) -> None:
    async with read_models(prepared, "enrollment") as models:
        for told in (date(2021, 3, 5), date(2021, 3, 4)):
            await models.write(TOLD_DAYS, DayTold(day=told))
    place = {"SUISHI_DATABASE": prepared, "SUISHI_KAFKA": "127.0.0.1:1", "SUISHI_CLOCK": clock}
    on = day or datetime.now(COUNTY_TIME).date()
    assert f"in on {on}, as known on " in run("audit", "register", **place).stdout
    assert f'"on": "{on}"' in run("audit", "quality", "--json", **place).stdout
    days = (f'"from": "{on}"', f'"to": "{on}"')
    what_if = run("audit", "what-if", "--line", "6000", "--json", **place).stdout
    assert [True, True] == [one in what_if for one in days]


async def test_where_no_day_was_told_yet_it_is_today(prepared: str) -> None:
    async with read_models(prepared, "enrollment"):
        pass
    done = run("audit", "register", SUISHI_DATABASE=prepared, SUISHI_KAFKA="127.0.0.1:1", SUISHI_CLOCK="external")
    assert f"in on {datetime.now(COUNTY_TIME).date()}, as known on " in done.stdout
