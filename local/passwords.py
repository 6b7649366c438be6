"""The secrets of one local stack: made once, kept readable by its owner only, for development."""

import hmac
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
    """`database`: the owner's and the superuser's; `vault_key`: 32 bytes in hexadecimal; `logins`: of which all others are made."""

    database: str = field(default_factory=_secret)
    vault_key: str = field(default_factory=_key)
    logins: str = field(default_factory=_key)

    def of(self, login: str) -> str:
        """The password of a user of Kafka or a role of PostgreSQL; it tells nothing of the others."""
        return hmac.digest(bytes.fromhex(self.logins), login.encode(), "sha256").hex()


def passwords(folder: Path) -> Passwords:
    """The secrets kept in the folder, made when there are none."""
    file = folder / "passwords.json"
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    secrets = Passwords(**kept)
    if asdict(secrets) != kept:
        partial = folder / f"passwords.json.{os.getpid()}"
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(asdict(secrets)))
        partial.replace(file)
    return secrets
