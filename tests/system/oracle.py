"""What must have come of everything that was told, whatever fault there was meanwhile: all of it, and nothing twice."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from audit.replay import replay
from audit.verify import verify
from commands.letters import Letter, Letters
from local.services import settings
from pipeline.envelope import Record
from schemas.topics import SERVICES
from tests.journeys.system import System
from tests.system.county import House, Said
from tests.system.processes import all_quiet, position

FOUND: Final = {
    "enrollment.household-registered": 1, "enrollment.fact-recorded": 7, "enrollment.clue-raised": 1, "enrollment.deadline-started": 2,
}  # fmt: skip
OVERDUE: Final = {**FOUND, "enrollment.deadline-breached": 1}
TAKEN_IN: Final = {
    **FOUND, "enrollment.deadline-started": 6, "enrollment.deadline-met": 4, "enrollment.clue-closed": 1, "enrollment.case-opened": 1,
    "enrollment.step-completed": 6, "enrollment.notice-posted": 1, "enrollment.household-enrolled": 1,
}  # fmt: skip
PAIRED: Final = {"assistance.household-placed": 1, "assistance.cadre-assigned": 1, "assistance.cadre-answers": 1}
HELPED: Final = {**PAIRED, "assistance.plan-opened": 1, "assistance.measure-proposed": 2, "assistance.referral-sent": 2}
OF_A_CLUE: Final = {"clue-raised": 1}
OF_AN_ENROLLMENT: Final = {**OF_A_CLUE, "household-enrolled": 1, "measure-proposed": 2}
EVENTS: Final = "SELECT stream, topic, count(*) FROM {service}.events WHERE stream = ANY($1::uuid[]) GROUP BY 1, 2"
RECORDED: Final = """
SELECT stream, state->'fact'->>'reference' FROM enrollment.events
WHERE topic = 'enrollment.fact-recorded' AND stream = ANY($1::uuid[])"""
WAITED: Final = """
SELECT state->'fact'->>'reference' FROM enrollment.events WHERE topic = 'enrollment.fact-unmatched' GROUP BY 1 HAVING count(*) > 1"""
OUTBOX: Final = "SELECT household, kind, count(*) FROM notifications.outbox WHERE household = ANY($1::uuid[]) GROUP BY 1, 2"
INTENDED: Final = "SELECT 1 FROM notifications.outbox WHERE household = ANY($1::uuid[]) HAVING count(*) >= $2"
# As many as a run may have in its hands when it dies.
IN_A_LEASE: Final = 100
LETTERS: Final = "SELECT notification::text, state FROM notifications.outbox WHERE household = ANY($1::uuid[])"


@dataclass(frozen=True)
class Told:
    """All that was accepted of a season: households, those of them that were taken in, and what had to be refused."""

    houses: Sequence[House]
    enrolled: Sequence[House] = ()
    broken: Sequence[Said] = ()
    overdue: bool = False

    @property
    def ids(self) -> list[UUID]:
        return [house.id for house in self.houses]


async def every_effect_is_there_once(system: System, told: Told, *, perhaps_lost: int = 0) -> None:
    """Waits until nothing is left to do; `perhaps_lost` letters at most may have been in the hands of a run that died."""
    await nothing_left(system, told, perhaps_lost)
    found = OVERDUE if told.overdue else FOUND
    assert await counted(system, "enrollment", told) == expected(told, found, TAKEN_IN)
    assert await counted(system, "assistance", told) == expected(told, PAIRED, HELPED)
    assert grouped(await system.see(OUTBOX, told.ids)) == expected(told, OF_A_CLUE, OF_AN_ENROLLMENT)
    assert await facts_of_each(system, told) == {house.id: sorted({fact.id for fact in house.facts()}) for house in told.houses}
    assert await system.see(WAITED) == []
    await arrived_once(system, told, perhaps_lost)
    assert await set_aside(system, told) == {("enrollment", "data.invalid", one.id, one.value) for one in told.broken}
    for service in SERVICES:
        before = await position(system, service)
        verdict = await verify(system.stack.database, service)
        assert verdict.problem is None
        assert verdict.positions >= before  # a letter of other households may be answered meanwhile
        replayed = await replay(system.stack.database, service, messages=True)
        assert (None, 0) == (replayed.problem, replayed.different)


def expected(told: Told, of_a_clue: dict[str, int], of_an_enrollment: dict[str, int]) -> dict[UUID, dict[str, int]]:
    return {**{house.id: of_a_clue for house in told.houses}, **{house.id: of_an_enrollment for house in told.enrolled}}


async def nothing_left(system: System, told: Told, perhaps_lost: int) -> None:
    await system.wait_for(INTENDED, told.ids, len(told.houses) + 3 * len(told.enrolled), patience_s=90)
    await deliveries_rest(system, told, perhaps_lost)
    await all_quiet(system)


async def deliveries_rest(system: System, told: Told, perhaps_lost: int) -> None:
    """Until every letter was sent, or at most as many as may be lost stay leased by a run that is gone."""
    before: Counter[str] = Counter()
    for _ in range(45):
        now = Counter(state for _, state in await system.see(LETTERS, told.ids))
        open_ = now.total() - now["sent"]
        if open_ == 0 or (now == before and "queued" not in now and open_ <= perhaps_lost):
            return
        before = now
        await asyncio.sleep(2)


def grouped(rows: Sequence[Any]) -> dict[UUID, dict[str, int]]:
    found = defaultdict[UUID, dict[str, int]](dict)
    for stream, name, count in rows:
        found[stream][name] = count
    return dict(found)


async def counted(system: System, service: str, told: Told) -> dict[UUID, dict[str, int]]:
    """How often what happened to each household."""
    return grouped(await system.see(EVENTS.format(service=service), told.ids))


async def facts_of_each(system: System, told: Told) -> dict[UUID, list[str]]:
    facts = defaultdict[UUID, list[str]](list)
    for stream, reference in await system.see(RECORDED, told.ids):
        facts[stream].append(reference)
    return {stream: sorted(references) for stream, references in facts.items()}


async def arrived_once(system: System, told: Told, perhaps_lost: int) -> None:
    """A letter that is `sent` came once; what a killed delivery had leased is listed, and came once or never."""
    states, received = dict(await system.see(LETTERS, told.ids)), system.mailbox.received
    open_ = {letter: state for letter, state in states.items() if state != "sent"}
    print("notifications:", Counter(states.values()))  # noqa: T201 - how many are not known to have arrived
    assert set(open_.values()) <= {"sending", "unknown"}
    assert len(open_) <= perhaps_lost
    sent = {letter: received[letter] for letter, state in states.items() if state == "sent"}
    assert sent == dict.fromkeys(sent, 1)
    assert all(received[letter] <= 1 for letter in open_)


async def set_aside(system: System, told: Told) -> set[tuple[str, str, str, bytes]]:
    """Service, reason, id and bytes of every message of ours that was refused or parked; one that came twice lies there twice."""
    key = settings(system.stack, system.stack.folder)["SUISHI_VAULT_KEY"]
    ours = {str(one) for one in (*told.ids, *(one.about for one in told.broken))}
    aside = [(letter, letter.open(key)) for letter in await _letters(system)]
    return {(row.service, row.reason, _said(of, "ce_id"), of.value or b"") for row, of in aside if _said(of, "ce_subject") in ours}


async def _letters(system: System) -> list[Letter]:
    letters = await Letters.of(system.stack.database)
    try:
        return await letters.waiting()
    finally:
        await letters.close()


def _said(record: Record, header: str) -> str:
    return (dict(record.headers).get(header) or b"").decode(errors="replace")
