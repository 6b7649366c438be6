"""State lies in folders of ours: one user at a time, and a crash leaves nothing that blocks."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from local import folder, places
from local.folder import only_one, throw_away_folder
from local.language import speak
from local.passwords import passwords
from local.places import own_folder
from local.problem import Problem
from local.process import Launch, Program
from local.stack import named_by_environment


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Throw-away folders of this test's own."""
    speak("en")
    monkeypatch.setattr(folder, "ROOT_PLACES", tmp_path)
    monkeypatch.setattr(folder, "gettempdir", lambda: str(tmp_path))
    return tmp_path


def test_a_throw_away_folder_is_gone_afterwards() -> None:
    with throw_away_folder() as made:
        assert made.is_dir()
    assert not made.exists()


def test_what_a_killed_run_left_is_cleared_with_its_programs(somewhere: Path) -> None:
    left = somewhere / "suishi-run-left"
    left.mkdir()
    (left / "lock").touch()
    survivor = Program("sleeper", left)
    survivor.start(Launch(["/bin/sleep", "60"], somewhere))
    assert survivor.wait_until(lambda: survivor.pid is not None, 5)
    with throw_away_folder():
        assert (False, None) == (left.exists(), survivor.pid)
    survivor.stop(signal.SIGKILL, 5)


def test_a_folder_in_use_is_left_alone() -> None:
    with throw_away_folder() as mine, throw_away_folder() as other:
        assert mine.exists()
        assert mine != other


def test_a_second_user_of_a_lasting_folder_is_told(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(Problem, match=r"another \./suishi is working on"), only_one(tmp_path):
        pass


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(Problem, match="is not yours alone"):
        own_folder(open_to_all)


def test_secrets_are_made_once_and_are_the_owners_only(tmp_path: Path) -> None:
    made = passwords(tmp_path)
    assert made == passwords(tmp_path)
    assert 0o600 == (tmp_path / "passwords.json").stat().st_mode & 0o777
    assert 64 == len(made.vault_key)


def test_secrets_of_an_older_release_stay_and_the_new_ones_are_kept_beside_them(tmp_path: Path) -> None:
    (tmp_path / "passwords.json").write_text('{"database": "as before", "vault_key": "ab"}')
    made = passwords(tmp_path)
    assert ("as before", "ab", made) == (made.database, made.vault_key, passwords(tmp_path))


def test_a_login_has_a_password_of_its_own(tmp_path: Path) -> None:
    made = passwords(tmp_path)
    assert made.of("health") == made.of("health")
    assert 3 == len({made.of("health"), made.of("water"), made.database})


def test_a_home_that_nobody_may_enter_puts_the_database_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(places, "is_root", lambda: True)
    monkeypatch.setattr(places, "ROOT_PLACES", tmp_path)
    assert tmp_path == places.server_folder(closed).parent


def test_half_a_named_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_KAFKA", "127.0.0.1:9092")
    monkeypatch.delenv("SUISHI_DATABASE", raising=False)
    with pytest.raises(Problem, match="set both SUISHI_KAFKA and SUISHI_DATABASE, or neither"):
        named_by_environment()
