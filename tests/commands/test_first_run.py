"""The script that makes the environment of a first run, before any package is there to be imported."""

from __future__ import annotations

import runpy
import sys
from typing import Final

import pytest

from local.services import ROOT

SCRIPT: Final = str(ROOT / "suishi")


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
