"""The sealer is killed at any moment: what it signed is one history, and all of it is everywhere."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import count

from tests.journeys.system import System
from tests.system.oracle import every_effect_is_there_once
from tests.system.processes import kill, named
from tests.system.sealed import everything_is_sealed_everywhere
from tests.system.season import Season, moments, supervised

NUMBERS = count(900_000, 1_000)
HOUSES, KILLS = 60, 4


async def test_a_sealer_that_is_killed_again_and_again_signs_one_history(system: System, rounds: int) -> None:
    for _ in range(rounds):
        async with supervised(system):
            killing = asyncio.create_task(killed_again_and_again(system))
            told = await Season.of(system, next(NUMBERS), HOUSES).pass_with(partial(kill, named(system, "sealer")))
            await killing
            await every_effect_is_there_once(system, told)
            await everything_is_sealed_everywhere(system)


async def killed_again_and_again(system: System) -> None:
    """Between the commit of a checkpoint, the line in the file and the message there are milliseconds; the moments are anywhere."""
    random = moments()
    for _ in range(KILLS):
        await asyncio.sleep(random.uniform(0, 2))
        await kill(named(system, "sealer"))
