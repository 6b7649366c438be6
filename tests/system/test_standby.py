"""One writer, another that waits: what happens when the first is killed, or stops and wakes up too late."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from local.services import Service
from schemas.topics import SERVICES
from tests.journeys.system import System
from tests.system.county import House, publish
from tests.system.processes import all_quiet, another, named, revive

TAKE_OVER_S = 5


@pytest.fixture
def standby(system: System, tmp_path: Path) -> Iterator[Service]:
    """A second instance of enrollment that found the first one at work."""
    service = another(system, "enrollment", tmp_path / "standby")
    assert service.program.wait_until(lambda: service.report().state == "standby", 30)
    yield service
    service.program.send(signal.SIGCONT)
    service.program.stop(signal.SIGKILL, 5)


def ask(service: Service, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(service.address, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


async def soon(condition: Callable[[], bool], patience_s: float) -> float:
    """Seconds until it holds."""
    began = time.monotonic()
    while time.monotonic() < began + patience_s:
        if await asyncio.to_thread(condition):
            return time.monotonic() - began
        await asyncio.sleep(0.05)
    message = f"not within {patience_s} s"
    raise AssertionError(message)


@pytest.mark.parametrize("name", SERVICES)
def test_a_writer_says_that_it_is_ready_and_lives_and_what_it_measures(system: System, name: str) -> None:
    service = named(system, name)
    for path in ("/health/ready", "/health/live"):
        status, body = ask(service, path)
        assert (status, json.loads(body)) == (200, {"service": name, "state": "ready", "lag": 0})
    status, page = ask(service, "/metrics")
    assert status == 200
    measures = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    assert {
        f"suishi_{name}_messages_total", f"suishi_{name}_events_total", f"suishi_{name}_dead_letters_total", f"suishi_{name}_batch_size",
        f"suishi_{name}_lag_messages", f"suishi_{name}_lag_seconds", f"suishi_{name}_relay_lag", "faststream_received_messages_total",
    } <= measures  # fmt: skip
    assert ask(service, "/") == (404, json.dumps({"service": name, "state": "ready", "lag": 0}, separators=(",", ":")))


def test_a_standby_lives_and_is_not_ready(standby: Service) -> None:
    assert [(503, "standby"), (200, "standby")] == [
        (status, json.loads(body)["state"]) for status, body in (ask(standby, "/health/ready"), ask(standby, "/health/live"))
    ]


async def test_a_standby_takes_over_from_a_killed_writer_within_five_seconds(system: System, standby: Service) -> None:
    writer, houses = named(system, "enrollment"), [House(number) for number in range(1000, 1050)]
    flow = asyncio.create_task(publish(system.stack.kafka, [one for house in houses for one in (*house.registration(), *house.facts())]))
    await system.wait_for("SELECT 1 FROM enrollment.log_head WHERE position > 20")
    writer.program.send(signal.SIGKILL)
    seconds = await soon(lambda: standby.report().ready, 30)
    await flow
    ours = [house.id for house in houses]
    clues = "SELECT 1 FROM enrollment.households WHERE household = ANY($1::uuid[]) AND stage = 'clue' HAVING count(*) = 50"
    await system.wait_for(clues, ours)
    counts = await system.see("SELECT count(*) FROM enrollment.events WHERE stream = ANY($1::uuid[]) GROUP BY stream", ours)
    assert [row[0] for row in counts] == [11] * 50
    assert seconds < TAKE_OVER_S
    standby.program.stop(signal.SIGTERM, 20)
    await revive(system, writer)


async def test_a_writer_that_stopped_and_wakes_after_another_took_over_is_refused_and_ends(system: System, standby: Service) -> None:
    """It stops while it asks whose household a fact concerns, and wakes with the answer in its hand."""
    writer, house = named(system, "enrollment"), House(2000)
    locked = await asyncpg.connect(system.stack.database)
    holding = locked.transaction()
    await holding.start()
    await locked.execute("LOCK TABLE enrollment.members IN ACCESS EXCLUSIVE MODE")
    await publish(system.stack.kafka, [*house.registration(), *house.facts()])
    await system.wait_for("SELECT 1 FROM pg_stat_activity WHERE application_name = 'suishi-enrollment' AND wait_event_type = 'Lock'")
    writer.program.send(signal.SIGSTOP)
    await holding.rollback()
    await locked.close()
    await soon(lambda: standby.report().ready, 30)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1 AND stage = 'clue'", house.id)
    before = await system.history("enrollment", house.id)

    writer.program.send(signal.SIGCONT)
    await soon(lambda: writer.program.pid is None, 20)
    await all_quiet_but(system, writer, standby)
    assert "another writer leads enrollment now" in writer.program.log.read_text()
    assert await system.history("enrollment", house.id) == before
    assert before.count("enrollment.fact-recorded") == 7
    standby.program.stop(signal.SIGTERM, 20)
    await revive(system, writer)


async def all_quiet_but(system: System, gone: Service, instead: Service) -> None:
    services = [instead if service is gone else service for service in system.services]
    await all_quiet(System(system.stack, system.mailbox, services, system.extra))


async def test_a_writer_whose_epoch_is_over_ends_at_its_next_batch(system: System) -> None:
    writer, house = named(system, "enrollment"), House(3000)
    await system.see("UPDATE enrollment.log_head SET epoch = epoch + 1")
    await publish(system.stack.kafka, house.registration())
    await soon(lambda: writer.program.pid is None, 20)
    assert await system.history("enrollment", house.id) == []
    assert "another writer leads enrollment now" in writer.program.log.read_text()
    await revive(system, writer)
    await system.wait_for("SELECT 1 FROM enrollment.households WHERE household = $1", house.id)
