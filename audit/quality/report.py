"""Every household of the register, held against every rule of data quality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import asyncpg

from audit.by_service import Tell, unheard
from audit.quality import figures
from audit.quality.catalogue import RULES, Rule
from audit.quality.figures import Figures
from audit.quality.reading import Reading
from audit.quality.row import Measure, Row
from audit.quality.rules import Seen
from audit.services import AUDITED
from audit.snapshot import whole
from audit.unreadable import UnreadableLog
from pipeline.kernel import StructMapper
from pipeline.store import Unreadable
from services.enrollment import packs
from services.enrollment.domain.policies import Policies

PAGE: Final = 1_000
HOUSEHOLDS: Final = "SELECT household, village_code FROM enrollment.households ORDER BY household"
EVENTS: Final = """
SELECT originator_id, topic, state, valid_on FROM enrollment.stored_events
WHERE originator_id = ANY($1::uuid[]) ORDER BY originator_id, originator_version"""
# What has ended was a measure if it ever began, and answers its risks if it reached the household, as `assistance.unanswered` has it.
PLANS: Final = """
SELECT household, kind, CASE WHEN state = 'ended' AND delivered_on IS NULL THEN '{}' ELSE answers END AS answers,
    state IN ('started', 'delivered', 'ended') AS under_way
FROM assistance.measures m JOIN assistance.plans USING (plan, household) WHERE household = ANY($1::uuid[]) AND closed_on IS NULL
AND state <> 'declined' AND (state <> 'ended' OR EXISTS (
    SELECT FROM assistance.events e
    WHERE e.stream = household AND e.topic = 'assistance.measure-started' AND e.state ->> 'measure' = m.measure::text))"""


@dataclass(frozen=True)
class Report:
    """Of the register as it is now, months counted until the local date `on`: the ids of the households that each rule found, in order.

    `villages` are the codes of where they live.
    """

    on: date
    households: int
    found: Mapping[str, Sequence[UUID]]
    villages: Mapping[UUID, str]

    @property
    def ok(self) -> bool:
        return not any(self.found.values())


async def report(dsn: str, on: date, pack: str, tell: Tell = unheard) -> Report:
    """Reads one snapshot as the owner or the auditor; `pack` is whose figures count where no case was.

    Raises `UnreadableLog` and `WrongPack`.
    """
    policies = packs.load_all(pack)
    known = {name: figures.load(name) for name in policies.packs}
    AUDITED["enrollment"].register()
    async with whole(dsn) as connection:
        villages: dict[UUID, str] = {row[0]: row[1] for row in await connection.fetch(HOUSEHOLDS)}
        households = list(villages)
        found: dict[str, list[UUID]] = {rule.id: [] for rule in RULES}
        for first in range(0, len(households), PAGE):
            for row in await _rows(connection, households[first : first + PAGE], policies):
                for rule in broken(row, on, known):
                    found[rule.id].append(row.household)
            tell(min(first + PAGE, len(households)), len(households))
        return Report(on, len(households), found, {one: villages[one] for ones in found.values() for one in ones})


def broken(row: Row, on: date, known: Mapping[str, Figures]) -> Iterable[Rule]:
    """The rules that find something."""
    seen = Seen(row, on, known[row.pack], known.__getitem__)
    return (rule for rule in RULES if rule.finds(seen))


async def _rows(connection: asyncpg.Connection, households: Sequence[UUID], policies: Policies) -> list[Row]:
    plans: dict[UUID, list[Measure]] = defaultdict(list)
    for household, kind, answers, under_way in await connection.fetch(PLANS, households):
        plans[household].append(Measure(kind, frozenset(answers), under_way))
    events = groupby(await connection.fetch(EVENTS, households), itemgetter("originator_id"))
    rows = [_reading(household, list(told), policies).row(plans[household]) for household, told in events]
    return [row for row in rows if row is not None]


def _reading(household: UUID, told: Sequence[Any], policies: Policies) -> Reading:
    history = StructMapper().to_history((topic, state) for _, topic, state, _ in told)
    if isinstance(history, Unreadable):
        raise UnreadableLog(household)
    reading = Reading(household, policies)
    for event, (*_, on) in zip(history, told, strict=True):
        reading.take(event, on)
    return reading
