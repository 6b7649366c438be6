"""A program is known by its pid, its start and its boot: nothing else is ever stopped in its place."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.process import Launch, Program, choose_port
from local.tether import identity

SLEEP = ["/bin/sleep", "60"]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program("sleeper", tmp_path)
    yield made
    made.stop(signal.SIGKILL, 5)


def started(program: Program, folder: Path, **options: signal.Signals) -> int:
    program.start(Launch(SLEEP, folder, **options))
    assert program.wait_until(lambda: program.pid is not None, 5)
    return program.pid or 0


def test_a_started_program_is_found_from_another_shell(program: Program, tmp_path: Path) -> None:
    pid = started(program, tmp_path)
    assert pid == Program("sleeper", tmp_path).pid


def test_a_stopped_program_is_gone(program: Program, tmp_path: Path) -> None:
    pid = started(program, tmp_path)
    program.stop(signal.SIGTERM, 5)
    assert (None, False) == (program.pid, Path(f"/proc/{pid}").exists())


def test_a_killed_program_is_waited_for_before_it_starts_again(program: Program, tmp_path: Path) -> None:
    """Else Python warns of it later, in the middle of something else."""
    killed = started(program, tmp_path)
    os.kill(killed, signal.SIGKILL)
    while program.pid is not None:
        time.sleep(0.01)
    assert started(program, tmp_path) != killed


def test_a_stale_pid_file_names_nobody(program: Program, tmp_path: Path) -> None:
    (tmp_path / "sleeper.pid").write_text("999999999 1 boot")
    assert program.pid is None


def test_a_pid_that_another_process_inherited_is_not_ours(program: Program, tmp_path: Path) -> None:
    """The number lives, but it started at another time."""
    pid, ticks, boot = identity(os.getpid()).split()
    (tmp_path / "sleeper.pid").write_text(f"{pid} {int(ticks) - 1} {boot}")
    program.stop(signal.SIGKILL, 1)
    assert program.pid is None


def test_a_program_that_ends_at_once_is_not_waited_for(program: Program, tmp_path: Path) -> None:
    program.start(Launch(["/bin/sh", "-c", "echo no room >&2; exit 3"], tmp_path))
    assert not program.wait_until(lambda: False, 30)
    assert "no room" in str(program.failure())


def test_a_tied_program_dies_with_its_parent_even_by_sigkill(program: Program, tmp_path: Path) -> None:
    script = f"""
import signal, time
from pathlib import Path
from local.process import Launch, Program
Program("sleeper", Path({str(tmp_path)!r})).start(Launch({SLEEP!r}, Path({str(tmp_path)!r}), dies_with_parent=signal.SIGKILL))
time.sleep(60)
"""
    root = Path(__file__).parents[2]
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})  # noqa: S603 - our own script
    assert program.wait_until(lambda: program.pid is not None, 10)
    parent.kill()
    parent.wait()
    assert program.wait_until(lambda: program.pid is None, 5)


def test_a_port_is_remembered_while_it_is_free(tmp_path: Path) -> None:
    first = choose_port(tmp_path / "port")
    assert first == choose_port(tmp_path / "port")


def test_a_new_port_is_none_that_an_outgoing_connection_may_be_given(tmp_path: Path) -> None:
    assert max(choose_port(tmp_path / str(number)) for number in range(20)) < 32768


def test_a_taken_port_is_replaced(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        (tmp_path / "port").write_text(str(taken))
        chosen = choose_port(tmp_path / "port")
    assert chosen not in {0, taken}
    assert str(chosen) == (tmp_path / "port").read_text()
