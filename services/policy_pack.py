"""Reads a service's part of a policy pack; a wrong value is named by file and key before anything is decided by it."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

P = TypeVar("P", bound=BaseModel)


class WrongPack(Exception):  # noqa: N818 - it says what is so
    """A policy pack cannot be used; the text names the file, the key and the problem."""


def names(folder: Path) -> list[str]:
    """The packs that there are, sorted."""
    return sorted(file.stem for file in folder.glob("*.toml"))


def load(policy: type[P], folder: Path, name: str) -> P:
    """The pack of that name, with `digest`, the SHA-256 of its file; raises `WrongPack`."""
    file = folder / f"{name}.toml"
    if not file.is_file():
        message = f"there is no policy pack {name!r}; there are: {', '.join(names(folder))}"
        raise WrongPack(message)
    content = file.read_bytes()
    try:
        return policy.model_validate({**tomllib.loads(content.decode()), "digest": sha256(content).hexdigest()})
    except ValidationError as error:
        first = error.errors()[0]
        key, problem = ".".join(str(part) for part in first["loc"]), first["msg"].removeprefix("Value error, ")
        message = f"{file.name}: {key}: {problem}"
        raise WrongPack(message) from error
    except ValueError as error:
        message = f"{file.name}: is no TOML: {error}"
        raise WrongPack(message) from error
