"""Each service is killed in the middle of a batch while messages flow, and every effect is there exactly once."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

from tests.journeys.system import System
from tests.system.county import House, broken, cadres, day, publish
from tests.system.oracle import IN_A_LEASE, Told, every_effect_is_there_once
from tests.system.processes import kill_in_the_middle, position
from tests.system.season import STAGE, moments

HOUSES: Final = [House(number) for number in range(300)]
ENROLLED: Final = HOUSES[::2]
TOLD: Final = Told(HOUSES, ENROLLED, broken(1), overdue=True)
KILLS: Final = {"enrollment": 2, "assistance": 1, "notifications": 2}


async def test_every_effect_is_there_once_though_each_service_was_killed_in_the_middle(system: System) -> None:
    random = moments()
    writers = {name: await epoch(system, name) for name in KILLS}
    await find_all(system, random)
    await enroll_half(system, random)
    await every_effect_is_there_once(system, TOLD, perhaps_lost=2 * IN_A_LEASE)
    assert {name: await epoch(system, name) - before for name, before in writers.items()} == KILLS


async def find_all(system: System, random: Random) -> None:
    """Registers, facts and repeats in any order, while enrollment and notifications die."""
    said = [one for house in HOUSES for one in (*house.registration(), *house.facts(), *house.pairing())]
    said += TOLD.broken
    random.shuffle(said)
    late, before, letters = cadres(HOUSES), await position(system, "enrollment"), await position(system, "notifications")
    repeats = random.sample([one for one in said if one not in TOLD.broken], 100)
    flow = asyncio.create_task(publish(system.stack.kafka, [*said[:1500], *late, *said[1500:], *repeats]))
    await asyncio.gather(
        kill_in_the_middle(system, "enrollment", before + random.randrange(100, 2000)),
        kill_in_the_middle(system, "notifications", letters + random.randrange(50, 400)),
    )
    await flow
    await system.wait_for(STAGE, TOLD.ids, "clue", len(HOUSES))


async def enroll_half(system: System, random: Random) -> None:
    """Visits and decisions, and the day on which all others are late, while all three die."""
    said = [one for house in ENROLLED for one in house.enrollment()]
    before = await position(system, "enrollment")
    plans = await position(system, "assistance")
    letters = await position(system, "notifications")
    flow = asyncio.create_task(publish(system.stack.kafka, said))
    await asyncio.gather(
        kill_in_the_middle(system, "enrollment", before + random.randrange(1, 800)),
        kill_in_the_middle(system, "assistance", plans + random.randrange(1, 300)),
        kill_in_the_middle(system, "notifications", letters + random.randrange(1, 500)),
    )
    await flow
    await system.wait_for(STAGE, TOLD.ids, "enrolled", len(ENROLLED))
    await publish(system.stack.kafka, [day("2021-01-09"), day("2021-01-09"), *said[:50]])


async def epoch(system: System, name: str) -> int:
    return (await system.see(f"SELECT epoch FROM {name}.log_head"))[0][0]
