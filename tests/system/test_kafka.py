"""Kafka is away for a while, dies, or forgets everything, in the middle of a season."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import Final

import pytest

from tests.journeys.system import System
from tests.system.oracle import IN_A_LEASE, every_effect_is_there_once
from tests.system.sealed import everything_is_sealed_everywhere
from tests.system.season import MOMENTS, Season, supervised
from tests.system.servers import Machine

NUMBERS: Final = count(20_000, 200)
HOUSES: Final = 60


@pytest.fixture
def away_s(request: pytest.FixtureRequest) -> float:
    return 30 if request.config.getoption("--long") else 3


@pytest.mark.parametrize("how", ["kafka_stops", "kafka_dies", "kafka_freezes", "kafka_forgets"])
async def test_nothing_is_lost_and_nothing_doubled_while_kafka_is_away(
    system: System, machine: Machine, how: str, rounds: int, away_s: float
) -> None:
    """A Kafka that forgot everything is filled again from the log; departments tell again what it forgot.

    The run that meets it ends, and what became of the letters in its hands may be among what was forgotten: of two and a half letters a
    household, most arrive.
    """
    forgets = how == "kafka_forgets"
    houses, in_hand = (2 * HOUSES, min(rounds, MOMENTS) * IN_A_LEASE) if forgets else (HOUSES, 0)
    for _ in range(rounds):
        season = Season.of(system, next(NUMBERS), houses, told_again=forgets)
        async with supervised(system):
            told = await season.pass_with(partial(getattr(machine, how), away_s), times=rounds)
            await every_effect_is_there_once(system, told, perhaps_lost=in_hand)
            await everything_is_sealed_everywhere(system)
