"""The sealer's private key, which nobody else may read, and the public ones of then and now, which everybody may."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

PUBLIC: Final = re.compile(rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n?", re.DOTALL)


class KeyProblem(Exception):  # noqa: N818 - its text says what is so
    """A file does not hold the key that it should; the text names it and says what to do."""


def private_key(file: Path) -> Ed25519PrivateKey:
    """Raises KeyProblem, also where others could read what is ours to close; a container is given a file of somebody else."""
    data, status = _read(file), file.stat()
    if status.st_uid == os.geteuid() and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        message = f"{file} can be read by others; close it: chmod 600 {file}"
        raise KeyProblem(message)
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{file} holds no private key of Ed25519 in PEM; make one: openssl genpkey -algorithm ed25519"
        raise KeyProblem(message)
    return key


def public_keys(file: Path) -> Sequence[Ed25519PublicKey]:
    """All keys of a PEM file, of which a rotation adds one; raises KeyProblem."""
    keys: list[Ed25519PublicKey] = []
    for block in PUBLIC.findall(_read(file)):
        try:
            key = load_pem_public_key(block)
        except (ValueError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, Ed25519PublicKey):
            message = f"{file} holds a public key that is none of Ed25519"
            raise KeyProblem(message)
        keys.append(key)
    if not keys:
        message = f"{file} holds no public key in PEM (BEGIN PUBLIC KEY)"
        raise KeyProblem(message)
    return keys


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"{file}: {error.strerror}"
        raise KeyProblem(message) from error
