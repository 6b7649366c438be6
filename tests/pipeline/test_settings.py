"""A wrong setting ends a service with its name and what is wrong, before anything is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.kafka import Connection
from pipeline.settings import settings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_KAFKA", "127.0.0.1:9092")
    monkeypatch.setenv("SUISHI_DATABASE", "postgresql://u:secret@127.0.0.1/suishi")


def test_what_is_not_set_has_its_default() -> None:
    assert ("system", "example-pilot", "INFO") == (settings().clock, settings().pack, settings().log_level)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [("CLOCK", "banana", "'system' or 'external'"), ("LOG_LEVEL", "loud", "'DEBUG', 'INFO'"), ("SMTP", "nonsense", "pattern")],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str) -> None:
    monkeypatch.setenv(f"SUISHI_{name}", value)
    with pytest.raises(SystemExit, match=f"^SUISHI_{name}: .*{problem}"):
        settings()


def test_a_missing_server_is_named_and_no_password_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUISHI_KAFKA")
    with pytest.raises(SystemExit) as ended:
        settings()
    assert "SUISHI_KAFKA: Field required" == ended.value.code


def test_a_service_uses_its_own_dsn_where_one_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_DATABASE_ENROLLMENT", "postgresql://own@127.0.0.1/suishi")
    assert "postgresql://own@127.0.0.1/suishi" == settings().dsn("enrollment")
    assert "postgresql://u:secret@127.0.0.1/suishi" == settings().dsn("assistance")


def test_a_process_comes_to_kafka_as_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.touch()
    for name, value in {"USER": "enrollment", "PASSWORD": "hush", "CA": str(authority)}.items():
        monkeypatch.setenv(f"SUISHI_KAFKA_{name}", value)
    assert Connection("127.0.0.1:9092", "enrollment", "hush", authority) == settings().connection


def test_a_secret_is_taken_from_the_file_that_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KAFKA_PASSWORD", "DATABASE", "DATABASE_ENROLLMENT", "VAULT_KEY"):
        (tmp_path / name).write_text(f"of {name}\n")
        monkeypatch.setenv(f"SUISHI_{name}_FILE", str(tmp_path / name))
    found = settings()
    assert ("of KAFKA_PASSWORD", "of VAULT_KEY") == (found.connection.password, found.vault_key.get_secret_value())
    assert ("of DATABASE_ENROLLMENT", "of DATABASE") == (found.dsn("enrollment"), found.dsn("assistance"))


def test_a_missing_file_or_authority_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_DATABASE_FILE", "/nowhere/dsn")
    with pytest.raises(SystemExit, match=r"^/nowhere/dsn: No such file or directory$"):
        settings()
    monkeypatch.delenv("SUISHI_DATABASE_FILE")
    monkeypatch.setenv("SUISHI_KAFKA_CA", "/nowhere/ca.pem")
    with pytest.raises(SystemExit, match=r"^SUISHI_KAFKA_CA: Path does not point to a file$"):
        settings()


def test_a_service_without_any_database_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUISHI_DATABASE")
    with pytest.raises(SystemExit, match=r"^SUISHI_DATABASE_ENROLLMENT: set it, or SUISHI_DATABASE$"):
        settings().dsn("enrollment")


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_KAFKA_PASSWORD", "secret")
    monkeypatch.setenv("SUISHI_VAULT_KEY", "secret")
    found = settings()
    assert "secret" not in f"{found!r} {found} {found.connection!r} {found.connection}"
