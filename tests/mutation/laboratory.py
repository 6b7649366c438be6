"""Copies of the project, and runs of its tests in them, by processes that have the libraries in memory already."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from local.services import ROOT

COPIED: Final = ("pipeline", "schemas", "services", "local", "audit", "county", "tests", "pyproject.toml")
LIBRARIES: Final = (
    "aiokafka", "aiosmtpd.smtp", "aiosmtplib", "anyio.pytest_plugin", "asyncpg", "cloudevents.core.bindings.kafka", "eventsourcing.popo",
    "faststream.kafka", "httpcore", "httpx", "hypothesis.strategies", "prometheus_client", "pytest_asyncio.plugin", "pytest_timeout",
    "time_machine", "uvloop", "xdist.plugin", "xdist.scheduler",
)  # fmt: skip
UNCOMPILED: Final = shutil.ignore_patterns("__pycache__", "report.txt")
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

    @property
    def sound(self) -> Path:
        """The root of the copy in which nothing is taken out."""
        return self.folder / "sound"

    def copy(self) -> None:
        """Makes the sound copy."""
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, self.sound / part, ignore=UNCOMPILED)
            else:
                shutil.copy2(source, self.sound / part)

    @contextmanager
    def without(self, name: str, file: str, text: str, instead: str) -> Generator[Path]:
        """The root of a copy with `instead` for `text` in one file; all others are those of the sound copy, under a second name."""
        root = self.folder / name
        shutil.copytree(self.sound, root, ignore=UNCOMPILED, copy_function=os.link)
        (root / file).unlink()
        sound = (self.sound / file).read_text(encoding="utf-8")
        (root / file).write_text(sound.replace(text, instead), encoding="utf-8")
        yield root
        shutil.rmtree(root)

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
    FORKING.set_forkserver_preload([__name__, *LIBRARIES])


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
