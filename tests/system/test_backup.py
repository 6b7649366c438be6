"""A disaster takes the database or Kafka, or both; a backup brings the system back, and every effect is there once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from local.services import settings
from pipeline.kafka import Connection
from schemas.topics import EVENTS, PARTITIONS
from tests.commands.conftest import run
from tests.journeys.system import System, performing
from tests.system.county import House, Said, broken, cadres, insist
from tests.system.oracle import LETTERS, Told, every_effect_is_there_once
from tests.system.processes import position, start
from tests.system.season import STAGE, moments
from tests.system.servers import Machine, machine_of_our_own

NUMBERS: Final = count(12_000, 100)
HOUSES: Final = 40
AT_ONCE: Final = 20
PATIENCE_S: Final = 120
PUBLISHED: Final = "SELECT event_id::text FROM enrollment.events WHERE stream = ANY($1::uuid[]) AND topic = 'enrollment.clue-raised'"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """Of its own: a restored log is shorter than its seals, and the sealer stays away from it."""
    with machine_of_our_own() as servers:
        yield servers


@pytest.fixture(scope="module")
def system(machine: Machine) -> Iterator[System]:
    with performing(machine.start()) as everything:
        yield everything


def season() -> tuple[Told, list[Said], list[Said]]:
    """What there is to tell, and in which order: all are found, half of them are taken in."""
    first = next(NUMBERS)
    houses = [House(number) for number in range(first, first + HOUSES)]
    told = Told(houses, houses[::2], broken(first))
    found = [*told.broken, *(one for house in houses for one in (*house.pairing(), *house.registration(), *house.facts()))]
    return told, found, [one for house in told.enrolled for one in house.enrollment()]


async def suishi(system: System, *arguments: object) -> str:
    environment = settings(system.stack, system.stack.folder)
    done = await asyncio.to_thread(run, *arguments, **environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def all_die(system: System) -> None:
    for service in system.services:
        service.program.stop(signal.SIGKILL, 5)


async def all_start(system: System) -> None:
    for service in system.services:
        start(system, service)
    for service in system.services:
        await asyncio.to_thread(service.wait)


async def all_letters_sent(system: System, told: Told) -> None:
    for _ in range(PATIENCE_S):
        states = [state for _, state in await system.see(LETTERS, told.ids)]
        if states == ["sent"] * (len(told.houses) + 3 * len(told.enrolled)):
            return
        await asyncio.sleep(1)
    message = "letters were left"
    raise AssertionError(message)


async def take_in(system: System, told: Told, words: list[Said]) -> None:
    await system.wait_for(STAGE, told.ids, "clue", len(told.houses), patience_s=PATIENCE_S)
    await insist(system.stack.kafka, words)
    await system.wait_for(STAGE, [house.id for house in told.enrolled], "enrolled", len(told.enrolled), patience_s=PATIENCE_S)
    await all_letters_sent(system, told)


async def trickle(system: System, words: list[Said]) -> None:
    """Slowly enough that a backup falls into the middle of it."""
    for first in range(0, len(words), AT_ONCE):
        await insist(system.stack.kafka, words[first : first + AT_ONCE])
        await asyncio.sleep(0.2)


async def test_a_database_set_back_beside_a_newer_kafka_reads_again_what_came_after(system: System, tmp_path: Path) -> None:
    """The backup falls into the middle of what departments and clerks say; cadres and officers come after the disaster."""
    told, found, taken_in = season()
    random = moments()
    random.shuffle(found)
    telling = asyncio.create_task(trickle(system, found))
    await asyncio.sleep(random.uniform(0, 3))
    await suishi(system, "backup", tmp_path / "log", tmp_path / "vault")
    await telling
    await system.wait_for(STAGE, told.ids, "clue", len(told.houses), patience_s=PATIENCE_S)
    all_die(system)
    ended = await position(system, "enrollment")
    await suishi(system, "restore", tmp_path / "log", tmp_path / "vault", "--replace")
    assert await position(system, "enrollment") < ended
    await all_start(system)
    await insist(system.stack.kafka, cadres(told.houses))
    await take_in(system, told, taken_in)
    await every_effect_is_there_once(system, told)


async def test_a_newer_backup_beside_a_wiped_kafka_fills_it_again(system: System, machine: Machine, tmp_path: Path) -> None:
    """The empty Kafka hears of others first and of the old ones once more, since nobody knows what it had."""
    told, found, taken_in = season()
    await insist(system.stack.kafka, [*found, *cadres(told.houses)])
    await take_in(system, told, taken_in)
    await suishi(system, "backup", tmp_path / "log", tmp_path / "vault")
    all_die(system)
    await machine.kafka_forgets(0)
    late, found_late, taken_in_late = season()
    await insist(system.stack.kafka, [*found_late, *cadres(late.houses), *found, *taken_in])
    await suishi(system, "restore", tmp_path / "log", tmp_path / "vault", "--replace")
    await all_start(system)
    await take_in(system, late, taken_in_late)
    await every_effect_is_there_once(system, told)
    await every_effect_is_there_once(system, late)
    assert {row[0] for row in await system.see(PUBLISHED, told.ids)} <= await ids_on_kafka(system.stack.kafka)


async def ids_on_kafka(kafka: Connection) -> set[str]:
    """Of all that enrollment's events topic holds."""
    places = [TopicPartition(EVENTS["enrollment"], number) for number in range(PARTITIONS[EVENTS["enrollment"]])]
    found, consumer = set[str](), AIOKafkaConsumer(**kafka.options, auto_offset_reset="earliest")
    async with consumer:
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found |= {(dict(record.headers)["ce_id"]).decode() for record in records}
    return found
