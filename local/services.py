"""The three services as processes of their own, over whatever Kafka and PostgreSQL there is."""

from __future__ import annotations

import contextlib
import signal
import sys
import urllib.request
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from local.passwords import passwords
from local.process import Launch, Program, choose_port
from local.stack import Stack
from schemas.topics import SERVICES

PROJECT = Path(__file__).parent.parent
START_SECONDS = 30.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Surroundings:
    """What the services need beside the stack; `smtp` is host:port, `extra` further SUISHI_* settings."""

    smtp: str
    folder: Path
    extra: Mapping[str, str] = field(default_factory=dict[str, str])


class ServiceProcess:
    """One service, found again by its pid file; `http` is host:port of its health page."""

    def __init__(self, name: str, stack: Stack, around: Surroundings, *, lasting: bool = False) -> None:
        self.name, self._stack, self._around, self._lasting = name, stack, around, lasting
        self.program = Program(name, around.folder)
        self.http = f"127.0.0.1:{choose_port(around.folder / f'{name}.port')}"

    def launch(self) -> None:
        death = None if self._lasting else signal.SIGKILL
        command = [sys.executable, "-m", f"services.{self.name}.main"]
        environment = {**settings(self._stack, self._around), "SUISHI_HTTP": self.http}
        self.program.start(Launch(command, PROJECT, environment=environment, dies_with_parent=death))

    def wait(self) -> None:
        """Until it leads and consumes; raises `Problem` with the last line of its log."""
        if not self.program.wait_until(self.ready, START_SECONDS):
            raise self.program.failure()

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.http}/health/ready", timeout=1) as answer:  # noqa: S310 - our own loopback page
                return answer.status == 200  # noqa: PLR2004
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        self.program.stop(signal.SIGTERM, STOP_SECONDS)


def settings(stack: Stack, around: Surroundings) -> dict[str, str]:
    """The environment of a service or of `python -m services.prepare`."""
    return {
        "SUISHI_KAFKA": stack.kafka,
        "SUISHI_DATABASE": stack.database,
        "SUISHI_VAULT_KEY": passwords(around.folder).vault_key,
        "SUISHI_SMTP": around.smtp,
        **around.extra,
    }


@contextlib.contextmanager
def services(stack: Stack, around: Surroundings) -> Generator[dict[str, ServiceProcess]]:
    """All three, ready, for the time of the block; they die with this process."""
    processes = {name: ServiceProcess(name, stack, around) for name in SERVICES}
    try:
        for process in processes.values():
            process.launch()
        for process in processes.values():
            process.wait()
        yield processes
    finally:
        for process in processes.values():
            process.stop()
