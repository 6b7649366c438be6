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

    def copy(self) -> None:
        """As it is now, without what other processes may just be compiling of it."""
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, self._copied / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, self._copied / part)

    @property
    def _copied(self) -> Path:
        """Never run, so that nothing in it changes while it is read."""
        return self.folder / "copied"

    def sound(self) -> Path:
        """The root of a project in which nothing is taken out."""
        return self._named_again("sound")

    @contextmanager
    def without(self, name: str, file: str, text: str, instead: str) -> Generator[Path]:
        """The root of a project with `instead` for `text` in one file."""
        root = self._named_again(name)
        (root / file).unlink()
        sound = (self._copied / file).read_text(encoding="utf-8")
        (root / file).write_text(sound.replace(text, instead), encoding="utf-8")
        yield root
        shutil.rmtree(root)

    def _named_again(self, name: str) -> Path:
        """The files of the copy under a second name, which takes a tenth of the time of a second copy."""
        return Path(shutil.copytree(self._copied, self.folder / name, copy_function=os.link))

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
