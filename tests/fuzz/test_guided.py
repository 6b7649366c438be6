"""A fuzzer looks for bytes that the door was not made for, by the lines of ours that each record comes to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from local.services import ROOT

WHY: Final = "atheris is not installed: ./suishi check installs it on Linux, x86-64, below Python 3.14"
SEEDS: Final = 216


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> int:
    return 180 if request.config.getoption("--long") else 12


@pytest.mark.skipif(find_spec("atheris") is None, reason=WHY)
def test_no_bytes_make_the_door_raise_or_lose_a_record(tmp_path: Path, seconds: int) -> None:
    """What it found is printed as Base64; SUISHI_SEED gives the same run again."""
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    options = [f"-max_total_time={seconds}", f"-seed={os.environ.get('SUISHI_SEED', '0')}", f"-artifact_prefix={tmp_path}/"]
    command = [sys.executable, "-P", "-m", "tests.fuzz.guided", str(inputs), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    print(*re.findall(r"^INFO: Seed.*|^stat::number.*", done.stderr, re.MULTILINE), sep="\n")  # noqa: T201 - to see the same run again
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]
    (runs,) = re.findall(r"number_of_executed_units: *(\d+)", done.stderr)
    assert int(runs) > 2 * SEEDS
