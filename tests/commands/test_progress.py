"""Whoever waits for a long reading sees how far it is: lines now and then where no terminal is."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from commands import progress
from commands.progress import Bars
from local.language import speak


def written(*heard: tuple[int, int]) -> str:
    """Beside the output, into a file."""
    speak("en")
    console = Console(file=StringIO(), force_terminal=False)
    with Bars(console) as bars:
        for done, total in heard:
            bars.heard("what-if", done, total)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_who_reads_a_file_is_told_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0)
    assert written((1, 300), (2, 300)) == "what-if: 1 of 300\nwhat-if: 2 of 300\n"


def test_what_is_soon_done_writes_nothing() -> None:
    assert written((1, 2), (2, 2)) == ""


def test_a_clock_runs_for_what_is_begun_alone() -> None:
    with Bars(Console(file=StringIO(), force_terminal=True)) as bars:
        bars.heard("opening", 2, 2)
        bars.heard("days", 0, 90)
        assert [(task.description, task.finished) for task in bars.bar.tasks] == [("opening", True), ("days", False)]
