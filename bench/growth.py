"""Does it stay as fast when the register and the log grow? The same seasons on databases of several sizes, in turns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg

from bench.comparison import Tell
from bench.facts import SEED, publish, told
from bench.filled import Size, fill
from bench.ground import REGISTER, Ground, prepare_ground
from bench.ours import enrolling, ready_at, settled
from bench.usage import peak_megabytes, processor_seconds
from county.population import Population, population
from local.passwords import passwords
from local.stack import Stack
from schemas.topics import EVENTS, FACTS
from services.enrollment.vault_keys import Keys

OURS: Final = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'suishi-%'"
HEAD_AND_BYTES: Final = "SELECT position, pg_database_size(current_database()) AS bytes FROM enrollment.log_head"


@dataclass(frozen=True)
class Growth:
    """`households` in the register of the county (None: all) whose seasons every size hears, one in each round.

    No size has fewer households than the county's departments speak of.
    """

    households: int | None
    sizes: Sequence[Size]
    rounds: int


FULL: Final = Growth(None, (Size(28_000, 1_000_000), Size(280_000, 5_000_000), Size(1_000_000, 10_000_000), Size(28_000, 340_000)), 3)
QUICK: Final = Growth(2_000, (Size(2_000, 72_500), Size(10_000, 150_000), Size(25_000, 250_000), Size(2_000, 25_000)), 2)


@dataclass(frozen=True, slots=True)
class Visit:
    """A life of the service on one database: `ready` seconds after its start it took `facts` in `seconds`.

    `service` and `postgres` are the processor seconds of its process and of the backends that serve it, `peak` its memory in MB.
    """

    facts: int
    ready: float
    seconds: float
    service: float
    postgres: float
    peak: float


@dataclass(frozen=True)
class Grown:
    """A size with what it took, and where its log ends and how large its database is afterwards."""

    size: Size
    visits: Sequence[Visit]
    head: int
    bytes: int

    def document(self) -> dict[str, Any]:
        """Medians of the rounds; processor time in microseconds per fact."""
        return {
            "households": self.size.households,
            "events": self.size.events,
            "facts_per_second": round(median(one.facts / one.seconds for one in self.visits)),
            "service_us": round(median(one.service / one.facts for one in self.visits) * 1e6),
            "postgres_us": round(median(one.postgres / one.facts for one in self.visits) * 1e6),
            "peak_mb": round(max(one.peak for one in self.visits)),
            "ready_s": round(max(one.ready for one in self.visits), 2),
            "bytes_per_event": round(self.bytes / self.head),
        }


class County:
    """A county on a stack of its own, whose departments speak season after season."""

    def __init__(self, ground: Ground, people: Population) -> None:
        self.ground, self._people, self._seasons, self.said = ground, people, 0, 0

    async def speak(self) -> int:
        """A season of facts onto Kafka; gives their number."""
        self._seasons += 1
        season = told(self._people, f"season {self._seasons}")
        await publish(self.ground.stack.kafka, season)
        self.said += len(season)
        return len(season)

    async def filled(self, size: Size, after: Size | None = None) -> str:
        """The DSN of a database of that size, in which everybody of the county is registered; it grows out of a smaller register."""
        smaller = name_of(after) if after is not None and after.households < size.households else REGISTER
        dsn = await self.ground.register(name_of(size), smaller)
        await fill(dsn, size, Keys.from_text(passwords(self.ground.stack.folder).vault_key))
        return dsn


def name_of(size: Size) -> str:
    """Of the database of that size."""
    return f"bench_{size.households}_{size.events}"


async def registered(stack: Stack, people: Population) -> County:
    """Everybody is in the register, and no department has spoken yet."""
    return County(await prepare_ground(stack, people, []), people)


async def grow(stack: Stack, plan: Growth, tell: Tell) -> tuple[County, list[Grown]]:
    """`tell` hears the name of each stage when it begins."""
    tell("register")
    county = await registered(stack, population(SEED, plan.households))
    sizes = [size._replace(households=max(size.households, county.ground.registered)) for size in plan.sizes]
    dsns: dict[Size, str] = {}
    for size, after in zip(sizes, (None, *sizes), strict=False):
        tell("filling")
        dsns[size] = await county.filled(size, after)
    visits: dict[Size, list[Visit]] = {size: [] for size in sizes}
    for number in range(plan.rounds):
        tell("season")
        facts = await county.speak()
        for size in _in_turn(sizes, number):
            tell("growth")
            visits[size].append(await visit(county, dsns[size], facts))
    return county, [Grown(size, visits[size], *await _head_and_bytes(dsns[size])) for size in sizes]


def _in_turn(sizes: Sequence[Size], number: int) -> Sequence[Size]:
    """Nobody is always the first."""
    first = number % len(sizes)
    return [*sizes[first:], *sizes[:first]]


async def visit(county: County, dsn: str, facts: int) -> Visit:
    """All facts that this database has not heard yet."""
    connection: Any = await asyncpg.connect(dsn)
    began = time.time()
    try:
        with enrolling(county.ground.stack, dsn) as service:
            pid, ready = service.program.pid or 0, ready_at(service)
            before = processor_seconds([pid]), processor_seconds(await _backends(connection))
            ended = await settled(service, dsn, tuple(FACTS.values()), county.said)
            used = processor_seconds([pid]) - before[0], processor_seconds(await _backends(connection)) - before[1]
            return Visit(facts, ready - began, ended - ready, *used, peak_megabytes(pid))
    finally:
        await connection.close()


async def _backends(connection: Any) -> list[int]:  # noqa: ANN401 - an asyncpg connection
    return [row[0] for row in await connection.fetch(OURS)]


async def _head_and_bytes(dsn: str) -> tuple[int, int]:
    connection: Any = await asyncpg.connect(dsn)
    try:
        return tuple(await connection.fetchrow(HEAD_AND_BYTES))
    finally:
        await connection.close()


def compared(grown: Sequence[Grown]) -> list[dict[str, Any]]:
    """Each size with its rate as a ratio to the first one's."""
    documents = [one.document() for one in grown]
    return [{**one, "ratio": round(one["facts_per_second"] / documents[0]["facts_per_second"], 2)} for one in documents]


def messages(county: County, grown: Sequence[Grown]) -> dict[str, float]:
    """Events that a fact became, and the bytes of facts and events on Kafka, where every database of the county published its own."""
    new = sum(one.head - one.size.events for one in grown)
    facts = sum(visit.facts for one in grown for visit in one.visits)
    registrations = county.ground.registered
    folder = county.ground.stack.folder
    return {
        "events_per_fact": round(new / facts, 3),
        "bytes_of_a_fact": round(sum(bytes_on_kafka(folder, topic) for topic in FACTS.values()) / county.said),
        "bytes_of_an_event": round(bytes_on_kafka(folder, EVENTS["enrollment"]) / (new + registrations)),
    }


def bytes_on_kafka(folder: Path, topic: str) -> int:
    """Without the indexes, which Kafka makes larger than they need to be."""
    return sum(segment.stat().st_size for segment in folder.glob(f"kafka/data/{topic}-*/*.log"))
