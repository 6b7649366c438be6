"""Background programs that are known by their pid file: from this shell, from another one, and after a crash."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Final

from local.language import say
from local.places import THROW_AWAY
from local.problem import NO_ROOM, Problem, is_full, why
from local.tether import identity

TETHER = Path(__file__).with_name("tether.py")
POLL_S = 0.02
# Linux gives connections that go out a port from 32768 on.
NOT_GIVEN_AWAY: Final = range(16_384, 32_768)
TRIES: Final = 20


@dataclass(frozen=True)
class Launch:
    """How a program is started: as which user, where, and which signal it gets when its parent dies (None = it outlives it)."""

    command: list[str]
    cwd: Path
    user: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    dies_with_parent: signal.Signals | None = None


class Program:
    """One background program, its pid file and its log in a folder of ours."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its pid while it lives, None otherwise; another process that inherited the number does not count."""
        try:
            recorded = self._pid_file.read_text()
            pid = int(recorded.split()[0])
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return pid if state != "Z" and identity(pid) == recorded else None
        except (OSError, ValueError, IndexError):
            return None

    def start(self, launch: Launch) -> None:
        """Starts it; when it shall die with its parent, that parent is the calling thread, which must live as long."""
        self._pid_file.unlink(missing_ok=True)
        if self._child is not None:
            self._child.poll()  # one that was killed has still to be waited for
        death = int(launch.dies_with_parent or 0)
        tether = [sys.executable, "-I", "-S", str(TETHER), str(self._pid_file), launch.user or "", str(death), str(os.getpid())]
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603
                [*tether, *launch.command],
                cwd=launch.cwd,
                env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath), **launch.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for us, we stop the others in order
            )

    def wait_until(self, ready: Callable[[], bool], patience_s: float) -> bool:
        """True once `ready`, False when the program ended or the patience did."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if ready():
                return True
            if self._child is not None and self._child.poll() is not None:
                return False
            time.sleep(POLL_S)
        return False

    def stop(self, gently: signal.Signals, patience_s: float) -> None:
        """Ends it and waits for its end; harmless when it has ended already."""
        if self.pid is not None:
            self.send(gently)
            if not self._gone(patience_s):
                self.send(signal.SIGKILL)
                self._gone(patience_s)
        if self._child is not None:
            self._child.wait()
            self._child = None
        self._pid_file.unlink(missing_ok=True)

    def send(self, number: signal.Signals) -> None:
        """A signal to it, if it lives."""
        if pid := self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _gone(self, patience_s: float) -> bool:
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if self.pid is None:
                return True
            time.sleep(POLL_S)
        return False

    def failure(self) -> Problem:
        """What to tell the user when it does not run: the line of its log that says why, and where the rest is if it lasts."""
        last = NO_ROOM if is_full(self.log.parent) else why(self.log.read_text(errors="replace") if self.log.exists() else "")
        if self.log.parent.name.startswith(THROW_AWAY):
            return Problem(say(f"{self.name} 未在运行：{last}", f"{self.name} is not running: {last}"))
        return Problem(say(f"{self.name} 未在运行：{last}（日志：{self.log}）", f"{self.name} is not running: {last} (log: {self.log})"))


def choose_port(memory: Path) -> int:
    """The port remembered in the file when it is free, else any free one; remembered for the next start.

    Whoever is to listen there starts a moment later, so it is one that no connection of another program is given meanwhile.
    """
    try:
        remembered = [int(memory.read_text())]
    except (OSError, ValueError):
        remembered = []
    candidates = (*remembered, *SystemRandom().sample(NOT_GIVEN_AWAY, TRIES), 0)
    port = next(free for candidate in candidates if (free := _bindable(candidate)))
    memory.write_text(str(port))
    return port


def _bindable(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
