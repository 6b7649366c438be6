"""What the command line turns into one plain sentence instead of a traceback."""

import errno
import os
import re
import shutil
from pathlib import Path
from typing import Final

from local.language import say

CLOSED: Final = (errno.EACCES, errno.EPERM, errno.EROFS)
NO_ROOM: Final = os.strerror(errno.ENOSPC)
WANTS_ROOM: Final = (NO_ROOM, "Check free disk space")  # the hint of PostgreSQL where half a page found room
LITTLE_ROOM: Final = 1 << 20  # bytes
OUR_CLASS: Final = re.compile(r"^(?:services|pipeline|schemas)(?:\.\w+)+: ")


class Problem(Exception):  # noqa: N818  it is no error of ours: the machine or the user can mend it
    """Something the user can mend; its text says what is so and what to do."""


def why(output: str) -> str:
    """The line of a failed program's output that says most: that it found no room, or else the last one, without the name of our class."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["-"]
    return next((line for line in lines if _wants_room(line)), OUR_CLASS.sub("", lines[-1]))


def is_full(folder: Path) -> bool:
    """Too little is left on the folder's disk for a program to say so in its own log."""
    return shutil.disk_usage(folder).free < LITTLE_ROOM


def full_disk(failure: Exception) -> str:
    """The sentence for what failed because a disk is full; empty for every other failure."""
    if not _wants_room(str(failure)):
        return ""
    zh = f"磁盘已满（{failure}）；请腾出空间后重试。"
    return say(zh, f"a disk is full ({failure}); make room and try again.")


def no_access(failure: Exception) -> str:
    """The sentence for a place where this user may not write; empty for every other failure."""
    if not isinstance(failure, OSError) or failure.errno not in CLOSED:
        return ""
    place, reason = failure.filename, failure.strerror
    zh = f"无法写入 {place}（{reason}）；请由该目录的所有者运行，或使用可写的检出目录。"
    return say(zh, f"{place} cannot be written ({reason}); run as the owner of that folder, or in a checkout that can be written.")


def _wants_room(text: str) -> bool:
    return any(sign in text for sign in WANTS_ROOM)
