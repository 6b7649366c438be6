"""Only the bytes that the lock names are ever used, wherever they come from."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.artifacts import LOCK, Artifact, fetch, is_intact, locked
from local.language import speak
from local.problem import Problem

CONTENT = b"what the lock names"
ARTIFACT = Artifact("org.example:thing:1.0", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Maven repository on loopback; gives the place of the one artifact in it."""
    speak("en")
    place = tmp_path / "repository" / ARTIFACT.path
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(tmp_path / "repository")))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("SUISHI_MAVEN_REPOSITORY", f"http://127.0.0.1:{server.server_port}/")
    yield place
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


@pytest.mark.usefixtures("repository")
def test_a_missing_file_is_fetched(cache: Path) -> None:
    assert [cache / "thing-1.0.jar"] == fetch([ARTIFACT], cache)
    assert CONTENT == (cache / "thing-1.0.jar").read_bytes()


def test_an_intact_file_is_not_fetched_again(repository: Path, cache: Path) -> None:
    fetch([ARTIFACT], cache)
    repository.unlink()
    assert [cache / "thing-1.0.jar"] == fetch([ARTIFACT], cache)


@pytest.mark.usefixtures("repository")
def test_a_damaged_file_is_fetched_again(cache: Path) -> None:
    (cache / "thing-1.0.jar").write_bytes(b"half of it")
    fetch([ARTIFACT], cache)
    assert is_intact(ARTIFACT, cache)


def test_other_bytes_are_refused_and_nothing_of_them_is_kept(repository: Path, cache: Path) -> None:
    repository.write_bytes(b"something else")
    with pytest.raises(Problem, match=re.escape("thing-1.0.jar does not have the SHA-256 of local/artifacts.lock and was refused")):
        fetch([ARTIFACT], cache)
    assert [] == list(cache.iterdir())


def test_a_repository_without_the_file_is_named(repository: Path, cache: Path) -> None:
    repository.unlink()
    with pytest.raises(Problem, match=r"cannot fetch thing-1\.0\.jar from http://127\.0\.0\.1"):
        fetch([ARTIFACT], cache)


def test_the_lock_pins_kafka_with_its_class_path_and_postgresql_for_both_machines() -> None:
    assert "org.apache.kafka:kafka_2.13:4.4.0" in {artifact.name for artifact in locked("kafka")}
    assert 45 <= len(locked("kafka"))
    assert [1, 1] == [len(locked(f"postgres-{machine}")) for machine in ("x86_64", "aarch64")]


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK.read_text()
