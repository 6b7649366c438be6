"""The secrets of one local stack: made once, kept readable by its owner only, for development."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


def _secret() -> str:
    return secrets.token_urlsafe(24)


def _key() -> str:
    return secrets.token_hex(32)


@dataclass(frozen=True)
class Passwords:
    """`database`: the owner's and the superuser's; `vault_key`: 32 bytes in hexadecimal."""

    database: str = field(default_factory=_secret)
    vault_key: str = field(default_factory=_key)


def passwords(folder: Path) -> Passwords:
    """The secrets kept in the folder, made when there are none."""
    file = folder / "passwords.json"
    if not file.exists():
        partial = folder / f"passwords.json.{os.getpid()}"
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(asdict(Passwords())))
        partial.replace(file)
    return Passwords(**json.loads(file.read_text()))
