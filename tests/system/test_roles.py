"""Every role of the database finds what is not its own locked, and every log closed to changes, whoever comes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from local.stack import Stack
from tests.logins import opened

SERVICES = ["enrollment", "assistance", "notifications"]
ROLES = [*(f"suishi_{service}" for service in SERVICES), "suishi_vault", "suishi_auditor", "suishi_sealer"]
DONE = "done"
LOGS = [f"{service}.stored_events" for service in SERVICES]
FOREIGN = [(f"suishi_{service}", f"SELECT 1 FROM {log}") for service in SERVICES for log in LOGS if not log.startswith(service)]
CHANGES = ["UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"]
OUTSIDERS = [role for role in ROLES if role != "suishi_vault"]


@pytest.fixture(scope="module")
def doors(stack: Stack, prepared: str) -> Iterator[Stack]:
    """A database of our own in which every role may log in."""
    with opened(stack, prepared, ROLES) as doors:
        yield doors


@pytest.mark.parametrize(("role", "statement"), FOREIGN)
async def test_a_service_does_not_see_the_schema_of_another(doors: Stack, role: str, statement: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(doors.database_as(role), statement)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_changes_nothing_in_its_own_log(doors: Stack, service: str, change: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(doors.database_as(f"suishi_{service}"), change.format(f"{service}.stored_events"))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("log", LOGS)
async def test_not_even_the_owner_changes_a_log(doors: Stack, log: str, change: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(doors.database, change.format(log))


@pytest.mark.parametrize("table", ["persons", "texts", "reads"])
@pytest.mark.parametrize("role", OUTSIDERS)
async def test_the_vault_is_closed_to_everybody_but_its_own_role(doors: Stack, role: str, table: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(doors.database_as(role), f"SELECT 1 FROM vault.{table}")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM vault.persons",
        "DELETE FROM vault.reads",
        "UPDATE vault.reads SET by_whom = 'x'",
        "DELETE FROM vault.texts",
        "TRUNCATE vault.reads",
    ],
)
async def test_the_vaults_own_role_takes_nothing_back(doors: Stack, change: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(doors.database_as("suishi_vault"), change)


@pytest.mark.parametrize("log", LOGS)
async def test_the_auditor_reads_every_log(doors: Stack, log: str) -> None:
    assert DONE == await asks(doors.database_as("suishi_auditor"), f"SELECT 1 FROM {log}")


@pytest.mark.parametrize("service", SERVICES)
async def test_the_auditor_changes_nothing(doors: Stack, service: str) -> None:
    tables = ["stored_events", "log_head", "relay_checkpoint", "consumed_offsets"]
    changes = [f"DELETE FROM {service}.{table}" for table in tables] + [
        f"INSERT INTO {service}.stored_events SELECT * FROM {service}.stored_events"
    ]
    answers = {change: await asks(doors.database_as("suishi_auditor"), change) for change in changes}
    assert dict.fromkeys(changes, "InsufficientPrivilegeError") == answers


@pytest.mark.parametrize("change", [*CHANGES, "INSERT INTO {0} SELECT * FROM {0}"])
@pytest.mark.parametrize("log", LOGS)
async def test_the_sealer_changes_no_log(doors: Stack, log: str, change: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(doors.database_as("suishi_sealer"), change.format(log))


@pytest.mark.parametrize("role", [*(f"suishi_{service}" for service in SERVICES), "suishi_vault", "suishi_auditor"])
async def test_nobody_but_the_sealer_writes_checkpoints(doors: Stack, role: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(
        doors.database_as(role), "INSERT INTO audit.checkpoints SELECT * FROM audit.checkpoints"
    )


@pytest.mark.parametrize("change", ["UPDATE {} SET note = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("role", ["suishi_sealer", "suishi_owner"])
async def test_nobody_takes_a_checkpoint_back(doors: Stack, role: str, change: str) -> None:
    dsn = doors.database if role == "suishi_owner" else doors.database_as(role)
    assert "InsufficientPrivilegeError" == await asks(dsn, change.format("audit.checkpoints"))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("attempt", ["SET ROLE suishi_owner", "CREATE ROLE more", "CREATE TABLE public.more ()", "CREATE SCHEMA more"])
async def test_no_role_becomes_more_than_it_is(doors: Stack, role: str, attempt: str) -> None:
    assert "InsufficientPrivilegeError" == await asks(doors.database_as(role), attempt)


@pytest.mark.parametrize("role", ["suishi_enrollment", "suishi_owner", "postgres", "nobody_we_know"])
async def test_a_wrong_password_opens_no_database(doors: Stack, role: str) -> None:
    place = urlsplit(doors.database)
    dsn = urlunsplit(place._replace(netloc=f"{role}:wrong@{place.netloc.rpartition('@')[2]}"))
    assert "InvalidPasswordError" == await asks(dsn, "SELECT 1")


async def asks(dsn: str, statement: str) -> str:
    """`done`, or the name of PostgreSQL's refusal."""
    try:
        connection = await asyncpg.connect(dsn)
    except asyncpg.PostgresError as refusal:
        return type(refusal).__name__
    try:
        await connection.execute(statement)
    except asyncpg.PostgresError as refusal:
        return type(refusal).__name__
    finally:
        await connection.close()
    return DONE
