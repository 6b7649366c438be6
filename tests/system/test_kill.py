"""Each service is killed in the middle of a batch while messages flow, and every effect is there exactly once."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import Counter, defaultdict
from random import Random
from typing import Any, Final
from uuid import UUID

from audit.verify import Verdict, verify
from schemas.topics import FACTS
from tests.journeys.system import System
from tests.system.county import House, Said, cadres, day, publish
from tests.system.processes import all_quiet, kill_in_the_middle

HOUSES: Final = [House(number) for number in range(300)]
ENROLLED: Final = HOUSES[::2]
IN_A_LEASE: Final = 200
BROKEN: Final = [Said(FACTS["health"], "suishi.fact.serious-illness-confirmed.v1", {"valid_on": f"{n}"}, UUID(int=n)) for n in range(5)]
FOUND: Final = {
    "enrollment.household-registered": 1, "enrollment.fact-recorded": 7, "enrollment.clue-raised": 1, "enrollment.deadline-started": 1,
}  # fmt: skip
OURS: Final = [house.id for house in HOUSES]
KILLS: Final = {"enrollment": 2, "assistance": 1, "notifications": 2}
OVERDUE: Final = {**FOUND, "enrollment.deadline-breached": 1}
TAKEN_IN: Final = {
    **FOUND, "enrollment.deadline-started": 2, "enrollment.deadline-met": 2, "enrollment.clue-closed": 1, "enrollment.case-opened": 1,
    "enrollment.step-completed": 1, "enrollment.household-enrolled": 1,
}  # fmt: skip
EVENTS: Final = "SELECT stream, topic, count(*) FROM {service}.events GROUP BY 1, 2"
RECORDED: Final = "SELECT stream, state->'fact'->>'reference' FROM enrollment.events WHERE topic = 'enrollment.fact-recorded'"
WAITED: Final = """
SELECT state->'fact'->>'reference' FROM enrollment.events WHERE topic = 'enrollment.fact-unmatched' GROUP BY 1 HAVING count(*) > 1"""
STAGE: Final = "SELECT 1 FROM enrollment.households WHERE household = ANY($1::uuid[]) AND stage = $2 HAVING count(*) = $3"
OUTBOX: Final = "SELECT household, kind, count(*) FROM notifications.outbox WHERE household = ANY($1::uuid[]) GROUP BY 1, 2"
LETTERS: Final = "SELECT notification::text, state FROM notifications.outbox WHERE household = ANY($1::uuid[])"
STATES: Final = "SELECT state, count(*) FROM notifications.outbox WHERE household = ANY($1::uuid[]) GROUP BY 1 ORDER BY 1"


async def test_every_effect_is_there_once_though_each_service_was_killed_in_the_middle(system: System) -> None:
    seed = int(os.environ.get("SUISHI_SEED", "0")) or secrets.randbelow(10**9)
    print(f"SUISHI_SEED={seed}")  # noqa: T201 - to see the same run again
    random = Random(seed)  # noqa: S311 - it only chooses moments
    writers = {name: await epoch(system, name) for name in KILLS}
    await find_all(system, random)
    await enroll_half(system, random)
    await nothing_left(system)

    assert await counted(system, "enrollment", HOUSES) == {
        **{house.id: OVERDUE for house in HOUSES}, **{house.id: TAKEN_IN for house in ENROLLED},
    }  # fmt: skip
    facts = defaultdict[UUID, list[str]](list)
    for stream, reference in await system.see(RECORDED):
        facts[stream].append(reference)
    assert {stream: sorted(told) for stream, told in facts.items()} == {h.id: sorted({f.id for f in h.facts()}) for h in HOUSES}
    assert await system.see(WAITED) == []
    assert await counted(system, "assistance", HOUSES) == {
        **{house.id: {"assistance.cadre-assigned": 1} for house in HOUSES},
        **{house.id: {"assistance.cadre-assigned": 1, "assistance.plan-opened": 1, "assistance.measure-proposed": 2} for house in ENROLLED},
    }
    assert grouped(await system.see(OUTBOX, OURS)) == {
        **{house.id: {"clue-raised": 1} for house in HOUSES},
        **{house.id: {"clue-raised": 1, "household-enrolled": 1, "measure-proposed": 2} for house in ENROLLED},
    }
    await arrived_at_most_once(system)
    aside = [await system.see(f"SELECT reason FROM {name}.set_aside") for name in KILLS]
    assert [[row[0] for row in rows] for rows in aside] == [["data.invalid"] * 5, [], []]
    assert {name: await epoch(system, name) - before for name, before in writers.items()} == KILLS
    for name in KILLS:
        assert await verify(system.stack.database, name) == Verdict(await position(system, name))


async def find_all(system: System, random: Random) -> None:
    """Registers, facts and repeats in any order, while enrollment and notifications die."""
    said = [one for house in HOUSES for one in (*house.registration(), *house.facts(), *house.pairing())] + BROKEN
    random.shuffle(said)
    late = cadres(HOUSES)
    repeats = random.sample([one for one in said if one not in BROKEN], 100)
    flow = asyncio.create_task(publish(system.stack.kafka, [*said[:1500], *late, *said[1500:], *repeats]))
    await asyncio.gather(
        kill_in_the_middle(system, "enrollment", random.randrange(100, 2000)),
        kill_in_the_middle(system, "notifications", random.randrange(50, 400)),
    )
    await flow
    await system.wait_for(STAGE, OURS, "clue", len(HOUSES))


async def enroll_half(system: System, random: Random) -> None:
    """Visits and decisions, and the day on which all others are late, while all three die."""
    said = [one for house in ENROLLED for one in house.enrollment()]
    before = await position(system, "enrollment")
    plans = await position(system, "assistance")
    letters = await position(system, "notifications")
    flow = asyncio.create_task(publish(system.stack.kafka, said))
    await asyncio.gather(
        kill_in_the_middle(system, "enrollment", before + random.randrange(1, 800)),
        kill_in_the_middle(system, "assistance", plans + random.randrange(1, 300)),
        kill_in_the_middle(system, "notifications", letters + random.randrange(1, 500)),
    )
    await flow
    await system.wait_for(STAGE, OURS, "enrolled", len(ENROLLED))
    await publish(system.stack.kafka, [day("2021-01-09"), day("2021-01-09"), *said[:50]])


async def position(system: System, name: str) -> int:
    return (await system.see(f"SELECT position FROM {name}.log_head"))[0][0]


async def epoch(system: System, name: str) -> int:
    return (await system.see(f"SELECT epoch FROM {name}.log_head"))[0][0]


async def nothing_left(system: System) -> None:
    intended = "SELECT 1 FROM notifications.outbox WHERE household = ANY($1::uuid[]) HAVING count(*) >= $2"
    await system.wait_for(intended, OURS, len(HOUSES) + 3 * len(ENROLLED))
    await deliveries_rest(system)
    await all_quiet(system)


async def deliveries_rest(system: System) -> None:
    """Until nothing is queued and nothing ends any more: what a killed delivery had leased stays open until its lease ends."""
    before: dict[str, int] = {}
    for _ in range(30):
        now = dict(await system.see(STATES, OURS))
        if now == before and "queued" not in now:
            return
        before = now
        await asyncio.sleep(2)


def grouped(rows: list[Any]) -> dict[UUID, dict[str, int]]:
    found = defaultdict[UUID, dict[str, int]](dict)
    for stream, name, count in rows:
        found[stream][name] = count
    return dict(found)


async def counted(system: System, service: str, houses: list[House]) -> dict[UUID, dict[str, int]]:
    """How often what happened to each household."""
    ours = {house.id for house in houses}
    return {stream: told for stream, told in grouped(await system.see(EVENTS.format(service=service))).items() if stream in ours}


async def arrived_at_most_once(system: System) -> None:
    """What a killed delivery had leased may or may not have arrived: it is listed, never sent again."""
    states = {row[0]: row[1] for row in await system.see(LETTERS, OURS)}
    received = system.mailbox.received
    open_ = {letter: state for letter, state in states.items() if state != "sent"}
    print("notifications:", Counter(states.values()), "not known to have arrived:", sorted(open_))  # noqa: T201 - the list of them
    assert set(open_.values()) <= {"sending", "unknown"}
    assert len(open_) <= 2 * IN_A_LEASE
    sent = {letter: received[letter] for letter, state in states.items() if state == "sent"}
    assert sent == dict.fromkeys(sent, 1)
    assert all(received[letter] <= 1 for letter in open_)
