"""A backup on the disk: two folders that are kept apart, each complete in itself, each with the digest of every file in it."""

import hashlib
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal, Self, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ValidationError

from local.language import say
from local.problem import Problem

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
FORM = 1
Part: TypeAlias = Literal["log", "vault"]


class Table(BaseModel, frozen=True):
    """One table as it was copied; its rows are in `<schema>.<name>.copy`, PostgreSQL's COPY text."""

    schema_name: str
    name: str
    columns: tuple[str, ...]
    rows: int

    @property
    def full_name(self) -> str:
        return f"{self.schema_name}.{self.name}"

    @property
    def file(self) -> str:
        return f"{self.full_name}.copy"


class Manifest(BaseModel, frozen=True):
    """What a folder holds: both folders of one backup carry its `backup`, `migrations` are the files each schema had by then."""

    kind: Literal["suishi-backup"] = "suishi-backup"
    form: int = FORM
    part: Part
    backup: UUID
    made_at: datetime
    cluster: str
    migrations: dict[str, dict[str, str]]
    tables: tuple[Table, ...]


def new_folder(folder: Path) -> Path:
    """An empty folder for one part of a backup, closed to other users; raises Problem when something is in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        occupied = any(folder.iterdir())
    except OSError as error:
        zh = f"无法使用目录 {folder}：{error.strerror}"
        raise Problem(say(zh, f"the folder {folder} cannot be used: {error.strerror}")) from error
    if occupied:
        raise Problem(say(f"目录 {folder} 不是空的；请另给一个。", f"the folder {folder} is not empty; name another one."))
    return folder


class Sink:
    """One file that is on the disk when its block ends; `line` is then its line in the list of digests."""

    def __init__(self, path: Path) -> None:
        self._path, self._digest = path, hashlib.sha256()
        with _disk(path):
            self._file = path.open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        with _disk(self._path), self._file as file:
            if kind is None:
                file.flush()
                os.fsync(file.fileno())

    async def write(self, data: bytes) -> None:
        """As PostgreSQL hands it over; raises Problem when the disk takes no more."""
        with _disk(self._path):
            self._file.write(data)
        self._digest.update(data)

    @property
    def line(self) -> str:
        return f"{self._digest.hexdigest()}  {self._path.name}\n"


@contextmanager
def _disk(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise Problem(say(f"无法写入 {path}：{error.strerror}", f"cannot write {path}: {error.strerror}")) from error


async def seal(folder: Path, manifest: Manifest, lines: Iterable[str]) -> None:
    """Written last: a folder without its list of digests is one whose backup was interrupted."""
    with Sink(folder / MANIFEST) as sink:
        await sink.write(manifest.model_dump_json(indent=2).encode())
    with Sink(folder / SUMS) as sums:
        await sums.write("".join([*lines, sink.line]).encode())


def read(folder: Path, part: Part) -> Manifest:
    """The manifest of a folder whose every byte is as it was written; raises Problem."""
    text = _text(folder / MANIFEST)
    if text is None:
        raise Problem(say(f"{folder} 中没有本系统的备份。", f"{folder} holds no backup of this system."))
    sums = _text(folder / SUMS)
    if sums is None:
        zh = f"{folder} 不完整：备份未做完；请用另一份。"
        raise Problem(say(zh, f"{folder} is incomplete: its backup was interrupted; use another one."))
    _refuse_damaged(folder, sums)
    manifest = _manifest(folder, text)
    if manifest.part != part:
        zh = f"{folder} 是另一部分（{manifest.part}）；先写日志目录，再写保险库目录。"
        raise Problem(say(zh, f"{folder} is the other part ({manifest.part}); name the folder of the logs first, then the vault's."))
    return manifest


def read_both(log: Path, vault: Path) -> tuple[Manifest, Manifest]:
    """The two parts of one backup; raises Problem."""
    of_log, of_vault = read(log, "log"), read(vault, "vault")
    if of_log.backup != of_vault.backup:
        when = (f"{one.made_at:%Y-%m-%d %H:%M:%S} UTC" for one in (of_log, of_vault))
        zh, en = "两个目录不属于同一份备份：{} 与 {}。", "the two folders are of different backups: {} and {}."
        raise Problem(say(zh, en).format(*when))
    return of_log, of_vault


def _refuse_damaged(folder: Path, sums: str) -> None:
    lines = [line.partition("  ") for line in sums.splitlines()]
    named = {name for _, _, name in lines}
    for digest, _, name in lines:
        if _digest(folder / name) != digest:
            raise Problem(damaged(folder, name))
    if MANIFEST not in named:
        raise Problem(damaged(folder, SUMS))


def damaged(folder: Path, name: str) -> str:
    """What to say of a file that is not what the backup wrote."""
    zh = f"{folder} 已损坏：{name} 与写入时不同；请用另一份备份。"
    return say(zh, f"{folder} is damaged: {name} is not as it was written; use another backup.")


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _manifest(folder: Path, text: str) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise Problem(say(f"{folder} 不是本系统的备份。", f"{folder} is no backup of this system.")) from error
    if manifest.form > FORM:
        zh = f"{folder} 由更新的版本写成；请用该版本恢复。"
        raise Problem(say(zh, f"{folder} was written by a newer release; restore it with that one."))
    return manifest
