"""Notices what nobody comes to rest from: a process that ended, or a full disk on which everybody waits."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from local.problem import NO_ROOM, Problem, is_full
from local.process import Program

EVERY_S: Final = 1.0


async def watch(programs: Sequence[Program], folder: Path) -> None:
    """Until cancelled; raises a Problem when one of the programs has ended or the disk of the folder is full."""
    while True:
        if is_full(folder):
            message = f"{folder}: {NO_ROOM}"
            raise Problem(message)
        for program in programs:
            if program.pid is None:
                raise program.failure()
        await asyncio.sleep(EVERY_S)
