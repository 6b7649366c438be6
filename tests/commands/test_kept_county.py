"""A county that the demo played may be kept, where no other one lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import system
from commands.demo import COUNTY, lasting
from commands.reset import reset
from commands.started_with import kept
from local.language import speak
from local.passwords import passwords
from local.problem import Problem


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a local system that is nobody's but this test's; what is put into the environment goes with it."""
    speak("en")
    monkeypatch.setattr(system, "FOLDER", tmp_path)
    for name in COUNTY:
        monkeypatch.setenv(name, "")
    return tmp_path


def test_its_servers_are_those_of_the_local_system_and_no_day_begins_by_itself(local: Path) -> None:
    passwords(local)  # as `status` leaves them where nothing ever ran
    try:
        with lasting() as stack:
            assert (stack.folder, len(stack.pids)) == (local, 2)
        assert dict(kept(local) or {}) == COUNTY
        with pytest.raises(Problem, match=r"there is a local system in .* already; ./suishi reset first, or leave out --keep"), lasting():
            pass
    finally:
        reset(yes=True)


def test_servers_of_the_environment_keep_nothing(local: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_KAFKA", "kafka:9092")
    monkeypatch.setenv("SUISHI_DATABASE", "postgresql://somewhere/county")
    with pytest.raises(Problem, match="unset SUISHI_KAFKA and SUISHI_DATABASE"), lasting():
        pass
    assert list(local.iterdir()) == []


def test_a_season_that_is_interrupted_says_what_is_left_of_the_county(local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        with lasting():
            raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        said = capsys.readouterr().err
        assert "the county is not whole: a part of it is kept" in said
        assert ("./suishi up to look at it" in said, "./suishi reset deletes it" in said) == (True, True)
        assert kept(local) is not None
    finally:
        reset(yes=True)
