"""Two counties beside one another on one machine, each with its own Kafka: nothing else tells their messages apart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from bench.comparison import Tell
from bench.facts import SEED
from bench.filled import Size
from bench.growth import County, registered
from bench.ours import ready_at, settled, starting
from bench.timing import Round, typical
from county.population import population
from local.stack import Stack
from schemas.topics import FACTS


@dataclass(frozen=True)
class Seat:
    """A county and the database over which its service runs."""

    county: County
    dsn: str


@dataclass(frozen=True)
class Beside:
    """Rounds of one county alone, and of both at once; a round of both ends with the later of them."""

    alone: Sequence[Round]
    both: Sequence[Round]

    def document(self) -> dict[str, Any]:
        """Facts per second, of both together."""
        alone, both = typical(self.alone), typical(self.both)
        return {"one": round(alone), "two": round(both), "ratio": round(both / alone, 2)}


async def another(stack: Stack, households: int | None, size: Size) -> Seat:
    """A second county of the same size, on a stack of its own."""
    county = await registered(stack, population(SEED, households))
    return Seat(county, await county.filled(size))


async def side_by_side(seats: Sequence[Seat], rounds: int, tell: Tell) -> Beside:
    """One alone, then all, in turns; `tell` hears the name of each stage when it begins."""
    alone: list[Round] = []
    both: list[Round] = []
    for _ in range(rounds):
        tell("counties")
        alone.append(await _at_once(seats[:1]))
        tell("counties")
        both.append(await _at_once(seats))
    return Beside(alone, both)


async def _at_once(seats: Sequence[Seat]) -> Round:
    """From the moment at which the first is ready until the last has taken everything."""
    facts = sum([await seat.county.speak() for seat in seats])
    with ExitStack() as running:
        services = [running.enter_context(starting(seat.county.ground.stack, seat.dsn)) for seat in seats]
        for service in services:
            service.wait()
        began = min(ready_at(service) for service in services)
        topics = tuple(FACTS.values())
        pairs = zip(services, seats, strict=True)
        ended = await asyncio.gather(*(settled(service, seat.dsn, topics, seat.county.said) for service, seat in pairs))
    return Round(facts, max(ended) - began)
