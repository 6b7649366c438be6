"""The services of a throw-away system come together or not at all."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from local.problem import Problem
from local.services import serving
from local.stack import running


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
