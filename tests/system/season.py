"""A season that some fault falls into: half of the households are found and taken in, while servers and lines fail."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from tests.journeys.system import System
from tests.system.county import House, Said, broken, cadres, insist
from tests.system.oracle import Told
from tests.system.processes import position, restart

Fault: TypeAlias = Callable[[], Awaitable[None]]
STAGE: Final = "SELECT 1 FROM enrollment.households WHERE household = ANY($1::uuid[]) AND stage = $2 HAVING count(*) = $3"
# Fewer than come of each household that is taken in (seven): a moment beyond the last event would be waited for in vain.
EVENTS_EACH: Final = 5
PATIENCE_S: Final = 120
MOMENTS: Final = 2  # of a season: while its households are found, and while they are taken in


def moments() -> Random:
    """Chooses the moments of the faults; SUISHI_SEED gives the same ones again."""
    seed = int(os.environ.get("SUISHI_SEED", "0")) or secrets.randbelow(10**9)
    print(f"SUISHI_SEED={seed}")  # noqa: T201 - to see the same run again
    return Random(seed)  # noqa: S311 - it only chooses moments


@dataclass(frozen=True)
class Season:
    """`told_again` is for a fault in which Kafka forgets: departments then say everything once more."""

    system: System
    random: Random
    told: Told
    told_again: bool = False

    @classmethod
    def of(cls, system: System, first: int, count: int, *, told_again: bool = False) -> Season:
        """Of `count` households that no other test has, by the number of the first."""
        houses = [House(number) for number in range(first, first + count)]
        return cls(system, moments(), Told(houses, houses[::2], broken(first)), told_again)

    async def pass_with(self, fault: Fault, *, times: int = 1) -> Told:
        """Everything is told, and the fault happens at so many moments of it; gives what was told."""
        phases = self.random.sample(range(MOMENTS), k=min(times, MOMENTS))
        found, taken_in = self._found(), self._taken_in()
        await self._tell(found, fault if 0 in phases else None)
        await self.system.wait_for(STAGE, self.told.ids, "clue", len(self.told.houses), patience_s=PATIENCE_S)
        await self._tell(taken_in, fault if 1 in phases else None)
        if self.told_again:
            await insist(self.system.stack.kafka, [*found, *taken_in])
        enrolled = [house.id for house in self.told.enrolled]
        await self.system.wait_for(STAGE, enrolled, "enrolled", len(enrolled), patience_s=PATIENCE_S)
        return self.told

    def _found(self) -> list[Said]:
        told = [one for house in self.told.houses for one in (*house.registration(), *house.facts(), *house.pairing())]
        told += [*cadres(self.told.houses), *self.told.broken]
        self.random.shuffle(told)
        return told

    def _taken_in(self) -> list[Said]:
        return [one for house in self.told.enrolled for one in house.enrollment()]

    async def _tell(self, messages: list[Said], fault: Fault | None) -> None:
        before = await position(self.system, "enrollment")
        telling = asyncio.create_task(insist(self.system.stack.kafka, messages))
        if fault is not None:
            moment = before + self.random.randrange(1, EVENTS_EACH * len(self.told.enrolled))
            await self.system.wait_for("SELECT 1 FROM enrollment.log_head WHERE position >= $1", moment, patience_s=PATIENCE_S)
            await fault()
            if self.told_again:
                await telling
                await insist(self.system.stack.kafka, messages)
        await telling


@asynccontextmanager
async def supervised(system: System) -> AsyncIterator[None]:
    """Starts a service again that ended, as an orchestrator does."""
    task = asyncio.create_task(_supervise(system))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _supervise(system: System) -> None:
    while True:
        for service in system.services:
            if service.program.pid is None:
                restart(system, service)
        await asyncio.sleep(0.5)
