"""Whoever waits for a system is told when it can no longer come to rest."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from local import problem
from local.language import speak
from local.places import THROW_AWAY
from local.problem import Problem
from local.process import Launch, Program
from local.watch import watch


async def test_a_program_that_ended_is_named_with_the_reason_in_its_log(tmp_path: Path) -> None:
    speak("en")
    program = Program("broker", tmp_path)
    program.start(Launch([sys.executable, "-c", "print('no heap'); input()"], tmp_path))
    with pytest.raises(Problem, match=r"^broker is not running: .* \(log: .*broker\.log\)$"):
        await asyncio.wait_for(watch([program], tmp_path), 30)
    program.stop(signal.SIGKILL, 5)


async def test_a_full_disk_is_told_while_everybody_waits_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problem, "LITTLE_ROOM", 1 << 62)
    with pytest.raises(Problem, match=f"^{tmp_path}: No space left on device$"):
        await asyncio.wait_for(watch([], tmp_path), 30)


def test_a_log_that_is_thrown_away_is_nowhere_to_be_read(tmp_path: Path) -> None:
    speak("en")
    folder = tmp_path / f"{THROW_AWAY}1"
    folder.mkdir()
    (folder / "broker.log").write_text("no heap\n")
    assert str(Program("broker", folder).failure()) == "broker is not running: no heap"
