"""What a process has used, as the kernel counts it: neighbours make the clock slow, processor time hardly."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import psutil


def processor_seconds(pids: Iterable[int]) -> float:
    """In the user's and the kernel's code together; a process that has ended counts nothing."""
    return sum(_seconds(pid) for pid in pids)


def _seconds(pid: int) -> float:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def peak_megabytes(pid: int) -> float:
    """The most memory that it ever held."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
