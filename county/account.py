"""What the services made of a season, read from their read models and logs, and the promises held against the oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from audit.replay import Replayed
from audit.verify import Verdict
from county.oracle import Expectation
from schemas.topics import SERVICES

NOW: Final = "SELECT household, village_code, member_count FROM enrollment.households WHERE stage IN ('enrolled', 'exit-proposed')"
EVER: Final = "SELECT stream, count(*) AS times FROM enrollment.events WHERE topic = $1 GROUP BY stream"
HELPED: Final = """
SELECT DISTINCT household FROM assistance.plans JOIN assistance.measures USING (household, plan)
WHERE closed_on IS NULL AND state IN ('started', 'delivered')"""
REFUSED: Final = "SELECT reason, count(*) FROM {}.set_aside WHERE stream IS NULL GROUP BY reason"
PARKED: Final = "SELECT count(*) FROM {}.set_aside WHERE stream IS NOT NULL AND redriven_at IS NULL"
OUTBOX: Final = "SELECT notification::text, state FROM notifications.outbox"


@dataclass(frozen=True)
class Account:
    """Sets are household ids; `enrolled` gives village and persons of those enrolled at the end.

    `deadlines` says how many were met, breached and dropped, `late` for whom one was breached.
    """

    enrolled: Mapping[UUID, tuple[str, int]]
    ever: frozenset[UUID]
    exited: frozenset[UUID]
    reentered: frozenset[UUID]
    clues: int
    helped: frozenset[UUID]
    deadlines: Mapping[str, int]
    late: frozenset[UUID]
    refused: Mapping[str, int]
    parked: int
    outbox: Mapping[str, str]

    @property
    def persons(self) -> int:
        return sum(members for _, members in self.enrolled.values())

    @property
    def towns(self) -> list[tuple[str, int, int]]:
        """Town code, households and persons."""
        households, persons = Counter[str](), Counter[str]()
        for village, members in self.enrolled.values():
            households[village[:9]] += 1
            persons[village[:9]] += members
        return [(town, households[town], persons[town]) for town in sorted(households)]


async def account(database: asyncpg.Connection[asyncpg.Record]) -> Account:
    entered = await _streams(database, "enrollment.household-enrolled")
    met, breached, dropped = [await _streams(database, f"enrollment.deadline-{end}") for end in ("met", "breached", "dropped")]
    refused = Counter[str]()
    for service in SERVICES:
        refused.update({row[0]: row[1] for row in await database.fetch(REFUSED.format(service))})
    return Account(
        enrolled={row[0]: (row[1], row[2]) for row in await database.fetch(NOW)},
        ever=frozenset(entered),
        exited=frozenset(await _streams(database, "enrollment.household-exited")),
        reentered=frozenset(household for household, times in entered.items() if times > 1),
        clues=sum((await _streams(database, "enrollment.clue-raised")).values()),
        helped=frozenset(row[0] for row in await database.fetch(HELPED)),
        deadlines={"met": sum(met.values()), "breached": sum(breached.values()), "dropped": sum(dropped.values())},
        late=frozenset(breached),
        refused=refused,
        parked=sum([await database.fetchval(PARKED.format(service)) for service in SERVICES]),
        outbox={row[0]: row[1] for row in await database.fetch(OUTBOX)},
    )


async def _streams(database: asyncpg.Connection[asyncpg.Record], topic: str) -> dict[UUID, int]:
    rows: Sequence[Any] = await database.fetch(EVER, topic)
    return {row[0]: row[1] for row in rows}


def checks(found: Account, expected: Expectation, received: Mapping[str, int]) -> dict[str, bool]:
    """Every promise about the register by name; sets are compared, never only their sizes. `received` counts letters by notification."""
    enrolled = frozenset(found.enrolled)
    sent = {notification for notification, state in found.outbox.items() if state in {"sent", "acknowledged"}}
    due = {notification for notification, state in found.outbox.items() if state != "withdrawn"}
    return {
        "enrolled at the end = planted": enrolled == frozenset(expected.enrolled),
        "ever enrolled = planted": found.ever == frozenset(expected.ever_enrolled),
        "no false alarm enrolled": not found.ever & frozenset(expected.false_alarms),
        "exits = planted": found.exited == frozenset(expected.exited),
        "re-entries = planted": found.reentered == frozenset(expected.reentered),
        "households with a missed deadline = planted": found.late == frozenset(expected.visited_late),
        "every enrolled household has a measure": enrolled <= found.helped,
        "refused = planted malformed": sum(found.refused.values()) == expected.refused,
        "nothing is parked": found.parked == 0,
        "every notification arrived once": sent == due == set(received) and set(received.values()) <= {1},
    }


def log_checks(verdicts: Mapping[str, Verdict], replayed: Mapping[str, Replayed]) -> dict[str, bool]:
    """What an auditor would find of each log, and of what is shown of it."""
    return {
        "sealed to the head": all(verdict.sealed == verdict.positions for verdict in verdicts.values()),
        **{f"log of {service} verified": verdict.ok for service, verdict in verdicts.items()},
        **{f"read models of {service} = its log": one.ok and one.compared for service, one in replayed.items()},
    }
