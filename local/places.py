"""Where the cache and the state lie, so that `nobody` can reach the database when root runs us and nobody else can meddle."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from local.language import say
from local.problem import Problem

ROOT_PLACES = Path("/var/tmp")  # noqa: S108  guarded by `own_folder`; home folders of root are closed to `nobody`
SERVER_USER = "nobody"
THROW_AWAY = "suishi-run-"


def is_root() -> bool:
    return os.geteuid() == 0


def cache() -> Path:
    """The folder of fetched files, shared by all checkouts of one user: `SUISHI_CACHE`, else the user's cache folder."""
    chosen = os.environ.get("SUISHI_CACHE")
    if chosen:
        return own_folder(Path(chosen).absolute())
    if is_root():
        return own_folder(ROOT_PLACES / "suishi-cache")
    return own_folder(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "suishi")


def own_folder(folder: Path) -> Path:
    """The folder, made when missing; refused when another user could have put something into it."""
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as failure:
        raise Problem(
            say(f"无法创建目录 {folder}：{failure.strerror}", f"cannot make the folder {folder}: {failure.strerror}")
        ) from failure
    status = folder.lstat()
    foreign = status.st_uid != os.geteuid() or stat.S_ISLNK(status.st_mode) or status.st_mode & stat.S_IWOTH
    if foreign:
        raise Problem(say(f"目录 {folder} 不归当前用户所有，已拒绝使用。", f"the folder {folder} is not yours alone, it was refused."))
    return folder


def server_folder(folder: Path) -> Path:
    """Where the database server's own files go: `folder`, unless root runs us and `nobody` cannot reach it."""
    if not is_root() or _reachable(folder):
        return folder
    digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return own_folder(ROOT_PLACES / f"suishi-data-{digest}")


def _reachable(folder: Path) -> bool:
    resolved = folder.resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in (resolved, *resolved.parents))


def give_to_server(folder: Path) -> None:
    """An empty folder that only the database server's user may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if is_root():
        try:
            shutil.chown(folder, user=SERVER_USER)
        except LookupError as failure:
            zh, en = "本机没有 nobody 用户；请以普通用户运行。", "this machine has no user `nobody`; run as an ordinary user."
            raise Problem(say(zh, en)) from failure
