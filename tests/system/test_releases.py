"""An old release beside a newer one: it ends rather than decide on what it cannot read, and a database that went on is not taken back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar, Final

import pytest

from local.services import ROOT, Service, settings
from pipeline.decider import Event
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.store import Commit, NewEvent
from tests.journeys.system import System, performing
from tests.pipeline.backends import no_read_models
from tests.pipeline.conftest import WHY
from tests.system.county import House, insist
from tests.system.processes import another, named, position, revive
from tests.system.servers import machine_of_our_own

HOUSE: Final = House(14_000)
SENTENCE: Final = "the log holds enrollment.household-praised, which this release does not know; start the release that wrote it"
OUT_OF_THE_LOG: Final = """
ALTER TABLE enrollment.stored_events DISABLE TRIGGER append_only;
DELETE FROM enrollment.stored_events WHERE topic = 'enrollment.household-praised';
UPDATE enrollment.log_head SET position = position - 1;
ALTER TABLE enrollment.stored_events ENABLE TRIGGER append_only"""


class HouseholdPraised(Event, frozen=True):
    TOPIC: ClassVar = "enrollment.household-praised"


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """Of its own: an event is taken out of the log again, to which the seals rightly object."""
    with machine_of_our_own() as servers, performing(servers.start()) as everything:
        yield everything


@asynccontextmanager
async def newer_release(system: System) -> AsyncIterator[None]:
    """It takes the log over and writes an event of a new type; afterwards its trace is taken out, as nobody else may."""
    pool = await connect(system.stack.database, "enrollment")
    store, version = PostgresStore(pool, Log("enrollment", no_read_models)), len(await system.history("enrollment", HOUSE.id))
    await store.lead()
    await store.commit(Commit(events=[NewEvent(HOUSE.id, version + 1, HouseholdPraised(), WHY)]))
    await pool.close()
    try:
        yield
    finally:
        for statement in OUT_OF_THE_LOG.split(";"):
            await system.see(statement)


@pytest.fixture
def standby(system: System, tmp_path: Path) -> Iterator[Service]:
    """A second instance of the old release."""
    service = another(system, "enrollment", tmp_path / "standby")
    assert service.program.wait_until(lambda: service.report().state == "standby", 60)
    yield service
    service.program.stop(signal.SIGKILL, 5)


async def test_an_old_writer_and_an_old_standby_end_beside_a_newer_release_and_spoil_nothing(system: System, standby: Service) -> None:
    await insist(system.stack.kafka, HOUSE.registration())
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", HOUSE.id)
    writer = named(system, "enrollment")
    async with newer_release(system):
        ended, aside = await position(system, "enrollment"), await set_aside(system)
        await insist(system.stack.kafka, HOUSE.facts())
        for old in (writer, standby):
            assert await asyncio.to_thread(has_ended, old)
        assert SENTENCE in standby.program.log.read_text()
        assert (await position(system, "enrollment"), await set_aside(system)) == (ended, aside)
    await revive(system, writer)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'clue'", HOUSE.id)
    assert (await system.history("enrollment", HOUSE.id)).count("enrollment.fact-recorded") == 7


async def set_aside(system: System) -> int:
    return (await system.see("SELECT count(*) FROM enrollment.set_aside"))[0][0]


def has_ended(service: Service) -> bool:
    """Within a minute, by itself."""
    return service.program.wait_until(lambda: service.program.pid is None, 60) or service.program.pid is None


@pytest.mark.parametrize("schema", ["assistance", "vault"])
async def test_a_release_before_the_databases_is_told_so_in_one_sentence(system: System, schema: str) -> None:
    await system.see(f"INSERT INTO public.suishi_migrations (schema, file, sha256) VALUES ('{schema}', '{schema}/0099_later.sql', 'ab')")
    environment = {**os.environ, **settings(system.stack, system.stack.folder)}
    command = [sys.executable, "-P", "-m", "services.prepare"]
    done = await asyncio.to_thread(subprocess.run, command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    await system.see("DELETE FROM public.suishi_migrations WHERE file LIKE '%0099_later.sql'")
    assert (done.returncode, done.stderr) == (
        1,
        (
            f"{schema} was migrated by a newer release ({schema}/0099_later.sql), which this one does not know;"
            " start that release or a later one, or restore a backup from before it\n"
        ),
    )
