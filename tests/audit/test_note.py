"""A note is what Go's own library writes, and nothing that was changed passes for one."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.seal.note import BadNote, Checkpoint, UnknownKey, key_ids, opened, sign, verifier

GO = json.loads((Path(__file__).parent / "vectors/vectors.json").read_text(encoding="utf-8"))
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(GO["seed"]))
PUBLIC = KEY.public_key()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
SEALED = Checkpoint("suishi/enrollment", 13, b64decode(GO["roots"][12]))
ROOT = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def test_a_signed_note_is_the_one_that_go_writes() -> None:
    assert GO["note"] == sign(SEALED, KEY)


def test_the_public_key_is_told_as_go_tells_it() -> None:
    assert GO["verifier"] == verifier("suishi/enrollment", PUBLIC)
    assert ["2aacdb86"] == key_ids(GO["note"])


def test_a_note_tells_what_was_signed() -> None:
    assert SEALED == opened(GO["note"], [OTHER.public_key(), PUBLIC])


def test_a_note_that_a_witness_signed_as_well_is_still_the_logs() -> None:
    witnessed = f"{sign(SEALED, KEY)}— witness.example/w {ROOT}\n"
    assert SEALED == opened(witnessed, [PUBLIC])


def test_more_lines_may_follow_the_root() -> None:
    """C2SP lets a log say more; it is signed as well."""
    text = f"suishi/enrollment\n13\n{ROOT}\nmore\n"
    signature = sign(SEALED, KEY).rpartition("\n\n")[2]
    with pytest.raises(BadNote, match="the signature of the checkpoint of size 13 is wrong"):
        opened(f"{text}\n{signature}", [PUBLIC])


def test_another_key_is_unknown() -> None:
    with pytest.raises(UnknownKey, match="the checkpoint of size 13 is not signed with a key that is known here"):
        opened(sign(SEALED, OTHER), [PUBLIC])


@given(st.integers(0, len(GO["note"].encode()) - 1), st.integers(0, 7))
def test_no_flipped_bit_passes(place: int, bit: int) -> None:
    raw = bytearray(GO["note"].encode())
    raw[place] ^= 1 << bit
    with pytest.raises(BadNote, match=r"."):
        opened(raw.decode("utf-8", errors="replace"), [PUBLIC])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "suishi/enrollment",
        f"suishi/enrollment\n-1\n{ROOT}\n\n— suishi/enrollment {ROOT}\n",
        f"suishi/enrollment\n013\n{ROOT}\n\n— suishi/enrollment {ROOT}\n",
        f"suishi/enrollment\n٣\n{ROOT}\n\n— suishi/enrollment {ROOT}\n",
        f"suishi/enrollment\n13\nAAAA\n\n— suishi/enrollment {ROOT}\n",
        f"suishi/enrollment\n13\n{ROOT}\n\nsuishi/enrollment {ROOT}\n",
        f"suishi/enrollment\n13\n{ROOT}\n\n— suishi/enrollment not base64\n",
    ],
)
def test_what_is_no_note_is_told(note: str) -> None:
    with pytest.raises(BadNote, match=r"this is not a signed checkpoint|not signed with a key"):
        opened(note, [PUBLIC])
