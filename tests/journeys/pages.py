"""A page of the documentation played: each command line that stands on it, and whether what it prints is what the page says."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from commands.audit.group import audit
from local.language import speak
from local.problem import Problem

# Ids say which event it is; when it was, where and how long it took is another thing each time. How much a log and its models hold is not.
OTHER_EACH_TIME: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{64}\b|\d[\d.,]*+(?! (?:positions|read models|events)\b)")
NIL: Final = UUID(int=0)
BRANCHES: Final = str.maketrans("", "", "│├└─")


@dataclass(frozen=True)
class Command:
    """As it stands behind the `$` of the page, and the lines below it, without those in brackets, which say what is left out."""

    line: str
    told: list[str]


def commands_of(page: Path) -> list[Command]:
    found = list[Command]()
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("    $ "):
            found.append(Command(line[6:], []))
        elif line.startswith("    ") and found and not line.strip().startswith("("):
            found[-1].told.append(line)
    return found


def missing(told: list[str], printed: str) -> list[str]:
    """The lines of the page that are not among what was printed, by their shape and each as often."""
    return list((Counter(map(shape, told)) - Counter(map(shape, printed.splitlines()))).elements())


def shape(line: str) -> str:
    plain = OTHER_EACH_TIME.sub(lambda found: found[0] if len(found[0]) == len(str(NIL)) else "0", line.translate(BRANCHES))
    return " ".join(plain.split())


def play(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a line of a shell prints; `./suishi audit` speaks English, and has no process of its own."""
    words, _, behind = line.partition(" | ")
    if not words.startswith("./suishi audit "):
        return _shell(line)
    printed = _audit(shlex.split(words)[2:], capsys)
    return _shell(behind, printed) if behind else printed


def _audit(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    speak("en")
    try:
        code = audit(words, standalone_mode=False)
    except Problem as problem:
        return f"{capsys.readouterr().out}suishi: {problem}"
    told = capsys.readouterr()
    assert not code, f"{words} ends with {code}: {told}"
    return told.out


def _shell(line: str, given: str = "") -> str:
    return subprocess.run(["bash", "-c", line], input=given, capture_output=True, text=True, check=True).stdout  # noqa: S603, S607 - the page's own text
