"""What no release can take, and what one release takes wrongly, stops nobody else: through real servers and real processes."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID

import orjson

from commands.letters import Letter, Letters, redrive
from local.services import ROOT, settings
from schemas.topics import PERSONAL
from tests.journeys.system import System
from tests.pipeline.kafka import Broker
from tests.system.county import House, Said, publish
from tests.system.oracle import every_effect_is_there_once
from tests.system.poison import EXPENSE, EXPENSES, POISON, letters, notices, send_all
from tests.system.processes import all_quiet, named, revive
from tests.system.season import Season
from tests.way_in import WAY_IN

NUMBERS: Final = count(7000, 100)
MISTAKEN: Final = str(Path(__file__).parent / "mistaken_release")
UNTAKEN_FEN: Final = 7_777_700  # as it says itself; importing it here would spoil the rules for all tests
WAITS: Final = "waits behind an earlier parked message of this household"
REGISTERED: Final = "SELECT 1 FROM enrollment.households WHERE household = ANY($1::uuid[]) HAVING count(*) = cardinality($1::uuid[])"
PARKED: Final = "SELECT 1 FROM enrollment.set_aside WHERE stream = $1 AND redriven_at IS NULL HAVING count(*) = $2"
STAGE: Final = "SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = $2"
FACTS_IN_ORDER: Final = """
SELECT state->'fact'->>'reference' FROM enrollment.events
WHERE stream = $1 AND topic = 'enrollment.fact-recorded' ORDER BY version"""
LOST: Final = "SELECT state::text FROM enrollment.events WHERE topic = 'pipeline.facts-lost' AND state->'to_offset' = to_jsonb($1::int)"


async def test_poison_of_every_kind_is_set_aside_with_its_bytes_and_nobody_else_notices(system: System) -> None:
    processes = [service.program.pid for service in system.services]
    told = await Season.of(system, next(NUMBERS), 20).pass_with(partial(send_all, system))
    await every_effect_is_there_once(system, told)
    aside = [(row, record) for row, record in await letters(system) if (record.key or b"").decode() in POISON]
    assert {(row.service, (record.key or b"").decode(), row.reason, record.value) for row, record in aside} == {
        (service, name, poison.reason, poison.value) for name, poison in POISON.items() for service in poison.by
    }
    assert {(record.key, record.headers[-1][1]) for row, record in aside if row.field == "header name"} == {
        (name.encode(), poison.name) for name, poison in POISON.items() if poison.name
    }
    told_of = {str(row.id).encode() if row.topic in PERSONAL else record.key for row, record in aside}
    assert told_of <= await notices(system)
    assert [service.program.pid for service in system.services] == processes


async def test_the_same_id_with_other_data_is_refused_as_a_conflict(system: System) -> None:
    first = House(next(NUMBERS)).facts()[1]
    other = Said(first.topic, first.kind, {**first.data, "out_of_pocket_fen": 1}, first.about)
    for value in (first.value, other.value, first.value):
        await system.say_raw(first.topic, value, first.headers(), first.about)
    await all_quiet(system)
    aside = [(row.reason, row.field, record.value) for row, record in await letters(system) if record.key == str(first.about).encode()]
    assert aside == [("message.conflict", "id", other.value)]


async def test_a_mistake_of_ours_parks_its_household_and_the_mended_release_goes_on_in_order(system: System) -> None:
    house, neighbour = (House(number) for number in (next(NUMBERS), next(NUMBERS)))
    await publish(system.stack.kafka, [*house.registration(), *neighbour.registration()])
    await system.wait_for(REGISTERED, [house.id, neighbour.id])
    ours = lived(house, UNTAKEN_FEN)
    async with another_release(system, MISTAKEN):
        await tell(system, ours, lived(neighbour, UNTAKEN_FEN + 100))
        parked = [row for row, _ in await letters(system) if row.stream == house.id]
        assert await system.history("enrollment", house.id) == ["enrollment.household-registered"]
        assert [row.problem for row in parked] == ["ZeroDivisionError while deciding", *[WAITS] * (7 + len(WAY_IN))]
    assert await redriven(system, parked) == {row.id for row in parked}
    assert await system.history("enrollment", house.id) == await system.history("enrollment", neighbour.id)
    assert [row[0] for row in await system.see(FACTS_IN_ORDER, house.id)] == [one.id for one in ours[:8]]


def lived(house: House, first_fen: int) -> list[Said]:
    """What is told of a household after its registration; the first amount decides whether the mistaken release can take it."""
    first = {**house.facts()[1].data, "period": "2020-07", "valid_on": "2020-07-28", "out_of_pocket_fen": first_fen}
    return [Said(EXPENSES, EXPENSE, first, house.id), *house.facts(), *house.enrollment()]


async def tell(system: System, ours: list[Said], others: list[Said]) -> None:
    """Facts, then commands; all of the others' happens, and none of ours."""
    await publish(system.stack.kafka, [*ours[: -len(WAY_IN)], *others[: -len(WAY_IN)]])
    await system.wait_for(PARKED, ours[0].about, 8)
    await system.wait_for(STAGE, others[0].about, "clue")
    await publish(system.stack.kafka, [*ours[-len(WAY_IN) :], *others[-len(WAY_IN) :]])
    await system.wait_for(PARKED, ours[0].about, 8 + len(WAY_IN))
    await system.wait_for(STAGE, others[0].about, "enrolled")


@asynccontextmanager
async def another_release(system: System, folder: str) -> AsyncIterator[None]:
    """Enrollment runs with that folder before all others on its path."""
    writer, extra = named(system, "enrollment"), {**system.extra, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    await revive(System(system.stack, system.mailbox, system.services, extra), writer)
    try:
        yield
    finally:
        await revive(system, writer)


async def redriven(system: System, rows: Sequence[Letter]) -> set[UUID]:
    there = await Letters.of(system.stack.database)
    try:
        return await redrive(system.stack, there, rows, settings(system.stack, system.stack.folder)["SUISHI_VAULT_KEY"], 60)
    finally:
        await there.close()


async def test_facts_that_retention_ate_are_told_as_lost_and_the_rest_is_taken(system: System) -> None:
    house, writer, broker = House(next(NUMBERS)), named(system, "enrollment"), Broker(system.stack.kafka, EXPENSES)
    await publish(system.stack.kafka, house.registration())
    await system.wait_for(REGISTERED, [house.id])
    await all_quiet(system)
    writer.program.stop(signal.SIGTERM, 20)
    before = await broker.ends()
    await publish(system.stack.kafka, house.facts())
    ((partition, end),) = (await broker.ends()).items() - before.items()
    await broker.eat(partition, before=end - 2)
    await revive(system, writer)
    lost = {"topic": EXPENSES, "partition": partition, "from_offset": before[partition], "to_offset": end - 2}
    assert [orjson.loads(row[0]) for row in await system.wait_for(LOST, end - 2)] == [lost]
    await system.wait_for(STAGE, house.id, "clue")
    assert (await system.history("enrollment", house.id)).count("enrollment.fact-recorded") == 2
