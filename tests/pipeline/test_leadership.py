"""One instance writes, the next waits, and takes over when the first is gone."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from pipeline.leadership import Leadership
from pipeline.postgres import LEAD
from pipeline.store import Checkpoint, Commit, Fenced
from tests.pipeline.backends import SCHEMA, InPostgres
from tests.pipeline.conftest import noted
from tests.pipeline.kafka import until
from tests.pipeline.samples import LI, ZHANG

END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity AS session
WHERE application_name = 'suishi-enrollment-writer' AND datname = current_database()
    AND {granted} (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = session.pid)"""
SOON = 10


@pytest.fixture
async def first(postgres: InPostgres) -> AsyncIterator[Leadership]:
    leadership = await Leadership.wait(postgres.owner, "enrollment")
    yield leadership
    await leadership.release()


@pytest.fixture
async def second(first: Leadership, postgres: InPostgres) -> AsyncIterator[asyncio.Task[Leadership]]:
    """A standby that came while the first instance leads."""
    assert first
    standby = asyncio.create_task(Leadership.wait(postgres.owner, "enrollment"))
    yield standby
    if not standby.cancel():
        await standby.result().release()


async def end_session_of(holder: str, postgres: InPostgres) -> None:
    """Cut the writer's or the standby's connection from the database's side."""
    granted = "EXISTS" if holder == "writer" else "NOT EXISTS"
    await postgres.as_owner(END.format(granted=granted))


async def test_the_second_waits(second: asyncio.Task[Leadership]) -> None:
    await asyncio.wait({second}, timeout=1.5)
    assert not second.done()


async def test_the_second_takes_over_when_the_first_stops(first: Leadership, second: asyncio.Task[Leadership]) -> None:
    await first.release()
    assert isinstance(await asyncio.wait_for(second, SOON), Leadership)


async def test_the_second_takes_over_when_the_firsts_connection_is_cut(second: asyncio.Task[Leadership], postgres: InPostgres) -> None:
    await end_session_of("writer", postgres)
    assert isinstance(await asyncio.wait_for(second, SOON), Leadership)


async def test_the_first_is_told_when_its_connection_is_cut(first: Leadership, postgres: InPostgres) -> None:
    await end_session_of("writer", postgres)
    assert await asyncio.wait_for(first.lost(), SOON) is None


async def test_the_first_keeps_its_session_awake_before_it_asks_whether_it_leads(first: Leadership, postgres: InPostgres) -> None:
    await until(lambda: asks(postgres))
    assert first


async def asks(postgres: InPostgres) -> bool:
    said = "SELECT query FROM pg_stat_activity WHERE application_name = 'suishi-enrollment-writer' AND datname = current_database()"
    return [row[0] for row in await postgres.as_owner(said)] == ["SELECT 1"]


async def test_the_first_is_told_nothing_while_it_leads(first: Leadership) -> None:
    watch = asyncio.create_task(first.lost())
    await asyncio.wait({watch}, timeout=1.5)
    assert watch.cancel()


async def test_a_standby_whose_connection_is_cut_waits_on(
    first: Leadership, second: asyncio.Task[Leadership], postgres: InPostgres
) -> None:
    await asyncio.sleep(0.2)
    await end_session_of("standby", postgres)
    await asyncio.sleep(1)
    await first.release()
    assert isinstance(await asyncio.wait_for(second, SOON), Leadership)


async def test_a_database_that_is_not_there_is_waited_for() -> None:
    waiting = asyncio.create_task(Leadership.wait("postgresql://nobody@127.0.0.1:1/nowhere", "enrollment"))
    await asyncio.wait({waiting}, timeout=1.5)
    assert waiting.cancel()


async def test_services_lead_beside_one_another(first: Leadership, postgres: InPostgres) -> None:
    other = await asyncio.wait_for(Leadership.wait(postgres.owner, "assistance"), SOON)
    await other.release()
    assert first


async def test_a_writer_that_was_replaced_and_does_not_know_it_writes_nothing(
    second: asyncio.Task[Leadership], postgres: InPostgres
) -> None:
    zombie, successor = postgres.store(), postgres.store()
    await zombie.lead()
    await zombie.commit(Commit(events=[noted(ZHANG, 1)]))
    await end_session_of("writer", postgres)
    await second
    await successor.lead()
    with pytest.raises(Fenced):
        await zombie.commit(Commit(events=[noted(LI, 1)]))
    assert await successor.head() == 1


async def test_a_checkpoint_that_meets_a_takeover_waits_for_it_and_is_refused(postgres: InPostgres) -> None:
    zombie, successor = postgres.store(), await asyncpg.connect(postgres.owner, server_settings={"search_path": SCHEMA})
    await zombie.lead()
    async with successor.transaction():
        await successor.execute(LEAD)
        saving = asyncio.create_task(zombie.save_checkpoint(Checkpoint(7, {})))
        marking = asyncio.create_task(zombie.mark_published([]))
        await until(lambda: both_wait(postgres))
    refused = await asyncio.gather(saving, marking, return_exceptions=True)
    await successor.close()
    assert ([type(one) for one in refused], (await zombie.checkpoint()).position) == ([Fenced, Fenced], 0)


async def both_wait(postgres: InPostgres) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return (await postgres.as_owner(waiting))[0][0] == 2
