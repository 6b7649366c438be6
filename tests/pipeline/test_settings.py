"""A wrong setting ends a service with its name and what is wrong, before anything is touched."""

from __future__ import annotations

import pytest

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
