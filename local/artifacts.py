"""Fetches the pinned foreign files once per user, in parallel, and refuses every byte that the lock does not name."""

import hashlib
import http.client
import os
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import BinaryIO, cast

from local.language import say
from local.problem import Problem

LOCK = Path(__file__).with_name("artifacts.lock")
CHUNK = 1 << 17
AT_ONCE = 8
PATIENCE_S = 60


@dataclass(frozen=True)
class Artifact:
    """One file of a Maven repository as the lock pins it."""

    name: str
    sha256: str
    size: int

    @property
    def filename(self) -> str:
        _, artifact, version = self.name.split(":")
        return f"{artifact}-{version}.jar"

    @property
    def path(self) -> str:
        group, artifact, version = self.name.split(":")
        return f"{group.replace('.', '/')}/{artifact}/{version}/{self.filename}"


def locked(section: str, lock: Path = LOCK) -> list[Artifact]:
    """The artifacts of one section of the lock, empty when it has no such section."""
    rows = cast("Mapping[str, Mapping[str, Mapping[str, str | int]]]", tomllib.loads(lock.read_text())).get(section, {})
    return [Artifact(name, str(row["sha256"]), int(row["bytes"])) for name, row in rows.items()]


def repository() -> str:
    """The address of the Maven repository: `SUISHI_MAVEN_REPOSITORY`, else Maven's own default."""
    chosen = os.environ.get("SUISHI_MAVEN_REPOSITORY")
    if chosen:
        return chosen.rstrip("/")
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415  half a second that only a first run should pay

    return MAVEN_CENTRAL_URL


def fetch(artifacts: Iterable[Artifact], folder: Path, advance: Callable[[int, int], None] = lambda _done, _all: None) -> list[Path]:
    """Paths of all artifacts in `folder`, the missing or damaged ones fetched; `advance` hears bytes done and bytes in all."""
    wanted = list(artifacts)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        intact = list(pool.map(is_intact, wanted, repeat(folder)))
        missing = [artifact for artifact, good in zip(wanted, intact, strict=True) if not good]
        if missing:
            _fetch_all(pool, missing, folder, advance)
    return [folder / artifact.filename for artifact in wanted]


def is_intact(artifact: Artifact, folder: Path) -> bool:
    """Whether the cached file is, byte for byte, the one the lock names."""
    try:
        with (folder / artifact.filename).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == artifact.sha256
    except OSError:
        return False


def _fetch_all(pool: ThreadPoolExecutor, missing: list[Artifact], folder: Path, advance: Callable[[int, int], None]) -> None:
    source, total, done = repository(), sum(artifact.size for artifact in missing), 0

    def arrived(count: int) -> None:
        nonlocal done
        done += count
        advance(done, total)

    largest_first = sorted(missing, key=lambda artifact: -artifact.size)
    tasks = [pool.submit(_fetch, artifact, source, folder, arrived) for artifact in largest_first]
    try:
        for task in tasks:
            task.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _fetch(artifact: Artifact, source: str, folder: Path, arrived: Callable[[int], None]) -> None:
    partial = folder / f"{artifact.filename}.{os.getpid()}.partial"
    try:
        with urllib.request.urlopen(f"{source}/{artifact.path}", timeout=PATIENCE_S) as answer, partial.open("wb") as file:  # noqa: S310
            digest = _copy(cast("BinaryIO", answer), file, arrived)
        if digest != artifact.sha256:
            raise Problem(_refusal(artifact))
        partial.replace(folder / artifact.filename)
    except urllib.error.HTTPError as failure:
        failure.close()
        raise Problem(_unreachable(artifact, source, failure)) from failure
    except (OSError, http.client.HTTPException) as failure:
        raise Problem(_unreachable(artifact, source, failure)) from failure
    finally:
        partial.unlink(missing_ok=True)


def _copy(answer: BinaryIO, file: BinaryIO, arrived: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    while chunk := answer.read(CHUNK):
        digest.update(chunk)
        file.write(chunk)
        arrived(len(chunk))
    return digest.hexdigest()


def _refusal(artifact: Artifact) -> str:
    return say(
        f"{artifact.filename} 的 SHA-256 与 local/artifacts.lock 不符，已拒绝使用；请检查 SUISHI_MAVEN_REPOSITORY 指向的仓库。",
        f"{artifact.filename} does not have the SHA-256 of local/artifacts.lock and was refused; "
        "check the repository that SUISHI_MAVEN_REPOSITORY names.",
    )


def _unreachable(artifact: Artifact, source: str, failure: Exception) -> str:
    return say(
        f"无法从 {source} 取得 {artifact.filename}（{failure}）；请检查网络和磁盘空间，或用 SUISHI_MAVEN_REPOSITORY 指定镜像。",
        f"cannot fetch {artifact.filename} from {source} ({failure}); "
        "check the network and the free disk space, or name a mirror in SUISHI_MAVEN_REPOSITORY.",
    )
