"""Which tests run through which function of the domain, and how long each takes."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Final, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

ROOT: Final = Path(__file__).resolve().parents[2]
DOMAIN: Final = ROOT / "services" / "enrollment" / "domain"


class Where(NamedTuple):
    """A function by its module's file and its qualified name."""

    file: str
    function: str


@dataclass
class Known:
    """What the sound code showed: which tests run through a function, and how long each takes, by its number."""

    through: dict[Where, set[int]] = field(default_factory=dict[Where, set[int]])
    seconds: dict[int, float] = field(default_factory=dict[int, float])
    failed: list[str] = field(default_factory=list[str])


def watched(items: Sequence[pytest.Item]) -> Known:
    known, domain = Known(), str(DOMAIN)
    for number, item in enumerate(items):
        seen: set[CodeType] = set()

        def watch(frame: FrameType, event: str, _: object, seen: set[CodeType] = seen) -> None:
            if event == "call":
                seen.add(frame.f_code)

        began = time.monotonic()
        sys.setprofile(watch)
        passed = passes(item)
        sys.setprofile(None)
        known.seconds[number] = time.monotonic() - began
        if not passed:
            known.failed.append(item.nodeid)
        for code in seen:
            if code.co_filename.startswith(domain):
                function = code.co_qualname.partition(".<locals>")[0]
                known.through.setdefault(Where(code.co_filename, function), set()).add(number)
    return known


def passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))
