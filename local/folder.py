"""Folders of state: one that lasts, one writer at a time, and throw-away ones that a later start clears after a crash."""

import contextlib
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Generator
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import IO

from local.language import say
from local.places import ROOT_PLACES, THROW_AWAY, is_root
from local.problem import Problem
from local.process import Program

LOCK = "lock"
YOUNG_S = 600
PATIENCE_S = 5


@contextlib.contextmanager
def throw_away_folder() -> Generator[Path]:
    """A folder for the time of the block; one whose process was killed is removed by the next call, whoever makes it."""
    place = ROOT_PLACES if is_root() else Path(gettempdir())
    for old in place.glob(f"{THROW_AWAY}*"):
        _remove_if_abandoned(old)
    folder = Path(mkdtemp(prefix=THROW_AWAY, dir=place))
    folder.chmod(0o755)  # the database server's user passes through
    # Locked before it appears under its name: a folder with a free lock is always an abandoned one.
    with (folder / f"{LOCK}.new").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / f"{LOCK}.new").rename(folder / LOCK)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_abandoned(folder: Path) -> None:
    with contextlib.suppress(OSError):
        status = folder.lstat()
        if status.st_uid != os.geteuid():
            return
        if not (folder / LOCK).exists():
            if time.time() - status.st_mtime > YOUNG_S:
                shutil.rmtree(folder, ignore_errors=True)
            return
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for pid_file in folder.glob("*.pid"):
                Program(pid_file.stem, folder).stop(signal.SIGKILL, PATIENCE_S)
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def only_one(folder: Path) -> Generator[None]:
    """The folder is ours for the time of the block; the kernel frees the lock of a crashed holder."""
    with _lock_file(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            zh = f"另一个 ./suishi 正在使用 {folder}；请等它结束后再试。"
            raise Problem(say(zh, f"another ./suishi is working on {folder}; try again when it has ended.")) from held
        yield


def _lock_file(folder: Path) -> IO[str]:
    return (folder / LOCK).open("w")
