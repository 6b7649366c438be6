"""What a role may not do is refused by PostgreSQL itself, whatever the code tries."""

from collections.abc import Sequence

import asyncpg
import pytest

from tests.pipeline.backends import InPostgres
from tests.pipeline.samples import first_batch

CHANGES = [
    "UPDATE enrollment.stored_events SET state = ''",
    "UPDATE enrollment.stored_events SET notification_id = notification_id WHERE false",
    "DELETE FROM enrollment.stored_events",
    "TRUNCATE enrollment.stored_events",
    "DROP TABLE enrollment.stored_events",
    "ALTER TABLE enrollment.stored_events DISABLE TRIGGER append_only",
    "DROP TRIGGER append_only ON enrollment.stored_events",
    "DROP SCHEMA enrollment CASCADE",
    "UPDATE enrollment.inbox SET content = ''",
    "DELETE FROM enrollment.inbox",
    "DELETE FROM enrollment.set_aside",
    "DELETE FROM enrollment.log_head",
    "CREATE TABLE enrollment.beside (id int)",
    "UPDATE public.suishi_migrations SET sha256 = ''",
]
GUARDED = CHANGES[:4]
BEYOND_THE_AUDITOR = [
    *CHANGES,
    "INSERT INTO enrollment.stored_events SELECT * FROM enrollment.stored_events",
    "INSERT INTO enrollment.inbox VALUES ('', '', now())",
    "UPDATE enrollment.log_head SET position = 0",
    "UPDATE enrollment.relay_checkpoint SET position = 0",
    "SELECT record FROM enrollment.set_aside",
]
THE_AUDITORS = [
    f"TABLE enrollment.{table}" for table in ("stored_events", "events", "log_head", "relay_checkpoint", "consumed_offsets", "cursors")
]
ENROLLMENTS = [f"TABLE enrollment.{table}" for table in ("stored_events", "events", "inbox", "set_aside", "log_head", "households")]
PERSONAL = [f"TABLE vault.{table}" for table in ("persons", "texts", "reads")]
LENT = "vault.household_heads"
IN_VAULT = "SELECT format('vault.%I', relname) FROM pg_class WHERE relnamespace = 'vault'::regnamespace AND relkind IN ('r', 'v', 'm')"
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 ORDER BY attnum"


@pytest.fixture
async def written(postgres: InPostgres) -> str:
    """The owner's DSN of a log in which every table has a row."""
    store = postgres.store()
    await store.lead()
    await store.commit(first_batch())
    return postgres.owner


async def refused(owner: str, role: str | None, statements: Sequence[str]) -> list[str]:
    """Those statements that this role has no right to; whatever the others did is taken back."""
    connection = await asyncpg.connect(owner, server_settings={"role": role} if role else {})
    found = [statement for statement in statements if not await permitted(connection, statement)]
    await connection.close()
    return found


async def permitted(connection: asyncpg.Connection, statement: str) -> bool:
    try:
        await connection.execute(f"BEGIN; {statement}")
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await connection.execute("ROLLBACK")
    return True


async def test_a_service_only_adds_to_its_log(written: str) -> None:
    assert await refused(written, "suishi_enrollment", CHANGES) == CHANGES


async def test_even_the_owner_is_stopped_by_the_guard(written: str) -> None:
    assert await refused(written, None, GUARDED) == GUARDED


async def test_the_guard_says_what_is_so(postgres: InPostgres) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="the log of enrollment is append-only: DELETE is refused"):
        await postgres.as_owner("DELETE FROM enrollment.stored_events")


async def test_the_auditor_reads_the_log(written: str) -> None:
    assert await refused(written, "suishi_auditor", THE_AUDITORS) == []


async def test_the_auditor_only_reads(written: str) -> None:
    assert await refused(written, "suishi_auditor", BEYOND_THE_AUDITOR) == BEYOND_THE_AUDITOR


async def test_no_service_reads_anothers_schema(prepared: str) -> None:
    readers = ["suishi_assistance", "suishi_notifications", "suishi_vault"]
    assert {reader: await refused(prepared, reader, ENROLLMENTS) for reader in readers} == dict.fromkeys(readers, ENROLLMENTS)


async def test_only_the_vaults_own_role_reads_personal_data(prepared: str) -> None:
    readers = ["suishi_enrollment", "suishi_assistance", "suishi_notifications", "suishi_auditor"]
    assert {reader: await refused(prepared, reader, PERSONAL) for reader in readers} == dict.fromkeys(readers, PERSONAL)


async def test_what_the_vault_lends_to_notifications_is_one_view_and_to_read_only(prepared: str) -> None:
    owner = await asyncpg.connect(prepared)
    everything = [f"TABLE {row[0]}" for row in await owner.fetch(IN_VAULT)]
    columns = [row[0] for row in await owner.fetch(COLUMNS, LENT)]
    changes = await owner.fetchval("SELECT has_table_privilege('suishi_notifications', $1, 'INSERT, UPDATE, DELETE, TRUNCATE')", LENT)
    await owner.close()
    assert (4, ["household", "masked"], False) == (len(everything), columns, changes)
    assert {*everything} - {f"TABLE {LENT}"} == {*await refused(prepared, "suishi_notifications", everything)}
    for reader in ("suishi_enrollment", "suishi_assistance", "suishi_auditor", "suishi_sealer"):
        assert everything == await refused(prepared, reader, everything)
