"""The sample county's season without its broken messages: mostly below thresholds, some late, corrected, withdrawn or repeated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from random import Random
from typing import Final
from uuid import UUID

from county.chronicle import Chronicle
from county.disturbances import Delivery, disturb, repeated
from county.everyday import Everyday
from county.households import Household
from county.outgoing import Outgoing
from county.planting import plant
from county.population import Population
from pipeline.kafka import Connection

SEED: Final = 1


def registered(people: Population) -> Sequence[Household]:
    """Everybody a fact can be about: in the bench the clerks have done their work."""
    return (*people.registered, *people.country)


def told(people: Population, season: str = "season") -> list[Outgoing]:
    """What the departments say in a season, in the order of sending; the same people and name give the same bytes."""
    chronicle, amounts = _chronicle(people, season), people.figures.disturbances
    planted = plant(chronicle, people)
    everyday = len(chronicle.reports)
    Everyday(chronicle, people, planted.everybody).tell(people.figures.everyday)
    disturb(chronicle, slice(everyday, len(chronicle.reports)), amounts)
    deliveries = [Delivery(report.moment.played, report.moment.minute, chronicle.render(report)) for report in chronicle.reports]
    deliveries += repeated(chronicle, amounts["repeated"])
    return [delivery.record for delivery in sorted(deliveries, key=lambda one: (one.played, one.minute))]


def fresh(people: Population, count: int, but: Collection[UUID] = ()) -> list[Outgoing]:
    """Facts nobody has heard yet, each of which becomes an event; none is about the households in `but`."""
    chronicle = _chronicle(people, "fresh")
    Everyday(chronicle, people, {*but}).tell(dict.fromkeys(people.figures.everyday, count // 10 + 1))
    chosen = chronicle.random.sample(chronicle.reports, count)
    return [chronicle.render(report) for report in chosen]


def _chronicle(people: Population, name: str) -> Chronicle:
    return Chronicle(Random(f"bench/{name}/{SEED}"), people.figures.days)  # noqa: S311 - to be repeated, not a secret


async def publish(kafka: Connection, messages: Iterable[Outgoing]) -> None:
    """Returns when Kafka has all of them."""
    async with kafka.producer(max_batch_size=256 * 1024, linger_ms=2) as producer:
        for message in messages:
            await producer.send(**message.record)
        await producer.flush()
