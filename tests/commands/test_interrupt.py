"""Ctrl-C is told as what it is."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
sys.argv = ["suishi", "wait"]
from commands.app import app, run
@app.command()
def wait() -> None:
    raise KeyboardInterrupt
run(lambda: None)
"""


def test_ctrl_c_is_one_word_and_its_own_code() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)  # noqa: S603 - our own text
    assert (done.returncode, done.stderr.strip(), done.stdout) == (130, "suishi: interrupted.", "")
