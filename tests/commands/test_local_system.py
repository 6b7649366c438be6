"""The lasting local system is thrown away only by somebody who said so, and no command claims what it did not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import system
from commands.down import down
from commands.reset import reset
from local.language import speak
from local.problem import Problem


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a local system that is nobody's but this test's."""
    speak("en")
    monkeypatch.setattr(system, "FOLDER", tmp_path)
    (tmp_path / "venv.lock").touch()
    return tmp_path


@pytest.fixture
def kept(local: Path) -> Path:
    (local / "kafka").mkdir()
    (local / "kafka" / "data").touch()
    return local


def test_without_a_terminal_nothing_is_deleted_unasked(kept: Path) -> None:
    with pytest.raises(Problem, match=f"delete all data and passwords under {kept}; .* add --yes"):
        reset(yes=False)
    assert (kept / "kafka" / "data").exists()


def test_whoever_says_yes_is_not_asked(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reset(yes=True)
    assert capsys.readouterr().out == "all gone.\n"
    assert {entry.name for entry in kept.iterdir()} == {"lock", "venv.lock"}


def test_with_nothing_there_reset_says_so(local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reset(yes=False)
    assert capsys.readouterr().out == "there is no local system to delete.\n"
    assert {entry.name for entry in local.iterdir()} == {"venv.lock"}


@pytest.mark.usefixtures("local")
def test_with_nothing_running_down_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    down()
    assert capsys.readouterr().out == "nothing was running.\n"
