"""Read models that are not as the log says are put right while the service writes, and never seen half done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from audit.built_anew import BuiltAnew
from audit.rebuild import rebuild
from audit.replay import replay
from audit.services import AUDITED
from audit.verdict import Bad
from local.language import speak
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit
from services.enrollment import views
from tests.audit.conftest import Tamper, a_household

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
async def writer(log: str) -> AsyncIterator[PostgresStore]:
    """The service, as far as its log is concerned."""
    AUDITED["enrollment"].register()
    pool = await connect(log, "enrollment", size=1)
    store = PostgresStore(pool, Log("enrollment", projection(views.statements)))
    await store.lead()
    yield store
    await pool.close()


async def differences(log: str) -> int:
    return (await replay(log, "enrollment")).different


async def test_nothing_is_written_where_nothing_differs(log: str) -> None:
    done = await rebuild(log, "enrollment")
    assert (14, {0}, {0}) == (done.positions, set(done.removed.values()), set(done.written.values()))
    assert 0 == await differences(log)


async def test_rows_that_are_wrong_missing_or_unknown_are_put_right(log: str, tamper: Tamper) -> None:
    await tamper(
        "UPDATE enrollment.households SET episode = 7 WHERE household = (SELECT min(household::text)::uuid FROM enrollment.households);"
        "DELETE FROM enrollment.members;"
        "INSERT INTO enrollment.deadlines VALUES (gen_random_uuid(), 'verify', '2021-01-01', 'running')"
    )
    assert 4 == await differences(log)
    done = await rebuild(log, "enrollment")
    assert {"households": 1, "deadlines": 1} == {table: rows for table, rows in done.removed.items() if rows}
    assert {"households": 1, "members": 2} == {table: rows for table, rows in done.written.items() if rows}
    assert 0 == await differences(log)


async def test_the_service_writes_on_while_the_tables_are_built(
    log: str, tamper: Tamper, writer: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was recorded behind the first head is followed before the places are changed."""
    await tamper("UPDATE enrollment.households SET episode = 7")
    project, more = BuiltAnew.project, [a_household()]

    async def with_more(rebuilt: BuiltAnew, recorded: object) -> None:
        if more:
            await writer.commit(Commit(events=more.pop()))
        await project(rebuilt, recorded)  # pyright: ignore[reportArgumentType] - handed on as it came

    monkeypatch.setattr(BuiltAnew, "project", with_more)
    assert 21 == (await rebuild(log, "enrollment")).positions
    assert (0, 21) == (await differences(log), (await replay(log, "enrollment")).head)


async def test_while_the_places_change_the_writer_waits_and_nobody_sees_less(
    log: str, tamper: Tamper, writer: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tamper("UPDATE enrollment.households SET episode = 7")
    removed, go_on = asyncio.Event(), asyncio.Event()
    remove = BuiltAnew.remove_others

    async def slowly(rebuilt: BuiltAnew, table: str) -> int:
        count = await remove(rebuilt, table)
        removed.set()
        await go_on.wait()
        return count

    monkeypatch.setattr(BuiltAnew, "remove_others", slowly)
    reader = await asyncpg.connect(log)
    rebuilding = asyncio.create_task(rebuild(log, "enrollment"))
    await removed.wait()
    writing = asyncio.create_task(writer.commit(Commit(events=a_household())))
    assert [(7, 2)] == [tuple(row) for row in await reader.fetch("SELECT episode, count(*) FROM enrollment.households GROUP BY 1")]
    while not await reader.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    ):
        assert not writing.done()
    go_on.set()
    assert 14 == (await rebuilding).positions
    assert [15, 21] == [one.position for one in await writing][::6]
    assert [(0, 3)] == [tuple(row) for row in await reader.fetch("SELECT episode, count(*) FROM enrollment.households GROUP BY 1")]
    await reader.close()
    assert 0 == await differences(log)


async def test_whoever_is_stopped_while_the_writer_waits_loses_the_lock_and_changed_nothing(
    log: str, tamper: Tamper, writer: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by Ctrl-Z."""
    await tamper("UPDATE enrollment.households SET episode = 7")
    stopped = asyncio.Event()

    async def never(_rebuilt: BuiltAnew, _table: str) -> int:
        stopped.set()
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(BuiltAnew, "remove_others", never)
    monkeypatch.setattr("audit.rebuild.PATIENCE", "SET LOCAL idle_in_transaction_session_timeout = '100ms'")
    rebuilding = asyncio.create_task(rebuild(log, "enrollment"))
    await stopped.wait()
    assert 21 == (await writer.commit(Commit(events=a_household())))[-1].position
    rebuilding.cancel()
    await asyncio.gather(rebuilding, return_exceptions=True)
    assert 2 == await differences(log)


@pytest.mark.parametrize(
    ("lost", "problem"),
    [
        ("DELETE FROM enrollment.stored_events WHERE notification_id = 6", "the event at this position is missing"),
        ("UPDATE enrollment.stored_events SET topic = 'unheard-of' WHERE notification_id = 6", "the event at this position cannot be read"),
    ],
)
async def test_of_a_log_that_cannot_be_followed_nothing_is_made(log: str, tamper: Tamper, lost: str, problem: str) -> None:
    speak("en")
    await tamper(f"UPDATE enrollment.households SET episode = 7; {lost}")
    with pytest.raises(Bad, match=problem) as raised:
        await rebuild(log, "enrollment")
    assert 6 == raised.value.position
    connection = await asyncpg.connect(log)
    assert {7} == {row[0] for row in await connection.fetch("SELECT episode FROM enrollment.households")}
    await connection.close()
