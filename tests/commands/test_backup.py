"""A backup is taken from one database and becomes another, to the last row; what cannot be one is refused, and nothing is changed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from commands.archive import MANIFEST, SUMS, Manifest
from local.services import kafka_settings
from local.stack import Stack
from pipeline.leadership import LOCK
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.store import Checkpoint, Commit, NewEvent
from services import prepare
from services.enrollment.domain.events import RiskAdded
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys
from tests.commands.conftest import run
from tests.conftest import a_database
from tests.pipeline.backends import no_read_models
from tests.pipeline.conftest import WHY
from tests.pipeline.samples import FACTS, parked

KEY: Final = "5a" * 32
ZHANG: Final = UUID(int=1)
OWN: Final = ("suishi.assistance.events.v1", 3)
SCHEMAS: Final = ["enrollment", "assistance", "notifications", "vault"]
JOINED: Final = {"consumed_offsets", "relay_checkpoint", "relay_ends", "log_head"}
"""What restoring fits to the Kafka it finds; its own tests say how."""


@pytest.fixture(scope="module")
def source(stack: Stack) -> Iterator[str]:
    """The owner's DSN of a database with an event, a dead letter and a person."""
    with a_database(stack) as dsn:
        asyncio.run(fill(dsn))
        yield dsn


async def fill(dsn: str) -> None:
    await prepare.database(dsn)
    pool, vault = await connect(dsn, "enrollment"), await connect(dsn, "vault")
    store = PostgresStore(pool, Log("enrollment", no_read_models))
    await store.lead()
    events = [NewEvent(ZHANG, version, RiskAdded(risk="illness \\ \t\n 古丽·𠮷"), WHY) for version in (1, 2)]
    await store.commit(Commit({b"1": b"\x00\xff"}, events, {FACTS: 7, OWN: 5}, {OWN: 2}, [parked(1), parked(2)]))
    await store.save_checkpoint(Checkpoint(2, {("suishi.enrollment.events.v1", 3): 2}))
    await Vault(vault, Keys.from_text(KEY)).persons([Identity("resident", "370399195001011009", {"name": "欧阳"})])
    await pool.close()
    await vault.close()


