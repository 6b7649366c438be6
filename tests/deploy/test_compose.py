"""Docker is not needed: what the container files say is held against the code that they run."""

import asyncio
import importlib.util
import re
import sys
import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from local.kafka import PROPERTIES
from pipeline.health import Health
from pipeline.metrics import metrics
from pipeline.settings import Settings
from schemas.topics import SERVICES
from tests.deploy.compose import ROOT, compose, filled

ENV_FILE = {"POSTGRES_PASSWORD": "secret", "SUISHI_VAULT_KEY": "ab" * 32}
# Where the broker is and where it writes is not the same in a container.
PLACES = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs", "listener.security.protocol.map"}


def environment(name: str) -> dict[str, str]:
    """What a container is started with when .env holds the two secrets."""
    return {variable: filled(value, ENV_FILE) for variable, value in compose()[name]["environment"].items()}


def settings(name: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for variable, value in environment(name).items():
        monkeypatch.setenv(variable, value)
    return Settings()  # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_runs_its_own_main_after_the_preparation(name: str) -> None:
    container = compose()[name]
    assert container["command"] == ["python", "-m", f"services.{name}.main"]
    assert container["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    assert container["restart"] == "unless-stopped"


def test_the_preparation_waits_for_both_servers_and_ends() -> None:
    prepare = compose()["prepare"]
    assert prepare["command"] == ["python", "-m", "services.prepare"]
    assert prepare["depends_on"] == {"kafka": {"condition": "service_healthy"}, "postgres": {"condition": "service_healthy"}}
    assert "restart" not in prepare


def test_every_module_that_a_container_runs_is_there() -> None:
    modules = [container["command"][2] for container in compose().values() if "command" in container]
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


@pytest.mark.parametrize("name", ["prepare", *SERVICES])
def test_every_variable_is_one_that_the_code_reads(name: str) -> None:
    known = {f"SUISHI_{field.upper()}" for field in Settings.model_fields}
    assert set(environment(name)) - known == set()


@pytest.mark.parametrize("name", ["prepare", *SERVICES])
def test_every_process_finds_the_broker_and_the_database_of_the_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, broker, database = settings(name, monkeypatch), environment("kafka"), environment("postgres")
    assert f"PLAINTEXT://{found.kafka}" in broker["KAFKA_ADVERTISED_LISTENERS"].split(",")
    login = f"{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}"
    assert found.database.get_secret_value() == f"postgresql://{login}@postgres:5432/{database['POSTGRES_DB']}"


def test_mail_goes_to_the_mailbox_of_the_file_or_to_the_server_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    listening = compose()["mailbox"]["command"][-1].rpartition(":")[2]
    assert settings("notifications", monkeypatch).smtp == f"mailbox:{listening}"
    named = compose()["notifications"]["environment"]["SUISHI_SMTP"]
    assert filled(named, {"SUISHI_SMTP": "mail.county:25"}) == "mail.county:25"


def test_secrets_must_be_given_and_reach_only_who_needs_them() -> None:
    holders: dict[str, set[str]] = {}
    for name, container in compose().items():
        for value in container.get("environment", {}).values():
            for variable in re.findall(r"\$\{(\w+):\?", value):
                holders.setdefault(variable, set()).add(name)
    assert holders == {"POSTGRES_PASSWORD": {"postgres", "prepare", *SERVICES}, "SUISHI_VAULT_KEY": {"enrollment"}}


def test_ports_are_open_to_this_machine_only_and_no_two_alike() -> None:
    ports = [port for container in compose().values() for port in container.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert len({port.split(":")[1] for port in ports}) == len(ports) == 4


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_asked_where_it_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = settings(name, monkeypatch).http.rpartition(":")[2]
    assert f"('127.0.0.1', {port}, " in compose()[name]["healthcheck"]["test"][-1]
    assert compose()[name]["ports"][0].endswith(f":{port}")


@pytest.mark.parametrize(("state", "code"), [("ready", 0), ("standby", 1)])
async def test_the_health_check_tells_a_ready_service_from_another(state: str, code: int) -> None:
    check = compose()["enrollment"]["healthcheck"]["test"][-1]
    async with serving(Health("enrollment", metrics("enrollment"), state)) as port:
        asked = await asyncio.create_subprocess_exec(sys.executable, "-c", check.replace("8080", str(port)))
        assert await asked.wait() == code


@asynccontextmanager
async def serving(health: Health) -> AsyncGenerator[int]:
    """The port of its page, for the time of the block."""
    server = uvicorn.Server(uvicorn.Config(health, port=0, log_config=None, lifespan="off"))
    page = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server has no event for it
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await page


def test_the_broker_is_set_as_the_local_one() -> None:
    local = dict(line.split("=", 1) for line in PROPERTIES.splitlines())
    in_container = {name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in environment("kafka").items()}
    shared = {name: value for name, value in in_container.items() if name not in PLACES | {"inter.broker.listener.name"}}
    assert {name: value for name, value in shared.items() if ordered(local.get(name)) != ordered(value)} == {}


def ordered(value: str | None) -> list[str]:
    return sorted((value or "").split(","))


def dockerfile() -> list[str]:
    return (ROOT / "deploy/Dockerfile").read_text().splitlines()


def test_the_image_holds_what_the_project_ships_and_the_lock() -> None:
    shipped: Any = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    ignored = (ROOT / "deploy/Dockerfile.dockerignore").read_text().split()
    kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert (ignored[0], kept) == ("*", {*shipped, "requirements.lock"})


def test_packages_come_from_the_hashed_lock_and_nothing_runs_as_root() -> None:
    install = next(line for line in dockerfile() if "pip install" in line)
    assert {"--require-hashes", "--no-deps", "--only-binary=:all:", "requirements.lock"} <= set(install.split())
    users = [line.split()[1] for line in dockerfile() if line.startswith("USER ")]
    assert users == ["10001"]
