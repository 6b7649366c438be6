"""What a province of many such counties asks of its machines: queues second by second, storage year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final, NamedTuple

DAY: Final = 8 * 3600  # seconds in which offices work
FEEDS: Final = 12  # a year
SEASONS: Final = 4  # a year
GB: Final = 1e9
MACHINES: Final = (1, 4, 17, 68)


@dataclass(frozen=True)
class Measured:
    """Facts per second of one county (`alone`) and of two on one machine of `cores` (`together`); what a fact becomes, in events and bytes.

    `database` are the bytes of an event in PostgreSQL with indexes, inbox and read models; `fact` and `event` those of a message on Kafka.
    """

    alone: float
    together: float
    cores: int
    events: float
    database: float
    fact: float
    event: float


@dataclass(frozen=True)
class Assumed:
    """`facts` of each household in a season of three months; the part `fed` of them comes in one feed a month, the rest over `workdays`."""

    counties: int = 136
    households: int = 27_702
    facts: int = 70
    fed: float = 0.6
    workdays: int = 22
    kafka_copies: int = 3
    database_copies: int = 2
    backups: int = 14

    @property
    def year(self) -> int:
        """Facts of a county in a year."""
        return self.households * self.facts * SEASONS

    @property
    def feed(self) -> int:
        """Facts of a county in the feed of a month."""
        return round(self.year / FEEDS * self.fed)

    @property
    def day(self) -> int:
        """Facts of a county on any other working day."""
        return round(self.year / FEEDS * (1 - self.fed) / self.workdays)


class Queue(NamedTuple):
    """The most facts that waited at once, and the seconds until nothing waited, of the last county and of the one that waited longest."""

    most: int
    seconds: int
    longest: int


def drained(burst: int, starts: Sequence[int], alone: float, capacity: float) -> Queue:
    """A burst in each county, at the second of its start; counties share the capacity evenly, and none is faster than alone."""
    waiting, ends, most, second = [0.0] * len(starts), [0] * len(starts), 0.0, 0
    while second <= max(starts) or any(waiting):
        waiting = [left + burst * (start == second) for left, start in zip(waiting, starts, strict=True)]
        most = max(most, sum(waiting))
        busy = [number for number, left in enumerate(waiting) if left > 0]
        for number in busy:
            waiting[number] = max(0.0, waiting[number] - min(alone, capacity / len(busy)))
            ends[number] = second + 1
        second += 1
    return Queue(round(most), max(ends), max(end - start for end, start in zip(ends, starts, strict=True)))


def simulated(measured: Measured, assumed: Assumed, machines: int) -> dict[str, Any]:
    """How busy a working day keeps so many machines, and the feeds of a month, all at once and spread over a working day."""
    capacity, counties = machines * measured.together, assumed.counties
    spread = [number * DAY // counties for number in range(counties)]
    bursts = {
        "household_each": (assumed.households, [0] * counties),
        "feeds_at_once": (assumed.feed, [0] * counties),
        "feeds_spread": (assumed.feed, spread),
        "day_made_up_for": (assumed.day, [0] * counties),
    }
    queues = {name: drained(burst, starts, measured.alone, capacity)._asdict() for name, (burst, starts) in bursts.items()}
    busy = counties * assumed.day / DAY / capacity
    return {"machines": machines, "counties_each": ceil(counties / machines), "busy": round(busy, 4), **queues}


def stored(measured: Measured, assumed: Assumed) -> dict[str, Any]:
    """Gigabytes that a year adds: in a county, in the province, and on its disks; a backup is a copy of the whole database."""
    events = assumed.year * measured.events
    database, kafka = events * measured.database / GB, events * measured.event / GB
    facts = assumed.year / FEEDS * measured.fact / GB  # Kafka keeps facts for a month, events for ever
    province = assumed.counties
    disks = province * (database * (assumed.database_copies + assumed.backups) + kafka * assumed.kafka_copies)
    return {
        "county": {"events": round(events), "database_gb": round(database, 1), "kafka_gb": round(kafka, 1), "facts_gb": round(facts, 2)},
        "province": {"database_gb": round(province * database), "kafka_gb": round(province * kafka), "facts_gb": round(province * facts)},
        "disks_gb": round(disks + province * facts * assumed.kafka_copies),
    }


def province(measured: Measured) -> dict[str, Any]:
    """What was put in and what comes out."""
    assumed = Assumed()
    daily = {"facts_a_day": assumed.day, "facts_in_a_feed": assumed.feed, "facts_a_year": assumed.year}
    queues = [simulated(measured, assumed, machines) for machines in MACHINES]
    return {
        "measured": asdict(measured), "assumed": asdict(assumed), "county": daily, "queues": queues, "storage": stored(measured, assumed),
    }  # fmt: skip
