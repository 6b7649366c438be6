"""The clock of the machine that the services run on jumps in the middle of a season; nothing is lost and nobody is told twice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from local.services import ROOT
from tests.journeys.system import System
from tests.system.oracle import every_effect_is_there_once
from tests.system.processes import restart
from tests.system.season import PATIENCE_S, Season

NUMBERS: Final = count(16_000, 100)
HOUSES: Final = 60
JUMPING: Final = str(Path(__file__).parent / "jumping_clock")
ON, BACK = signal.SIGUSR1, signal.SIGUSR2
AHEAD: Final = {ON: 1, BACK: -1}
# The database's clock stands still meanwhile: what delivery says of its letters shows by which clock it went.
WRONG: Final = """
SELECT FROM notifications.events WHERE sign(extract(epoch FROM occurred_at - recorded_at)) = $1
    AND abs(extract(epoch FROM occurred_at - recorded_at)) BETWEEN 12 * 3600 AND 36 * 3600 LIMIT 1"""


@pytest.fixture
def away_s(request: pytest.FixtureRequest) -> float:
    """How long a clock stays wrong at least."""
    return 20 if request.config.getoption("--long") else 2


@pytest.fixture
async def jumping(system: System) -> AsyncIterator[System]:
    """Every service with a clock that obeys signals."""
    extra = {**system.extra, "PYTHONPATH": os.pathsep.join([JUMPING, str(ROOT)])}
    jumping = System(system.stack, system.mailbox, system.services, extra)
    await all_anew(jumping)
    yield jumping
    await all_anew(system)


async def all_anew(system: System) -> None:
    for service in system.services:
        restart(system, service)
    for service in system.services:
        await asyncio.to_thread(service.wait)


async def test_nothing_is_lost_and_nothing_doubled_when_the_clock_jumps(jumping: System, away_s: float, rounds: int) -> None:
    """A day on and home again, then a day back and home again: what Python reads, that is; Kafka's client asks the machine itself."""
    processes = [service.program.pid for service in jumping.services]
    for _ in range(rounds):
        for jumps in ((ON, BACK), (BACK, ON)):
            season = Season.of(jumping, next(NUMBERS), HOUSES)
            told = await season.pass_with(partial(jump, jumping, jumps, away_s))
            await every_effect_is_there_once(jumping, told)
    assert [service.program.pid for service in jumping.services] == processes


async def jump(system: System, jumps: tuple[signal.Signals, signal.Signals], seconds: float) -> None:
    """Not home again before a letter left by the wrong clock, however slow the machine is."""
    away, home = jumps
    send(system, away)
    await asyncio.sleep(seconds)
    await system.wait_for(WRONG, AHEAD[away], patience_s=PATIENCE_S)
    send(system, home)
    await asyncio.sleep(seconds)


def send(system: System, number: signal.Signals) -> None:
    for service in system.services:
        service.program.send(number)
