"""Keys come from files: the private one is closed to others, the public ones are as many as there were."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from audit.seal.keys import KeyProblem, private_key, public_keys

OURS, NEXT = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
CURVE = generate_private_key(SECP256R1())


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def written(file: Path, data: bytes, mode: int = 0o600) -> Path:
    file.write_bytes(data)
    file.chmod(mode)
    return file


def test_a_private_key_that_only_its_owner_reads_is_taken(tmp_path: Path) -> None:
    assert OURS.private_bytes_raw() == private_key(written(tmp_path / "key.pem", pem(OURS))).private_bytes_raw()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_private_key_that_others_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = written(tmp_path / "key.pem", pem(OURS), mode)
    with pytest.raises(KeyProblem, match=f"{file} can be read by others; close it: chmod 600 {file}"):
        private_key(file)


@pytest.mark.parametrize("data", [b"", b"no key", public_pem(OURS), CURVE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())])
def test_what_is_no_private_key_of_ed25519_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(KeyProblem, match="holds no private key of Ed25519 in PEM; make one: openssl genpkey"):
        private_key(written(tmp_path / "key.pem", data))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match=r"key\.pem: No such file or directory"):
        private_key(tmp_path / "key.pem")


def test_a_file_holds_the_public_keys_of_then_and_now(tmp_path: Path) -> None:
    file = written(tmp_path / "public.pem", b"# until 2026\n" + public_pem(OURS) + public_pem(NEXT), 0o644)
    assert [OURS.public_key().public_bytes_raw(), NEXT.public_key().public_bytes_raw()] == [
        key.public_bytes_raw() for key in public_keys(file)
    ]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "holds no public key in PEM"),
        (pem(OURS), "holds no public key in PEM"),
        (CURVE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "holds a public key that is none of Ed25519"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "holds a public key that is none of Ed25519"),
    ],
)
def test_what_is_no_public_key_of_ed25519_is_refused(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(KeyProblem, match=problem):
        public_keys(written(tmp_path / "public.pem", data))
