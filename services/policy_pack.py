"""Reads a service's part of a policy pack; whatever is wrong is named by file and key before anything is decided by it."""

from __future__ import annotations

import json
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

P = TypeVar("P", bound=BaseModel)


class WrongPack(Exception):  # noqa: N818 - it says what is so
    """A policy pack cannot be used; the text names the file, and each key with its problem."""


def names(folder: Path) -> list[str]:
    """The packs that there are, sorted."""
    return sorted(file.stem for file in folder.glob("*.toml"))


def load(policy: type[P], folder: Path, name: str) -> P:
    """The pack of that name, with `digest`, the SHA-256 of its content; raises `WrongPack`."""
    file = folder / f"{name}.toml"
    if not file.is_file():
        message = f"there is no policy pack {name!r}; there are: {', '.join(names(folder))}"
        raise WrongPack(message)
    return read(policy, file)


def read(policy: type[P], file: Path) -> P:
    """What one file says; raises `WrongPack`."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        message = f"{file.name}: is no TOML: {error}"
        raise WrongPack(message) from error
    try:
        return policy.model_validate({**content, "digest": content_digest(content)})
    except ValidationError as error:
        message = f"{file.name}: {'; '.join(_problems(error))}"
        raise WrongPack(message) from error


def content_digest(content: dict[str, Any]) -> str:
    """The SHA-256 of all keys and values, hexadecimal; order of keys, spacing and comments make no difference."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return sha256(canonical.encode()).hexdigest()


def _problems(error: ValidationError) -> list[str]:
    """Every problem, each behind the key that has it."""
    return [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()]
