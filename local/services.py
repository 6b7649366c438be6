"""The three service processes and the sealer on top of a running stack, each one a process of its own as in production."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from local.language import say
from local.passwords import passwords
from local.problem import Problem, why
from local.process import Launch, Program, choose_port
from local.seal import make_seal
from local.stack import Stack, named_secret
from pipeline.kafka import Connection
from schemas.topics import SERVICES

SEALER = "sealer"
MODULES = {**{name: f"services.{name}.main" for name in SERVICES}, SEALER: "audit.sealer"}
VAULT_KEEPER = "enrollment"
ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60
# A log that the sealer refuses stops no service.
WELL = ("ready", "refuses")


@dataclass(frozen=True)
class Report:
    """What a service says of itself: `state` as in its health page, `stopped` or `busy`, `lag` in messages, None when it does not answer.

    `remarks` are what the office is to know though it is ready.
    """

    state: str = "stopped"
    ready: bool = False
    lag: int | None = None
    remarks: Sequence[Mapping[str, object]] = ()


class Service:
    """One service process: where it listens and how it is."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.program = Program(name, folder)
        self._memory = folder / f"{name}.port"

    @property
    def address(self) -> str:
        """Host and port of its health page and metrics."""
        return f"127.0.0.1:{self._memory.read_text()}"

    def start(self, environment: Mapping[str, str], *, throw_away: bool) -> None:
        """Start it with this environment; a throw-away one dies with the calling thread."""
        choose_port(self._memory)
        command = [sys.executable, "-P", "-m", MODULES[self.name]]
        death = signal.SIGKILL if throw_away else None
        self.program.start(Launch(command, ROOT, environment={**environment, "SUISHI_HTTP": self.address}, dies_with_parent=death))

    def wait(self) -> None:
        """Until it works; a Problem with the end of its log when it is not."""
        if not self.program.wait_until(lambda: self.report().state in WELL, PATIENCE_S):
            raise self.program.failure()

    def report(self) -> Report:
        if self.program.pid is None:
            return Report()
        try:
            status, body = _get(self.address, "/health/ready")
            remarks = cast("Sequence[Mapping[str, object]]", body.get("remarks", ()))
            return Report(str(body.get("state")), status == http.HTTPStatus.OK, cast("int | None", body.get("lag")), remarks)
        except TimeoutError:  # it listens, so that it has started
            return Report("busy")
        except (OSError, ValueError, http.client.HTTPException):
            return Report("starting")

    def stop(self) -> None:
        self.program.stop(signal.SIGTERM, PATIENCE_S)


def _get(address: str, path: str) -> tuple[int, Mapping[str, object]]:
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def all_in(folder: Path) -> list[Service]:
    """The three services and the sealer whose state lies in the folder."""
    return [Service(name, folder) for name in MODULES]


def start_all(stack: Stack, folder: Path, *, throw_away: bool = False, extra: Mapping[str, str] | None = None) -> list[Service]:
    """Migrations and topics first, then every service that does not run yet; gives them when all are ready.

    Raises a Problem when one does not get there; of those that are thrown away none is left then.
    """
    _prepare({**os.environ, **settings(stack, folder), **logins(stack)})
    services = all_in(folder)
    for service in services:
        if service.program.pid is None:
            own = settings_of(service.name, stack, folder, throw_away=throw_away)
            service.start({**os.environ, **own, **(extra or {})}, throw_away=throw_away)
    try:
        for service in services:
            service.wait()
    except Problem:
        for service in services if throw_away else ():
            service.stop()
        raise
    return services


def settings(stack: Stack, folder: Path) -> dict[str, str]:
    """The environment of whoever runs this stack and may do everything on it."""
    key = named_secret("SUISHI_VAULT_KEY") or passwords(folder).vault_key
    return {**kafka_settings(stack.kafka), "SUISHI_DATABASE": stack.database, "SUISHI_VAULT_KEY": key, "PYTHONPATH": str(ROOT)}


def settings_of(service: str, stack: Stack, folder: Path, *, throw_away: bool = False) -> dict[str, str]:
    """The environment of one service: its own user of Kafka and its own role of the database, and the vault where it keeps one."""
    whole, sealing = settings(stack, folder), _sealing(folder, throw_away=throw_away) if service == SEALER else {}
    if stack.secrets is None:
        return whole | sealing
    own = {**kafka_settings(stack.kafka_as(service)), "PYTHONPATH": whole["PYTHONPATH"]}
    if service == VAULT_KEEPER:
        own |= {"SUISHI_VAULT_KEY": whole["SUISHI_VAULT_KEY"], **_login("vault", stack)}
    return own | sealing | _login(service, stack)


def _sealing(folder: Path, *, throw_away: bool) -> dict[str, str]:
    """The sealer's key and file: those of the environment, else our own; nothing that is thrown away is signed with a county's key."""
    if os.environ.get("SUISHI_SEAL_KEY") and not throw_away:
        return {}
    seal = make_seal(folder)
    return {"SUISHI_SEAL_KEY": str(seal.key), "SUISHI_SEAL_PUBLIC": str(seal.public), "SUISHI_CHECKPOINTS": str(seal.file)}


def logins(stack: Stack) -> dict[str, str]:
    """The DSN of every role that may log in by itself."""
    names = (*SERVICES, "vault", "auditor", SEALER) if stack.secrets else ()
    return {name: dsn for role in names for name, dsn in _login(role, stack).items()}


def _login(name: str, stack: Stack) -> dict[str, str]:
    return {f"SUISHI_DATABASE_{name.upper()}": stack.database_as(f"suishi_{name}")}


def kafka_settings(kafka: Connection) -> dict[str, str]:
    """The environment of a process that comes to Kafka this way."""
    named = {"SUISHI_KAFKA": kafka.servers, "SUISHI_KAFKA_USER": kafka.user, "SUISHI_KAFKA_PASSWORD": kafka.password}
    return named | ({"SUISHI_KAFKA_CA": str(kafka.authority)} if kafka.authority else {})


def _prepare(environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-P", "-m", "services.prepare"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        reason = why(done.stderr)
        raise Problem(say(f"无法准备数据库与主题：{reason}", f"the database and the topics could not be prepared: {reason}"))


def stop_all(folder: Path) -> None:
    """Ask all to end at once, then wait for each."""
    services = all_in(folder)
    for service in services:
        service.program.send(signal.SIGTERM)
    for service in services:
        service.stop()


@contextlib.contextmanager
def serving(stack: Stack, folder: Path, extra: Mapping[str, str] | None = None) -> Generator[list[Service]]:
    """The three services and the sealer for the time of the block; they die with this process, whatever happens to it."""
    started: list[Service] = []
    try:
        started = start_all(stack, folder, throw_away=True, extra=extra)
        yield started
    finally:
        stop_all(folder)
        for service in started:  # our own children also have to be waited for
            service.stop()
