"""From a department's fact to the letter about it: all services at work at a steady pace, and a bare round trip through Kafka beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise
from random import Random
from typing import Any, Final

import asyncpg

from bench import latency
from bench.facts import SEED, fresh
from bench.ground import bare_topics
from bench.sender import Sent, send
from bench.timing import quantile
from county.actors import Actors
from county.chronicle import Chronicle
from county.contents import Content
from county.hardships import DISEASES
from county.mailbox import Mailbox
from county.opening import opening
from county.outgoing import Outgoing
from county.population import Population, population
from county.sheet import Sheet
from county.stage import Stage
from local.language import say
from local.problem import Problem
from local.services import serving
from local.stack import Stack, running

PER_SECOND: Final = 200
# One fact in so many says that somebody is seriously ill, so that his household's cadre gets a letter.
LETTER_ONE_IN: Final = 10
PATIENCE_SECONDS: Final = 30.0
HOPS: Final = ("decide", "route", "lease", "leave", "end_to_end")
TIMES: Final = """
SELECT o.correlation, min(c.recorded_at), min(o.queued_at), min(l.recorded_at) FROM notifications.outbox o
JOIN enrollment.stored_events c ON c.event_id::text = o.event
JOIN notifications.stored_events l ON l.originator_id = o.notification AND l.topic = 'notifications.delivery-begun'
WHERE o.correlation = ANY($1) AND o.channel = 'email' GROUP BY 1"""


@dataclass(frozen=True)
class Season:
    """`households` in the register; facts of the first `warm_up` seconds count for nothing."""

    households: int
    warm_up: int
    seconds: int


async def measured(season: Season) -> dict[str, Any]:
    """Milliseconds; on a stack of its own, since every topic is read from its beginning."""
    with running() as stack:
        return await _on(stack, season)


async def _on(stack: Stack, season: Season) -> dict[str, Any]:
    people, mailbox = population(SEED, season.households), Mailbox()
    server, database = await mailbox.start(), await asyncpg.connect(stack.database)
    try:
        with serving(stack, stack.folder, {"SUISHI_SMTP": mailbox.address, "SUISHI_CLOCK": "external"}):
            await bare_topics(stack.kafka)
            async with Stage(stack.kafka, database, Actors(people, Sheet({}, {}))) as stage:
                await stage.start_day(people.figures.days[-1])
                await stage.publish(opening(people))
                await stage.settle()
            messages, ill = facts(people, PER_SECOND * (season.warm_up + season.seconds))
            alone = latency.bare(messages[: (season.seconds + 1) * latency.PER_SECOND])
            bare = await latency.milliseconds(stack.kafka, alone, latency.THROUGH_KAFKA)
            sent = dict(zip((one.id for one in messages), await send(stack.kafka, messages, PER_SECOND), strict=True))
            arrived = await _arrived(mailbox, ill)
            times: Sequence[Any] = await database.fetch(TIMES, ill)
    finally:
        await database.close()
        server.close()
    first = ill[PER_SECOND * season.warm_up // LETTER_ONE_IN :]
    stored = {row[0]: (row[1], row[2], row[3]) for row in times}
    return summary([hops(sent[one], stored[one], arrived[one]) for one in first], bare)


def facts(people: Population, count: int) -> tuple[list[Outgoing], list[str]]:
    """Facts below every threshold, and among them evenly those about somebody seriously ill, each of another household; their ids."""
    chronicle = Chronicle(Random(f"bench/letters/{SEED}"), people.figures.days)  # noqa: S311 - to be repeated, not a secret
    patients = list(islice((one for one in people.registered if one.cadre is not None), -(-count // LETTER_ONE_IN)))
    for household in patients:
        content = Content("health", "serious-illness-confirmed", {"disease_code": chronicle.random.choice(DISEASES)})
        chronicle.tell(household, household.members[0], content, chronicle.at(len(chronicle.days) - 1))
    ill = [chronicle.render(report) for report in chronicle.reports]
    others = iter(fresh(people, count - len(ill), but={household.id for household in patients}))  # the dead get no letter
    whole = [message for one in ill for message in (one, *islice(others, LETTER_ONE_IN - 1))]
    return whole, [one.id for one in ill]


async def _arrived(mailbox: Mailbox, wanted: Sequence[str]) -> dict[str, float]:
    """When the letter about each came, in seconds since 1970; raises a Problem when one never did."""
    deadline, since_1970 = time.monotonic() + PATIENCE_SECONDS, time.time() - time.monotonic()
    while missing := len(set(wanted) - mailbox.first.keys()):
        if time.monotonic() > deadline:
            raise Problem(say(f"{len(wanted)} 封信中有 {missing} 封始终没有到。", f"{missing} of {len(wanted)} letters never came."))
        await asyncio.sleep(0.1)
    return {one: mailbox.first[one] + since_1970 for one in wanted}


def hops(sent: Sent, stored: tuple[datetime, datetime, datetime], arrived: float) -> dict[str, float]:
    """Milliseconds of one fact: until it was decided, routed to the cadre, leased to his channel, and until the letter was there."""
    instants = (sent.due, *(one.timestamp() for one in stored), arrived)
    steps = [later - earlier for earlier, later in pairwise(instants)]
    return {name: step * 1000 for name, step in zip(HOPS, (*steps, arrived - sent.due), strict=True)}


def summary(taken: Sequence[Mapping[str, float]], bare: Sequence[float]) -> dict[str, Any]:
    """Median and p99 of each hop and of the bare round trip, rounded to a tenth."""
    columns = {**{name: [one[name] for one in taken] for name in HOPS}, "bare": bare}
    shares = {"p50": 0.5, "p99": 0.99}
    figures = {name: {point: round(quantile(of, share), 1) for point, share in shares.items()} for name, of in columns.items()}
    return {"per_second": PER_SECOND, "letters": len(taken), **figures}
