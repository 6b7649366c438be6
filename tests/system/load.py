"""What a county says in a day, told all the time: households that come and are taken in, and everyday facts about others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from schemas.topics import FACTS
from tests.journeys.system import System
from tests.system.county import NOON, House, Said, cadres, insist
from tests.system.oracle import Told

FOUND: Final = "SELECT household FROM enrollment.households WHERE stage = 'clue' AND household = ANY($1::uuid[])"
RECORDED: Final = """
SELECT count(*), count(DISTINCT state->'fact'->>'reference') FROM enrollment.events
WHERE topic = 'enrollment.fact-recorded' AND stream = ANY($1::uuid[])"""
AT_ONCE: Final = 2_000
NEIGHBOURS: Final = 4
EVERYDAY: Final = 25
IN_ADVANCE: Final = 400
CADRES: Final = 50
FLOOD: Final = 50
PATIENCE_S: Final = 180


class Load:
    """Every fourth household that comes is taken in once it was found; beside each, `NEIGHBOURS` have `EVERYDAY` facts of no weight."""

    def __init__(self, system: System, numbers: Iterator[int]) -> None:
        self._system, self._numbers = system, numbers
        self._neighbours: list[House] = []
        self._houses: list[House] = []
        self._enrolled: list[House] = []
        self._waiting: dict[UUID, House] = {}
        self._everyday = 0

    @property
    def told(self) -> Told:
        """All that was said of those who came."""
        return Told(self._houses, self._enrolled)

    async def begin(self) -> None:
        """The first neighbours, and everybody who answers for a household."""
        await self._tell([*self._move_in(IN_ADVANCE), *cadres([House(number) for number in range(CADRES)])])

    async def most(self, seconds: float) -> float:
        """Households a second while more come than the services can take; returns when all of that is done."""
        flood = asyncio.create_task(self.keep_up(FLOOD, seconds))
        await asyncio.sleep(seconds / 3)
        began, before = time.monotonic(), (await self._recorded())[0]
        await flood
        rate = ((await self._recorded())[0] - before) / (time.monotonic() - began) / (NEIGHBOURS * EVERYDAY)
        await self.done()
        return rate

    async def done(self) -> None:
        """Until every household that shall be taken in was found, that was said, and every fact about the neighbours is recorded."""
        deadline = time.monotonic() + PATIENCE_S
        while self._waiting or not await self.everyday_is_recorded():
            assert time.monotonic() < deadline
            await self._take_in()
            await asyncio.sleep(0.2)

    async def keep_up(self, rate: float, seconds: float) -> None:
        """So many households a second; what an outage held up comes after it all at once."""
        began, come = time.monotonic(), 0
        while (passed := time.monotonic() - began) < seconds:
            due = round(rate * passed) - come
            await self._come(due)
            come += due
            await self._take_in()
            await asyncio.sleep(max(0.0, 1 + passed - (time.monotonic() - began)))

    async def everyday_is_recorded(self) -> bool:
        """Each fact about the neighbours, and none twice."""
        facts, different = await self._recorded()
        assert facts == different
        return facts == self._everyday

    async def _come(self, households: int) -> None:
        houses = list(map(House, islice(self._numbers, households)))
        said = [one for house in houses for one in (*house.registration(), *house.facts(), *house.pairing())]
        said += [*self._move_in(NEIGHBOURS * households), *(self._fact() for _ in range(NEIGHBOURS * EVERYDAY * households))]
        await self._tell(said)
        self._houses += houses
        self._waiting |= {house.id: house for house in houses[::4]}

    def _move_in(self, neighbours: int) -> list[Said]:
        houses = list(map(House, islice(self._numbers, neighbours)))
        self._neighbours += houses
        return [one for house in houses for one in house.registration()]

    def _fact(self) -> Said:
        """A correction of the same month again and again, about somebody who was registered a while ago."""
        house = self._neighbours[self._everyday // EVERYDAY]
        self._everyday += 1
        month = {"valid_on": "2020-07-28", "person": house.person, "period": "2020-07", "kind": "outpatient_chronic_special"}
        amounts = {"out_of_pocket_fen": 10_000, "within_policy_fen": 0, "reimbursed_fen": self._everyday % EVERYDAY}
        kind, at = "suishi.fact.medical-expense-reported.v1", NOON + timedelta(minutes=self._everyday % EVERYDAY)
        return Said(FACTS["medical-insurance"], kind, {**month, **amounts}, house.id, at=at)

    async def _take_in(self) -> None:
        rows = await self._system.see(FOUND, list(self._waiting))
        found = [self._waiting[row[0]] for row in rows]
        await self._tell([one for house in found for one in house.enrollment()])
        self._enrolled += found
        for house in found:
            del self._waiting[house.id]

    async def _tell(self, said: list[Said]) -> None:
        await insist(self._system.stack.kafka, said, AT_ONCE)

    async def _recorded(self) -> tuple[int, int]:
        ((facts, different),) = await self._system.see(RECORDED, [house.id for house in self._neighbours])
        return facts, different
