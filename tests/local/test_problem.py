"""A program that found no room on its disk is told from all others, and as one sentence that says what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from local import problem
from local.language import speak
from local.problem import Problem, full_disk, is_full, no_access, why

JAVA = """Exception in thread "main" java.io.UncheckedIOException: Error writing file snapshot
\tat org.apache.kafka.Snapshots.write(Snapshots.java:1)
Caused by: java.io.IOException: No space left on device
\t... 1 more
"""
INITDB = """FATAL:  could not write to file "base/4/1249": No space left on device
child process exited with exit code 1
initdb: removing data directory "/data"
"""
OWNER = "run as the owner of that folder, or in a checkout that can be written."
HALF_A_PAGE = """FATAL:  could not extend file "base/5/2606": wrote only 4096 of 8192 bytes at block 4
HINT:  Check free disk space.
LOG:  checkpoint complete
"""


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (JAVA, "Caused by: java.io.IOException: No space left on device"),
        (INITDB, 'FATAL:  could not write to file "base/4/1249": No space left on device'),
        (HALF_A_PAGE, "HINT:  Check free disk space."),
        ("begins\n  ends badly\n\n", "ends badly"),
        ("Traceback\nservices.policy_pack.WrongPack: a.toml: lines: is missing", "a.toml: lines: is missing"),
        ("", "-"),
    ],
)
def test_the_line_that_says_most_is_found(output: str, line: str) -> None:
    assert why(output) == line


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "a disk is full ([Errno 28] No space left on device); make room and try again."),
        (Problem("HINT:  Check free disk space."), "a disk is full (HINT:  Check free disk space.); make room and try again."),
        (Problem("kafka is not running: -"), ""),
    ],
)
def test_only_a_full_disk_is_told_as_one(failure: Exception, sentence: str) -> None:
    speak("en")
    assert full_disk(failure) == sentence


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/a"), f"/a cannot be written (Permission denied); {OWNER}"),
        (OSError(errno.EROFS, "Read-only file system", "/a"), f"/a cannot be written (Read-only file system); {OWNER}"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/a"), ""),
        (Problem("kafka is not running: -"), ""),
    ],
)
def test_only_a_closed_folder_is_told_as_one(failure: Exception, sentence: str) -> None:
    speak("en")
    assert no_access(failure) == sentence


def test_a_disk_with_hardly_any_room_counts_as_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_full(tmp_path)
    monkeypatch.setattr(problem, "LITTLE_ROOM", 1 << 62)
    assert is_full(tmp_path)
