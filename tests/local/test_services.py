"""The services of a throw-away system come together or not at all."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil
import pytest

from local.problem import Problem
from local.services import Report, Service, serving
from local.stack import running
from local.tether import identity


def children() -> set[int]:
    """Of this process, those among them that ended and nobody waited for."""
    return {child.pid for child in psutil.Process().children()}


def test_of_services_of_which_one_cannot_start_no_process_is_left(tmp_path: Path) -> None:
    """On a stack of its own: their logins are made there."""
    with running() as stack:
        before = children()
        with pytest.raises(Problem, match=r"^enrollment is not running"), serving(stack, tmp_path, {"SUISHI_VAULT_KEY": "no key"}):
            pass
        assert children() == before


def test_a_service_that_lives_and_does_not_answer_in_time_is_busy(tmp_path: Path) -> None:
    """Whoever listens and says nothing, under the name of this process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        (tmp_path / "enrollment.port").write_text(str(listening.getsockname()[1]))
        (tmp_path / "enrollment.pid").write_text(identity(os.getpid()))
        assert Report("busy") == Service("enrollment", tmp_path).report()
    assert Report("starting") == Service("enrollment", tmp_path).report()
