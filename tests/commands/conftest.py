import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from local.passwords import passwords
from local.services import ROOT, kafka_settings
from local.stack import running
from tests.journeys.system import System, performing

Suishi: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def system() -> Iterator[System]:
    """A stack of its own: the topics of the services have fixed names."""
    with running() as stack, performing(stack) as everything:
        yield everything


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """`./suishi` with these arguments, in English."""
    command = [sys.executable, "-P", "-m", "commands", *map(str, arguments)]
    inherited = {**os.environ, "PYTHONPATH": str(ROOT), "SUISHI_LANG": "en", "COLUMNS": "200"}
    return subprocess.run(command, env={**inherited, **environment}, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603


@pytest.fixture
def suishi() -> Suishi:
    """The command line where no system is needed."""
    return run


@pytest.fixture
def on(system: System) -> Suishi:
    """The command line on the running system."""
    place = {**kafka_settings(system.stack.kafka), "SUISHI_DATABASE": system.stack.database}
    key = passwords(system.stack.folder).vault_key
    return lambda *arguments, **more: run(*arguments, **{**place, "SUISHI_VAULT_KEY": key, **more})
