"""The keys of the vault, each derived from the master secret for one purpose, and how something is closed and opened with one."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from os import urandom
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.topics import PERSONAL

NONCE: Final = 12


class NoVaultKey(Exception):  # noqa: N818 - it says what is so
    """SUISHI_VAULT_KEY is missing, short or another vault's: without it nobody can be found or read."""


def derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, b"suishi " + purpose).derive(master)


def close(key: bytes, plain: bytes, place: bytes | None = None) -> bytes:
    """What was closed for a place, the key of its row, opens there only: rows cannot be exchanged unseen."""
    nonce = urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def open_(key: bytes, sealed: bytes, place: bytes | None = None) -> bytes:
    """Raises `InvalidTag`; what was closed before places were named opens anywhere until it is written again."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place)
    except InvalidTag:
        if place is None:
            raise
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)


@dataclass(frozen=True)
class Keys:
    """Derived from one master secret (64 hexadecimal digits), each for one purpose."""

    master: bytes = field(repr=False)
    personal: frozenset[str] = PERSONAL

    @classmethod
    def from_text(cls, text: str) -> Keys:
        """Raises `NoVaultKey`."""
        try:
            master = bytes.fromhex(text)
        except ValueError:
            master = b""
        if len(master) < 32:  # noqa: PLR2004 - bytes of an AES-256 key
            message = "set SUISHI_VAULT_KEY to 64 hexadecimal digits, for instance from: openssl rand -hex 32"
            raise NoVaultKey(message)
        return cls(master)

    def close(self, plain: bytes, place: bytes | None = None) -> bytes:
        return close(derive(self.master, b"records"), plain, place)

    def open(self, sealed: bytes, place: bytes | None = None) -> bytes:
        return open_(derive(self.master, b"records"), sealed, place)

    def names(self) -> Callable[[str], UUID]:
        """Gives the same id for the same text, to whoever has the key; without it anybody could try the numbers of a county."""
        key = derive(self.master, b"names")
        return lambda text: UUID(bytes=hmac.digest(key, text.encode(), sha256)[:16], version=5)
