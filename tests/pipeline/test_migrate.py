"""A schema is brought up to date once, whoever asks and however often."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from pipeline.migrate import LOG, EditedMigration, NewerDatabase, OlderDatabase, bring_up, migrate
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.store import Commit
from tests.pipeline.backends import no_read_models
from tests.pipeline.conftest import noted
from tests.pipeline.samples import ZHANG

FIRST = "CREATE TABLE {schema}.first (id int); SELECT pg_sleep(0.2)"
SECOND = "CREATE TABLE {schema}.second (id int); GRANT SELECT ON {schema}.second TO suishi_{schema}"
BEFORE_TOPICS = ("0001_log.sql", "0002_fence_relay.sql", "0003_offsets_of_a_cluster.sql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A service's folder of one migration."""
    migrations = tmp_path / "example" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_first.sql").write_text(FIRST, encoding="utf-8")
    return migrations


async def ask(dsn: str, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def tables(dsn: str) -> list[str]:
    rows = await ask(dsn, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'enrollment' ORDER BY 1")
    return [str(name) for (name,) in rows]


async def test_a_migration_is_applied_once(database: str, folder: Path) -> None:
    assert await migrate(database, "enrollment", [folder]) == ["example/0001_first.sql"]
    assert await migrate(database, "enrollment", [folder]) == []


async def test_each_service_has_its_own_schema(database: str, folder: Path) -> None:
    await migrate(database, "enrollment", [folder])
    assert await migrate(database, "assistance", [folder]) == ["example/0001_first.sql"]


async def test_a_fresh_number_is_applied_alone(database: str, folder: Path) -> None:
    await migrate(database, "enrollment", [folder])
    (folder / "0002_second.sql").write_text(SECOND, encoding="utf-8")
    assert await migrate(database, "enrollment", [folder]) == ["example/0002_second.sql"]
    assert await tables(database) == ["first", "second"]


async def test_the_log_comes_before_the_read_models(database: str, folder: Path) -> None:
    assert await migrate(database, "enrollment", [LOG, folder]) == [
        "pipeline/0001_log.sql",
        "pipeline/0002_fence_relay.sql",
        "pipeline/0003_offsets_of_a_cluster.sql",
        "pipeline/0004_messages_of_topics.sql",
        "example/0001_first.sql",
    ]


async def test_migrations_asked_for_at_once_are_applied_once(database: str, folder: Path) -> None:
    applied = await asyncio.gather(*(migrate(database, "enrollment", [folder]) for _ in range(3)))
    assert sorted(applied) == [[], [], ["example/0001_first.sql"]]


async def test_an_edited_migration_is_refused_and_says_what_to_do(database: str, folder: Path) -> None:
    await migrate(database, "enrollment", [folder])
    (folder / "0001_first.sql").write_text(FIRST + " ", encoding="utf-8")
    advice = "example/0001_first.sql was edited after it was applied to enrollment; restore it and add a new number instead"
    with pytest.raises(EditedMigration, match=advice):
        await migrate(database, "enrollment", [folder])


async def test_an_edited_migration_keeps_the_fresh_ones_out(database: str, folder: Path) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE {schema}.third (id int)", encoding="utf-8")
    await migrate(database, "enrollment", [folder])
    (folder / "0003_third.sql").write_text("CREATE TABLE {schema}.other (id int)", encoding="utf-8")
    (folder / "0002_second.sql").write_text(SECOND, encoding="utf-8")
    with pytest.raises(EditedMigration):
        await migrate(database, "enrollment", [folder])
    assert await tables(database) == ["first", "third"]


async def test_a_database_of_a_newer_release_is_refused_and_says_what_to_do(database: str, folder: Path) -> None:
    (folder / "0002_second.sql").write_text(SECOND, encoding="utf-8")
    await migrate(database, "enrollment", [folder])
    (folder / "0002_second.sql").unlink()
    with pytest.raises(NewerDatabase) as refused:
        await migrate(database, "enrollment", [folder])
    assert str(refused.value) == (
        "enrollment was migrated by a newer release (example/0002_second.sql), which this one does not know;"
        " start that release or a later one, or restore a backup from before it"
    )


async def test_a_database_of_a_newer_release_gets_no_file_of_an_older_one(database: str, folder: Path) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE {schema}.third (id int)", encoding="utf-8")
    await migrate(database, "enrollment", [folder])
    (folder / "0003_third.sql").unlink()
    (folder / "0002_second.sql").write_text(SECOND, encoding="utf-8")
    with pytest.raises(NewerDatabase):
        await migrate(database, "enrollment", [folder])
    assert await tables(database) == ["first", "third"]


async def test_a_log_whose_messages_were_named_without_their_topics_is_refused(database: str) -> None:
    connection = await asyncpg.connect(database)
    await bring_up(connection, "enrollment", [LOG], only=[f"pipeline/{name}" for name in BEFORE_TOPICS])
    await connection.execute("INSERT INTO enrollment.inbox VALUES ('digest', 'content', now())")
    await connection.close()
    with pytest.raises(OlderDatabase) as refused:
        await migrate(database, "enrollment", [LOG])
    assert str(refused.value) == (
        "the messages of enrollment were named without their topics; go back to the release that wrote them,"
        " or start anew (./suishi reset) and let everybody send again"
    )


async def test_a_schema_is_brought_up_no_further_than_asked(database: str, folder: Path) -> None:
    (folder / "0002_second.sql").write_text(SECOND, encoding="utf-8")
    connection = await asyncpg.connect(database)
    await bring_up(connection, "enrollment", [folder], only=["example/0001_first.sql"])
    await connection.close()
    assert await tables(database) == ["first"]


async def test_a_migration_is_applied_once_while_a_writer_writes_and_all_it_wrote_is_there(database: str, tmp_path: Path) -> None:
    await migrate(database, "enrollment", [LOG])
    fresh = tmp_path / "fresh" / "migrations"
    fresh.mkdir(parents=True)
    slow = (
        "ALTER TABLE {schema}.log_head ADD COLUMN note text; SELECT pg_sleep(0.5); ALTER TABLE {schema}.stored_events ADD COLUMN note text"
    )
    (fresh / "0001_slow.sql").write_text(slow, encoding="utf-8")
    pool = await connect(database, "enrollment")
    store = PostgresStore(pool, Log("enrollment", no_read_models))
    await store.lead()

    async def write() -> None:
        for version in range(1, 101):
            await store.commit(Commit(events=[noted(ZHANG, version)]))
            await asyncio.sleep(0.005)

    _, *applied = await asyncio.gather(write(), *(migrate(database, "enrollment", [LOG, fresh]) for _ in range(3)))
    recorded = await store.after(0, 200)
    await pool.close()
    assert (sorted(applied), len(recorded)) == ([[], [], ["fresh/0001_slow.sql"]], 100)


async def test_a_migration_that_fails_leaves_nothing(database: str, folder: Path) -> None:
    (folder / "0002_second.sql").write_text("CREATE TABLE {schema}.half (id int); SELECT 1 / 0", encoding="utf-8")
    with pytest.raises(asyncpg.PostgresError, match="division by zero"):
        await migrate(database, "enrollment", [folder])
    assert await ask(database, "SELECT tablename FROM pg_tables WHERE schemaname IN ('enrollment', 'public')") == []


async def test_a_service_role_cannot_log_in_and_inherits_nothing(database: str, folder: Path) -> None:
    await migrate(database, "enrollment", [folder])
    roles = await ask(
        database,
        "SELECT rolname::text, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname IN ('suishi_enrollment', 'suishi_auditor') ORDER BY 1",
    )
    assert roles == [("suishi_auditor", False, False, False, False), ("suishi_enrollment", False, False, False, False)]


async def test_the_log_gives_each_role_no_more_than_it_needs(database: str) -> None:
    await migrate(database, "enrollment", [LOG])
    grants = await ask(
        database,
        "SELECT table_name::text, string_agg(privilege_type::text, ' ' ORDER BY privilege_type) FROM information_schema.table_privileges"
        " WHERE table_schema = 'enrollment' AND grantee = 'suishi_enrollment' GROUP BY 1 ORDER BY 1",
    )
    assert grants == [
        ("consumed_offsets", "INSERT SELECT UPDATE"),
        ("cursors", "INSERT SELECT UPDATE"),
        ("events", "SELECT"),
        ("inbox", "INSERT SELECT"),
        ("log_head", "SELECT UPDATE"),
        ("relay_checkpoint", "SELECT UPDATE"),
        ("relay_ends", "INSERT SELECT UPDATE"),
        ("set_aside", "INSERT SELECT UPDATE"),
        ("stored_events", "INSERT SELECT"),
    ]


async def test_the_auditor_may_only_read(database: str) -> None:
    await migrate(database, "enrollment", [LOG])
    grants = await ask(
        database,
        "SELECT DISTINCT privilege_type::text FROM information_schema.table_privileges"
        " WHERE table_schema = 'enrollment' AND grantee = 'suishi_auditor'",
    )
    assert grants == [("SELECT",)]
