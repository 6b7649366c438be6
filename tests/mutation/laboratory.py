"""Copies of the project, and runs of its tests in them, by processes that have the libraries in memory already."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from local.services import ROOT

COPIED: Final = ("pipeline", "schemas", "services", "local", "audit", "county", "tests", "pyproject.toml")
LIBRARIES: Final = ("aiokafka", "asyncpg", "eventsourcing.popo", "faststream.kafka", "hypothesis.strategies", "cloudevents.core", "uvloop")
PRELOADED: Final = "pytest.PytestAssertRewriteWarning"
PATIENCE_S: Final = 300
FORKING: Final = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Outcome:
    """How pytest ended, by its exit code, and what it said."""

    code: int | None
    said: str


@dataclass(frozen=True)
class Laboratory:
    """The tests of the copies use the servers that `environment` names."""

    folder: Path
    environment: Mapping[str, str]

    def copy(self, name: str) -> Path:
        """A fresh copy; gives its root."""
        root = self.folder / name
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, root / part)
        return root

    def test(self, root: Path, tests: Sequence[str]) -> Outcome:
        """Runs them until one fails."""
        report = root / "report.txt"
        process = FORKING.Process(target=_test, args=(root, tests, report, self.environment))
        process.start()
        process.join(PATIENCE_S)
        process.kill()
        process.join()
        return Outcome(process.exitcode, report.read_text(encoding="utf-8"))


def warm_up() -> None:
    """What is in memory before each run; of the project nothing."""
    FORKING.set_forkserver_preload(list(LIBRARIES))


def _test(root: Path, tests: Sequence[str], report: Path, environment: Mapping[str, str]) -> None:
    with report.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(root)
    os.environ.update(environment)
    sys.path[:] = [str(root), *[path for path in sys.path if Path(path) != ROOT]]
    for name in [name for name in sys.modules if name.partition(".")[0] in COPIED]:
        del sys.modules[name]
    sys.exit(pytest.main(["-x", "-W", f"ignore::{PRELOADED}", *tests]))
