"""A disk so small that a file fills it: memory under a folder, which only root may put there."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path
from typing import Final

import pytest

PIECE: Final = bytes(2**20)


class Disk:
    """What lies under `place` has so many megabytes, and no more."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self._place, self._size = place, f"size={megabytes}m"
        self._ballast = place / "ballast"

    def mount(self) -> None:
        """Around the files that are there, with their owners and rights; skips the test where nobody may mount."""
        aside = self._place.with_name(f"{self._place.name}-aside")
        self._place.rename(aside)
        self._place.mkdir()
        done = _run("mount", "-t", "tmpfs", "-o", self._size, "suishi-test", str(self._place))
        if done.returncode:
            pytest.skip(f"a small disk needs the right to mount a tmpfs, which root has: {done.stderr.strip()}")
        _run("cp", "-a", f"{aside}/.", str(self._place)).check_returncode()

    def unmount(self) -> None:
        _run("umount", "--lazy", str(self._place))

    def fill(self) -> None:
        """To the last page of it, also what was deleted since it was full."""
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while ballast.write(PIECE):
                    pass
            except OSError as full:
                assert full.errno == errno.ENOSPC  # noqa: PT017 - whatever else went wrong

    def free(self) -> None:
        self._ballast.unlink()


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
