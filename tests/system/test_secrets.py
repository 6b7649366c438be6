"""A secret is with the process that needs it, and neither on a command line nor in a log."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.places import server_folder
from schemas.access import ADMINISTRATOR, RIGHTS
from tests.journeys.system import System
from tests.system.servers import Machine

ROLES = ["suishi_enrollment", "suishi_assistance", "suishi_notifications", "suishi_vault", "suishi_auditor", "suishi_sealer"]


def secrets_of(system: System) -> dict[str, str]:
    """Every secret of the running system, by whose it is."""
    kept = system.stack.secrets
    assert kept is not None
    logins = {login: kept.of(login) for login in (ADMINISTRATOR, *RIGHTS, *ROLES)}
    return {**logins, "owner": kept.database, "vault key": kept.vault_key, "source of all": kept.logins}


def holders(system: System, name: str) -> set[str]:
    """Whose secrets the environment of a service holds."""
    service = next(service for service in system.services if service.name == name)
    environment = Path(f"/proc/{service.program.pid}/environ").read_text()
    return {owner for owner, secret in secrets_of(system).items() if secret in environment}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("enrollment", {"enrollment", "suishi_enrollment", "suishi_vault", "vault key"}),
        ("assistance", {"assistance", "suishi_assistance"}),
        ("notifications", {"notifications", "suishi_notifications"}),
        ("sealer", {"sealer", "suishi_sealer"}),
    ],
)
def test_a_service_holds_its_own_secrets_and_no_others(system: System, name: str, expected: set[str]) -> None:
    assert expected == holders(system, name)


def test_no_secret_is_on_a_command_line(system: System, machine: Machine) -> None:
    programs = [machine.postgres.program, machine.kafka.program, *(service.program for service in system.services)]
    pids = [program.pid for program in programs]
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in pids]
    assert 6 == len([line for line in lines if line])
    assert [] == [owner for owner, secret in secrets_of(system).items() if any(secret in line for line in lines)]


def test_no_secret_is_in_a_log(system: System) -> None:
    logs = [file.read_text(errors="replace") for file in system.stack.folder.glob("*.log")]
    assert 6 == len(logs)
    assert [] == [owner for owner, secret in secrets_of(system).items() if any(secret in log for log in logs)]


def test_only_the_owner_of_the_folder_reads_what_holds_secrets(system: System) -> None:
    files = [system.stack.folder / name for name in ("passwords.json", "kafka/server.properties", "seal-key.pem")]
    assert [0o600, 0o600, 0o600] == [file.stat().st_mode & 0o777 for file in files]


def test_only_the_owner_of_the_folder_reads_what_servers_keep_of_persons(system: System) -> None:
    folders = [system.stack.folder / "kafka", server_folder(system.stack.folder) / "postgres"]
    assert [0o700, 0o700] == [folder.stat().st_mode & 0o777 for folder in folders]
