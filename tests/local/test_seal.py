"""Whose key seals: a county's own for its own logs, and none of its for what is thrown away."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from local.services import SEALER, settings_of
from local.stack import Stack

NAMED: Final = ("SUISHI_SEAL_KEY", "SUISHI_SEAL_PUBLIC", "SUISHI_CHECKPOINTS")


@pytest.fixture(autouse=True)
def _a_county_has_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMED:
        monkeypatch.setenv(name, f"/county/{name}")


def test_what_is_thrown_away_is_sealed_with_a_key_of_its_own(stack: Stack, tmp_path: Path) -> None:
    own = settings_of(SEALER, stack, tmp_path, throw_away=True)
    assert [str(tmp_path / name) for name in ("seal-key.pem", "seal-public.pem", "checkpoints.jsonl")] == [own[name] for name in NAMED]
    assert (tmp_path / "seal-key.pem").exists()


def test_what_lasts_is_sealed_with_the_key_of_the_environment(stack: Stack, tmp_path: Path) -> None:
    assert [] == [name for name in NAMED if name in settings_of(SEALER, stack, tmp_path)]
    assert not (tmp_path / "seal-key.pem").exists()
