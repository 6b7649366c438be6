"""Reads a policy pack; a wrong value is named by file and key."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.enrollment.domain.policy import Policy

FEN_PER_YUAN = 100


class WrongPack(Exception):  # noqa: N818 - it says what is so
    """A policy pack cannot be used; the text names the file, the key and the problem."""


def load(name: str) -> Policy:
    """The pack of that name with its SHA-256; yuan become fen here and nowhere else."""
    file = Path(__file__).parent / f"{name}.toml"
    content = file.read_bytes()
    try:
        pack: dict[str, Any] = tomllib.loads(content.decode())
        for line in pack["lines"]:
            line["fen_per_person"] = line.pop("yuan_per_person") * FEN_PER_YUAN
        for signal in pack["signals"].values():
            yuan = signal.pop("threshold_yuan", {})
            signal["threshold_fen"] = {category: amount * FEN_PER_YUAN for category, amount in yuan.items()}
        return Policy.model_validate({**pack, "digest": sha256(content).hexdigest()})
    except (KeyError, ValidationError, tomllib.TOMLDecodeError) as error:
        message = f"{file.name} cannot be used: {error}"
        raise WrongPack(message) from error
