"""Where the system tells the days itself, a day to come that somebody else tells is refused by every service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local.stack import running
from schemas.clock import COUNTY_TIME
from schemas.topics import SERVICES
from tests.journeys.system import System, performing


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    with running() as stack, performing(stack, SUISHI_CLOCK="system") as everything:
        yield everything


async def test_nobody_makes_a_day_to_come_today(system: System) -> None:
    now = datetime.now(UTC)
    wrong = (now.astimezone(COUNTY_TIME) + timedelta(days=1)).date()
    await system.say("suishi.clock.v1", "suishi.clock.day-started.v1", {"date": wrong.isoformat()}, at=now)
    for service in SERVICES:
        await system.wait_for(f"SELECT 1 FROM {service}.set_aside WHERE topic = 'suishi.clock.v1' AND reason = 'day.future'")
    await system.wait_for("SELECT 1 FROM enrollment.told_days")
    assert [] == await system.see("SELECT 1 FROM enrollment.told_days WHERE day = $1", wrong)
