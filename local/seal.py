"""The sealer's key of one local stack, made once, and where its checkpoints go besides the database; for development."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


@dataclass(frozen=True)
class Seal:
    """PEM files of the private key and of the public ones, and the file of checkpoints, a line each."""

    key: Path
    public: Path
    file: Path


def seal_of(folder: Path) -> Seal:
    """Where they are, or would be."""
    return Seal(folder / "seal-key.pem", folder / "seal-public.pem", folder / "checkpoints.jsonl")


def make_seal(folder: Path) -> Seal:
    """The key is made when there is none; the public one is written first, so that a key without it is never used."""
    seal = seal_of(folder)
    if not seal.key.exists():
        key = Ed25519PrivateKey.generate()
        with seal.public.open("ab") as file:
            file.write(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        partial = folder / f"{seal.key.name}.{os.getpid()}"
        partial.touch(mode=0o600)
        partial.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        partial.replace(seal.key)
    return seal
