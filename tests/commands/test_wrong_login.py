"""Whoever comes with a login or a key that does not do is told which one does and who has it, before anything is read or changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.audit.export import export_days
from commands.rebuild import rebuild
from local.language import speak
from local.problem import Problem
from local.stack import Stack
from services.logins import let_in


@pytest.fixture(autouse=True)
def auditor(stack: Stack, prepared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are called as functions here; their environment is the auditor's."""
    if stack.secrets is None:
        pytest.skip("the environment names the servers, and their roles have no passwords of ours")
    asyncio.run(let_in(prepared, {"suishi_auditor": stack.secrets.of("suishi_auditor")}))
    monkeypatch.setenv("SUISHI_DATABASE", replace(stack, database=prepared).database_as("suishi_auditor"))
    speak("en")


def in_plain(file: Path) -> None:
    day = datetime(2021, 1, 5, tzinfo=UTC)
    export_days(file, first=day, last=day, plain=True, purpose="a complaint")


def test_who_has_no_key_of_the_vault_is_told_which_one_and_where_it_is(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"set SUISHI_VAULT_KEY to the 64 hexadecimal digits with which it was written .* up shows"):
        in_plain(tmp_path / "plain.jsonl")
    assert [] == list(tmp_path.iterdir())


def test_who_has_the_key_and_no_login_of_the_vault_is_told_which_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUISHI_VAULT_KEY", "ab" * 32)
    with pytest.raises(Problem, match="name in SUISHI_DATABASE_VAULT the DSN of one that may act as suishi_vault"):
        in_plain(tmp_path / "plain.jsonl")
    assert [] == list(tmp_path.iterdir())


def test_the_auditor_rebuilds_nothing_and_is_told_what_he_may_do() -> None:
    with pytest.raises(Problem, match=r"this login may only read: .* replay compares them and changes nothing"):
        rebuild()