@pytest.fixture(scope="module")
def taken(source: str, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("backup")
    log, vault = folder / "log", folder / "vault"
    done = run("backup", log, vault, **kafka_settings(stack.kafka), SUISHI_DATABASE=source)
    assert (done.returncode, done.stderr) == (0, "")
    return log, vault


def restore(stack: Stack, dsn: str, log: Path, vault: Path, *more: str, key: str = KEY) -> tuple[int, str]:
    """Exit code and what was said of a failure."""
    done = run("restore", log, vault, *more, **kafka_settings(stack.kafka), SUISHI_DATABASE=dsn, SUISHI_VAULT_KEY=key)
    return done.returncode, done.stderr


async def ask(dsn: str, query: str, *values: object) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return [tuple(row) for row in await connection.fetch(query, *values)]
    finally:
        await connection.close()


async def everything(dsn: str) -> dict[str, list[Any]]:
    """Every row of every table, as text."""
    tables = await ask(dsn, "SELECT schemaname::text, tablename::text FROM pg_tables WHERE schemaname = ANY($1::text[])", SCHEMAS)
    return {f"{s}.{t}": await ask(dsn, f"SELECT r::text FROM {s}.{t} r ORDER BY 1") for s, t in tables}


async def test_a_restored_database_has_every_row(source: str, taken: tuple[Path, Path], stack: Stack, database: str) -> None:
    assert restore(stack, database, *taken) == (0, "")
    before, after = await everything(source), await everything(database)
    assert {name: rows for name, rows in before.items() if name.split(".")[1] not in JOINED} == {
        name: rows for name, rows in after.items() if name.split(".")[1] not in JOINED
    }
    assert (len(after["enrollment.stored_events"]), len(after["vault.persons"]), len(after["enrollment.set_aside"])) == (2, 1, 2)


@pytest.mark.parametrize("named", ["elsewhere/checkpoints.jsonl", ""])
def test_what_is_to_be_done_after_a_restore_is_told_in_its_order(taken: tuple[Path, Path], stack: Stack, database: str, named: str) -> None:
    """The services start last: a sealer that meets the file of before signs nothing more."""
    place = {**kafka_settings(stack.kafka), "SUISHI_DATABASE": database, "SUISHI_VAULT_KEY": KEY, "SUISHI_CHECKPOINTS": named}
    _, first, then = run("restore", *taken, **place).stdout.splitlines()
    file = f"the file of checkpoints ({named or 'SUISHI_CHECKPOINTS'})"
    assert first == f"first move {file} to a safe place: it proves what came after the backup, and stops the sealer."
    assert then == "start the services: they read again what came later and publish their events anew."


async def test_a_restored_database_counts_on_where_the_backup_ended(taken: tuple[Path, Path], stack: Stack, database: str) -> None:
    restore(stack, database, *taken)
    pool = await connect(database, "enrollment")
    store = PostgresStore(pool, Log("enrollment", no_read_models))
    await store.lead()
    recorded = await store.commit(Commit(events=[NewEvent(ZHANG, 3, RiskAdded(risk="housing"), WHY)], set_aside=[parked(3)]))
    await pool.close()
    sequences = [row[0] for row in await ask(database, "SELECT sequence FROM enrollment.set_aside ORDER BY 1")]
    assert ([event.position for event in recorded], sequences) == ([3], [1, 2, 3])


async def test_a_restored_log_is_append_only(taken: tuple[Path, Path], stack: Stack, database: str) -> None:
    restore(stack, database, *taken)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(database, "DELETE FROM enrollment.stored_events")


async def test_facts_are_read_on_and_our_own_topics_are_passed_over_and_published_anew(
    taken: tuple[Path, Path], stack: Stack, database: str
) -> None:
    restore(stack, database, *taken)
    offsets = dict(await ask(database, "SELECT topic, next_offset FROM enrollment.consumed_offsets WHERE partition IN (0, 3)"))
    relay = await ask(database, "SELECT c.position, (SELECT count(*) FROM enrollment.relay_ends) FROM enrollment.relay_checkpoint c")
    assert (offsets, relay) == ({"facts": 7, "suishi.assistance.events.v1": 0}, [(0, 0)])


async def test_beside_another_cluster_everything_is_read_again(
    taken: tuple[Path, Path], stack: Stack, database: str, tmp_path: Path
) -> None:
    for folder in taken:
        rewrite(folder, tmp_path / folder.name, cluster="another")
    assert restore(stack, database, tmp_path / "log", tmp_path / "vault") == (0, "")
    assert await ask(database, "SELECT * FROM enrollment.consumed_offsets") == []


async def test_a_writer_that_slept_through_it_is_fenced(taken: tuple[Path, Path], stack: Stack, database: str) -> None:
    await prepare.database(database)
    await ask(database, "UPDATE enrollment.log_head SET epoch = 9")
    assert restore(stack, database, *taken, "--replace") == (0, "")
    assert await ask(database, "SELECT epoch FROM enrollment.log_head") == [(10,)]


async def test_a_database_that_holds_something_is_left_alone(taken: tuple[Path, Path], stack: Stack, database: str) -> None:
    await prepare.database(database)
    code, said = restore(stack, database, *taken)
    assert code == 2
    assert said == (
        "suishi: the database is not empty (assistance, audit, enrollment, notifications, vault);"
        " to delete all that and put the backup in its place, add --replace.\n"
    )
    assert await ask(database, "SELECT position FROM enrollment.log_head") == [(0,)]


async def test_nothing_is_restored_under_a_running_service(taken: tuple[Path, Path], stack: Stack, database: str) -> None:
    writer = await asyncpg.connect(database)
    await writer.fetchval(LOCK, "assistance")
    refused = restore(stack, database, *taken)
    await writer.close()
    assert refused == (2, "suishi: assistance is running; stop the services first.\n")
    assert await everything(database) == {}


@pytest.mark.parametrize("key", ["", "ab" * 32])
async def test_a_vault_that_the_key_does_not_open_is_refused(key: str, taken: tuple[Path, Path], stack: Stack, database: str) -> None:
    assert restore(stack, database, *taken, key=key) == (
        2,
        "suishi: SUISHI_VAULT_KEY is missing or is not the key that this backup was written with; nothing was changed.\n",
    )
    assert await everything(database) == {}


async def test_a_backup_of_a_newer_release_is_refused(taken: tuple[Path, Path], stack: Stack, database: str, tmp_path: Path) -> None:
    log, vault = taken
    rewrite(log, tmp_path / "log", migrations={"enrollment": {"enrollment/0099_later.sql": "ab"}})
    code, said = restore(stack, database, tmp_path / "log", vault)
    assert code == 2
    assert said == (
        f"suishi: {tmp_path / 'log'} was written by another release (enrollment: enrollment/0099_later.sql);"
        " restore it with that release or a later one.\n"
    )


def test_nothing_personal_and_no_key_is_in_the_folder_of_the_logs(taken: tuple[Path, Path]) -> None:
    log, vault = taken
    assert {file.name.split(".")[0] for file in vault.glob("*.copy")} == {"vault"}
    assert {file.name.split(".")[0] for file in log.glob("*.copy")} == {"enrollment", "assistance", "notifications", "audit"}
    assert [file.name for folder in taken for file in folder.iterdir() if KEY.encode() in file.read_bytes()] == []
    assert [oct(folder.stat().st_mode & 0o777) for folder in taken] == ["0o700", "0o700"]


def test_a_folder_with_something_in_it_takes_no_backup(taken: tuple[Path, Path], source: str, stack: Stack, tmp_path: Path) -> None:
    done = run("backup", taken[0], tmp_path / "vault", **kafka_settings(stack.kafka), SUISHI_DATABASE=source)
    assert (done.returncode, done.stderr) == (2, f"suishi: the folder {taken[0]} is not empty; name another one.\n")


def rewrite(folder: Path, copy: Path, **changed: object) -> None:
    """The same backup as somebody else would have written it, its digests in order."""
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    manifest = Manifest.model_validate({**json.loads((copy / MANIFEST).read_text()), **changed})
    (copy / MANIFEST).write_text(manifest.model_dump_json())
    sign(copy)


def sign(folder: Path) -> None:
    names = sorted(file.name for file in folder.iterdir() if file.name != SUMS)
    (folder / SUMS).write_text("".join(f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names))
