"""The script that makes the environment of a first run, before any package is there to be imported."""

from __future__ import annotations

import runpy
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from local.services import ROOT

SCRIPT: Final = str(ROOT / "suishi")
LEAVES_A_FOLDER: Final = "import tempfile, time; print(tempfile.mkdtemp(), flush=True); time.sleep({})"


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--lang", "zh", "doctor"], "en", "中文"),
        (["doctor", "--lang=zh"], "en", "中文"),
        (["doctor", "--lang", "en"], "zh", "English"),
        (["--lang", "zh", "doctor", "--lang", "en"], "zh", "English"),
        (["doctor"], "zh", "中文"),
        (["doctor", "--lang"], "en", "English"),
    ],
)
def test_the_first_run_speaks_the_language_that_was_asked_for(
    arguments: list[str], environment: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["suishi", *arguments])
    monkeypatch.setenv("SUISHI_LANG", environment)
    assert said == runpy.run_path(SCRIPT)["say"]("中文", "English")


def test_what_the_installer_unpacks_lies_in_the_environment_and_is_gone_with_it(tmp_path: Path) -> None:
    lines = list[str]()
    install(tmp_path, 0, lines.append)
    (folder,) = [Path(line.strip()) for line in lines]
    assert (tmp_path / ".venv" in folder.parents, False) == (True, folder.exists())


def test_who_breaks_off_the_first_run_leaves_nothing_beside_it(tmp_path: Path) -> None:
    lines = list[str]()

    def interrupt(line: str) -> None:
        lines.append(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install(tmp_path, 60, interrupt)
    assert [False] == [Path(line.strip()).exists() for line in lines]


def install(place: Path, seconds: int, follow: Callable[[str], object]) -> None:
    """As the script runs pip, by a copy of its own."""
    shutil.copy(SCRIPT, place)
    with (place / "lock").open("w") as lock:
        command = [sys.executable, "-c", LEAVES_A_FOLDER.format(seconds)]
        runpy.run_path(str(place / "suishi"))["run"](command, lock.fileno(), follow=follow)
