"""Files that a command writes and that must not be there before."""

import os
from pathlib import Path

from local.language import say
from local.problem import Problem


def check_free(file: Path | None) -> None:
    """Before anything is read for it, where one was named; raises Problem."""
    if file is None:
        return
    if file.exists():
        raise _taken(file)
    if not file.parent.is_dir():
        raise Problem(say(f"目录 {file.parent} 不存在。", f"there is no folder {file.parent}."))
    if not os.access(file.parent, os.W_OK):
        raise Problem(say(f"无法写入目录 {file.parent}。", f"nothing can be written into {file.parent}."))


def write(file: Path, document: bytes) -> None:
    """Raises Problem."""
    try:
        with file.open("xb") as kept:
            kept.write(document)
    except FileExistsError as error:
        raise _taken(file) from error
    except OSError as error:
        raise Problem(say(f"无法写入 {file}：{error.strerror}。", f"cannot write {file}: {error.strerror}.")) from error


def _taken(file: Path) -> Problem:
    return Problem(say(f"{file} 已存在；请换一个文件名。", f"{file} is already there; name another file."))
