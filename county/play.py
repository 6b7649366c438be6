"""One performance of the season: the register is opened, ninety days are played, and what came of it is held against the oracle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import asyncpg

from audit.evidence import Evidence
from audit.replay import Replayed, replay_all
from audit.verify import Verdict, verify_all
from county.account import Account, account, checks, log_checks
from county.actors import Actors
from county.calling import Calling, calling, calling_checks
from county.care_account import CareAccount, care_account, care_checks
from county.care_oracle import expected_care
from county.caring import Caregivers, care
from county.evening import Post, evening, recipients
from county.notification_account import NotificationAccount, notification_account, notification_checks
from county.opening import opening
from county.oracle import Expectation, expected
from county.population import Population
from county.referral_account import ReferralAccount, referral_account, referral_checks
from county.season import Season
from county.stage import Stage
from county.visit_account import VisitAccount, visit_account, visit_checks
from county.visit_oracle import expected_visits
from county.visits import Rounds, rounds
from pipeline.kafka import Connection
from schemas.topics import SERVICES

Tell: TypeAlias = Callable[[str, int, int], None]
REGISTERED: Final = "SELECT count(*) FROM enrollment.households"
LOOK_S: Final = 0.5
LATEST_S: Final = 10
UNSEALED: Final = """
SELECT 1 FROM {0}.log_head WHERE position > (SELECT coalesce(max(size), 0) FROM audit.checkpoints WHERE service = '{0}')"""
READ: Final = "SELECT coalesce(sum(next_offset), 0)::bigint FROM {}.consumed_offsets"


@dataclass(frozen=True)
class Script:
    """What is played: the people, their season, and how often the audience is told how far it came."""

    people: Population
    season: Season
    tell: Tell


@dataclass(frozen=True)
class Accounts:
    """What the read models say of it, by subject."""

    register: Account
    visits: VisitAccount
    referrals: ReferralAccount
    care: CareAccount
    notifications: NotificationAccount


@dataclass(frozen=True)
class Performance:
    """What came of it; `latencies` from fact to letter in milliseconds, sorted; `messages` read by the services in `seconds`.

    `received` counts letters by channel, `called` says how they call their households.
    """

    facts: int
    accounts: Accounts
    checks: Mapping[str, bool]
    verdicts: Mapping[str, Verdict]
    replayed: Mapping[str, Replayed]
    latencies: tuple[float, ...]
    received: Mapping[str, int]
    called: Calling
    messages: int
    seconds: float

    def latency_ms(self, quantile: float) -> float | None:
        """None where no letter came of a fact, so that there was nothing to measure."""
        place = min(int(len(self.latencies) * quantile), len(self.latencies) - 1)
        return round(self.latencies[place], 1) if self.latencies else None


async def play(kafka: Connection, dsn: str, script: Script, post: Post, evidence: Evidence) -> Performance:
    """Needs the three services and the sealer running; raises `county.stage.Unsettled` when a day does not come to rest."""
    home_visits = rounds(script.people, frozenset(script.season.planted.everybody))
    database = await asyncpg.connect(dsn)
    try:
        began = time.monotonic()
        cared = care(script.people, script.season)
        caregivers = Caregivers(cared)
        async with Stage(kafka, database, Actors(script.people, script.season.sheet, caregivers)) as stage:
            await _open(stage, script, dsn)
            facts = await _play(stage, script, home_visits, caregivers)
            latencies = sorted((at - stage.said[cause]) * 1000 for cause, at in post.mailbox.first.items() if cause in stage.said)
            before = await evening(stage, script.people, post)
        seconds = time.monotonic() - began
        messages = sum([await database.fetchval(READ.format(service)) for service in SERVICES])
        script.tell("verify", 0, 1)
        await _sealed(database)
        verdicts, replayed = await asyncio.to_thread(_audited, dsn, evidence)
        script.tell("verify", 1, 1)
        found = await _accounts(database, home_visits.month)
    finally:
        await database.close()
    outcome, called = expected(script.people, script.season), calling(post.letters, script.people)
    return Performance(
        facts=facts,
        accounts=found,
        checks={
            **checks(found.register, outcome, post.received),
            **log_checks(verdicts, replayed),
            **referral_checks(found.referrals, outcome.answered_late),
            **_of_visits(script, home_visits, found.visits, outcome),
            **care_checks(found.care, expected_care(cared, script.season.days[-1].date), caregivers.persons),
            **notification_checks(found.notifications, before, post.letters, recipients(script.people)),
            **calling_checks(called),
        },
        verdicts=verdicts,
        replayed=replayed,
        latencies=tuple(latencies),
        received={"email": post.mailbox.received.total(), "wecom": post.phones.received.total()},
        called=called,
        messages=messages,
        seconds=seconds,
    )


def _audited(dsn: str, evidence: Evidence) -> tuple[Mapping[str, Verdict], Mapping[str, Replayed]]:
    return dict(verify_all(dsn, evidence)), dict(replay_all(dsn, messages=True))


async def _accounts(database: asyncpg.Connection[asyncpg.Record], month: date) -> Accounts:
    return Accounts(
        register=await account(database),
        visits=await visit_account(database, month),
        referrals=await referral_account(database),
        care=await care_account(database),
        notifications=await notification_account(database),
    )


def _of_visits(script: Script, home_visits: Rounds, visited: VisitAccount, outcome: Expectation) -> dict[str, bool]:
    sent = home_visits.first(day.date for day in script.season.days)
    of_visits = expected_visits(script.people, home_visits.month, sent, visited.changes)
    newly_paired = frozenset(household for household in outcome.ever_enrolled if script.people.by_id[household].cadre is None)
    return visit_checks(visited, of_visits, newly_paired)


async def _sealed(database: asyncpg.Connection[asyncpg.Record]) -> None:
    """Until the sealer has come to the end of every log; the verdicts say where it did not."""
    for _ in range(int(LATEST_S / LOOK_S)):
        if not any([await database.fetchval(UNSEALED.format(service)) for service in SERVICES]):
            return
        await asyncio.sleep(LOOK_S)


async def _open(stage: Stage, script: Script, dsn: str) -> None:
    households = len(script.people.registered)
    script.tell("opening", 0, households)
    # The last one counts when all has come to rest: until then the stage is not over.
    async with _counting(dsn, lambda registered: script.tell("opening", min(registered, households - 1), households)):
        await stage.publish(opening(script.people))
        await stage.settle()
    script.tell("opening", households, households)


@asynccontextmanager
async def _counting(dsn: str, tell: Callable[[int], None]) -> AsyncGenerator[None]:
    """`tell` hears twice a second how many households are in the register; by a connection of its own, for the stage's is busy."""
    database = await asyncpg.connect(dsn)

    async def count() -> None:
        while True:
            tell(await database.fetchval(REGISTERED))
            await asyncio.sleep(LOOK_S)

    counting = asyncio.create_task(count())
    try:
        yield
    finally:
        counting.cancel()
        await asyncio.wait({counting})
        await database.close()


async def _play(stage: Stage, script: Script, home_visits: Rounds, caregivers: Caregivers) -> int:
    """The number of facts told."""
    facts, days = 0, script.season.days
    script.tell("days", 0, len(days))
    for number, day in enumerate(days, 1):
        await stage.start_day(day.date)
        await stage.publish([*day.facts, *home_visits.by_day.get(day.date, ()), *caregivers.visits(day.date)])
        await stage.settle()
        facts += len(day.facts)
        script.tell("days", number, len(days))
    return facts
