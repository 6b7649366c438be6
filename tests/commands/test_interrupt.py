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


STOPPING = """
import asyncio, os, signal, sys
sys.argv = ["suishi", "wait"]
from commands.app import app, run
from commands.interruption import interruption_told
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background
async def slow() -> None:
    with interruption_told():
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(60)
        finally:
            sys.stderr.write("stopped\\n")
@app.command()
def wait() -> None:
    asyncio.run(slow())
run(lambda: None)
"""


def test_ctrl_c_is_answered_before_anything_has_stopped() -> None:
    done = subprocess.run([sys.executable, "-c", STOPPING], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603 - our own text
    assert (done.returncode, done.stderr.splitlines()) == (130, ["stopping ...", "stopped", "suishi: interrupted."])
