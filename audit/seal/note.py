"""A checkpoint as a signed note: what C2SP's tlog-checkpoint and signed-note say, so that other people's tools can check it.

The text is origin, size and root in base64, a line each; behind an empty line stand the signatures, each with the name of its key, which
is the origin, and in base64 four bytes that name the key and the signature of Ed25519.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.merkle import LENGTH

ED25519: Final = b"\x01"
ID: Final = 4
LINES: Final = 3
DIGITS: Final = 19
LEAVES: Final = "leaves "
DASH: Final = "— "


class BadNote(ValueError):  # noqa: N818 - it says what is so
    """Its text says what is wrong with it."""


class UnknownKey(BadNote):
    """Nobody whose key is known signed it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first `size` events of a log have this root; `leaves` is the hash of their leaves, a line of its own where it is not SHA-256."""

    origin: str
    size: int
    root: bytes
    leaves: str = "sha256"

    @property
    def text(self) -> str:
        more = "" if self.leaves == "sha256" else f"{LEAVES}{self.leaves}\n"
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n{more}"


def origin(service: str) -> str:
    """Under which name the log of a service is sealed."""
    return f"suishi/{service}"


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """By which a signature names its key."""
    return sha256(name.encode() + b"\n" + ED25519 + key.public_bytes_raw()).digest()[:ID]


def verifier(name: str, key: Ed25519PublicKey) -> str:
    """The public key as other tools take it."""
    return f"{name}+{key_id(name, key).hex()}+{b64encode(ED25519 + key.public_bytes_raw()).decode()}"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The whole note."""
    said = key_id(checkpoint.origin, key.public_key()) + key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n{DASH}{checkpoint.origin} {b64encode(said).decode()}\n"


def unverified(note: str) -> Checkpoint:
    """What a note says, whoever wrote it; raises BadNote."""
    text, _, _ = note.rpartition("\n\n")
    lines = text.split("\n")
    if len(lines) < LINES or not lines[0] or not lines[1].isascii() or not lines[1].isdecimal() or len(lines[1]) > DIGITS:
        raise BadNote(NO_NOTE)
    root = _bytes(lines[2])
    if len(root) != LENGTH or lines[1] != str(int(lines[1])):
        raise BadNote(NO_NOTE)
    named = [line.removeprefix(LEAVES) for line in lines[LINES:] if line.startswith(LEAVES)]
    return Checkpoint(lines[0], int(lines[1]), root, *named[:1])


def opened(note: str, keys: Iterable[Ed25519PublicKey]) -> Checkpoint:
    """What a note says that one of these keys signed; raises BadNote, and UnknownKey where none of them did."""
    checkpoint = unverified(note)
    text, _, signatures = note.rpartition("\n\n")
    known = {key_id(checkpoint.origin, key): key for key in keys}
    signed = [(known[which], signature) for which, signature in _signatures(signatures, checkpoint.origin) if which in known]
    if not signed:
        message = f"the checkpoint of size {checkpoint.size} is not signed with a key that is known here"
        raise UnknownKey(message)
    for key, signature in signed:
        try:
            key.verify(signature, f"{text}\n".encode())
        except InvalidSignature as error:
            message = f"the signature of the checkpoint of size {checkpoint.size} is wrong"
            raise BadNote(message) from error
    return checkpoint


def key_ids(note: str) -> Sequence[str]:
    """The keys that the log's own signatures name, in hexadecimal."""
    text, _, signatures = note.rpartition("\n\n")
    return [which.hex() for which, _ in _signatures(signatures, text.partition("\n")[0])]


NO_NOTE: Final = "this is not a signed checkpoint: a note with origin, size and root, and signatures behind an empty line"


def _signatures(lines: str, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Of this name's, others may be witnesses; raises BadNote."""
    *whole, rest = lines.split("\n")
    for line in whole:
        who, _, signature = line.removeprefix(DASH).rpartition(" ")
        if rest or not line.startswith(DASH):
            raise BadNote(NO_NOTE)
        if who == name:
            said = _bytes(signature)
            yield said[:ID], said[ID:]


def _bytes(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (Error, ValueError) as error:
        raise BadNote(NO_NOTE) from error
    if b64encode(data).decode() != text:  # the same bytes are not written in two ways
        raise BadNote(NO_NOTE)
    return data
