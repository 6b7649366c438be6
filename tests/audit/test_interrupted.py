"""Ctrl-C ends every long command of the auditor at once, with one word, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from audit.by_service import Tell
from local.services import ROOT

SOMETHING: Final = str(UUID(int=1))
COMMANDS: Final = [
    ["verify"],
    ["replay"],
    ["history", SOMETHING],
    ["household", SOMETHING],
    ["register"],
    ["explain", SOMETHING],
    ["what-if", "--line", "1"],
    ["quality"],
    ["diff", "--from", "2021-01-01", "--to", "2021-12-31"],
    ["prove", SOMETHING],
]
WAITING: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OTHERS: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
PATIENCE_S: Final = 90


async def until(connection: asyncpg.Connection, question: str, answer: int) -> None:
    ends = time.monotonic() + PATIENCE_S
    while await connection.fetchval(question) != answer:
        assert time.monotonic() < ends


def started(arguments: list[str], **more: str) -> subprocess.Popen[str]:
    """With Ctrl-C as a terminal has it, also where the tests run in the background."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SUISHI_LANG": "en", **more}
    return subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-P", *arguments], env=environment, cwd=ROOT, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - before any thread
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def files_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_command_that_waits_for_the_database_ends_when_told(prepared: str, tmp_path: Path) -> None:
    blocker, watcher = await asyncpg.connect(prepared), await asyncpg.connect(prepared)
    await blocker.execute("BEGIN; LOCK enrollment.stored_events, enrollment.log_head, enrollment.households IN ACCESS EXCLUSIVE MODE")
    commands = [*COMMANDS, ["export", str(tmp_path / "export.jsonl"), "--from", "2021-01-01", "--to", "2021-12-31"]]
    running = [started(["-m", "commands", "audit", *arguments], SUISHI_DATABASE=prepared) for arguments in commands]
    await until(watcher, WAITING, len(running))
    for one in running:
        one.send_signal(signal.SIGINT)
    ended = [one.communicate(timeout=PATIENCE_S) for one in running]
    assert [("", "suishi: interrupted.\n")] * len(commands) == ended
    assert [130] * len(commands) == [one.returncode for one in running]
    assert [] == files_of(tmp_path)
    await blocker.execute("ROLLBACK")
    await until(watcher, OTHERS, 1)
    await blocker.close()
    await watcher.close()


SIDE_BY_SIDE: Final = """
import sys
sys.argv = ["suishi", "wait"]
from audit.by_service import each
from commands.app import app, run
from tests.audit.test_interrupted import waits
@app.command()
def wait() -> None:
    list(each(waits, ("a", "b"), lambda *said: print(*said, flush=True), apart=True))
run(lambda: None)
"""


def waits(_: str, tell: Tell) -> str:
    tell(1, 2)
    signal.pause()
    return ""


@pytest.mark.parametrize("interrupt", [os.killpg, os.kill])
def test_processes_side_by_side_end_with_the_one_who_started_them(interrupt: Callable[[int, int], None]) -> None:
    """Told by the terminal, which tells all of them, or alone."""
    running = started(["-c", SIDE_BY_SIDE])
    assert running.stdout
    assert {"a 1 2\n", "b 1 2\n"} == {running.stdout.readline(), running.stdout.readline()}
    interrupt(running.pid, signal.SIGINT)
    assert ("", "suishi: interrupted.\n") == running.communicate(timeout=PATIENCE_S)
    assert 130 == running.returncode
    with pytest.raises(ProcessLookupError):
        alive(running.pid)


def alive(group: int) -> None:
    """Raises as soon as nobody of the group is there any more."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        os.killpg(group, 0)
