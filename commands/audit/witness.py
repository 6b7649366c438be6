"""What an auditor brings to a check besides the database: named on the command line, by the environment, or the local system's own."""

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.evidence import Evidence
from audit.seal.keys import KeyProblem
from commands.options import file_option
from commands.system import folder
from local.language import say
from local.problem import Problem
from local.seal import seal_of
from local.stack import Servers, named_kafka, named_secret
from pipeline.kafka import Connection

PublicKeys = Annotated[
    list[Path] | None,
    file_option("--key", "封存公钥文件（可多次给出）", "a file of public keys of the sealer; may be repeated", metavar="PUBLIC.pem"),
]
CopyFile = Annotated[Path | None, file_option("--file", "检查点文件", "the file of checkpoints")]


def evidence_of(keys: list[Path], file: Path | None) -> Evidence:
    """Raises Problem for a file that was named and is not there."""
    for named in [*keys, *([file] if file else [])]:
        if not named.is_file():
            raise Problem(say(f"没有文件 {named}。", f"there is no file {named}."))
    local = None if named_secret("SUISHI_DATABASE") else seal_of(folder())
    public = keys or _there("SUISHI_SEAL_PUBLIC", local and local.public)
    copies = [file] if file else _there("SUISHI_CHECKPOINTS", local and local.file)
    return Evidence(tuple(public), next(iter(copies), None), _kafka())


def public_of(keys: list[Path]) -> Sequence[Ed25519PublicKey]:
    """Those that were named, else the environment's or the local system's; raises Problem where there are none."""
    public = keys or _there("SUISHI_SEAL_PUBLIC", seal_of(folder()).public)
    if not public:
        raise Problem(say("请用 --key 指定封存公钥文件。", "name the sealer's public key with --key."))
    return Evidence(tuple(public)).public()


@contextmanager
def from_keys() -> Generator[None]:
    """A file that holds no key, as a Problem."""
    try:
        yield
    except KeyProblem as problem:
        raise Problem(say(f"密钥文件无法使用：{problem}。", f"{problem}.")) from problem


def _there(variable: str, local: Path | None) -> list[Path]:
    named = os.environ.get(variable)
    if named and not Path(named).is_file():
        raise Problem(say(f"{variable}：没有文件 {named}。", f"{variable}: there is no file {named}."))
    found = Path(named) if named else local
    return [found] if found is not None and found.is_file() else []


def _kafka() -> Connection | None:
    if named := named_kafka():
        return named
    servers = None if named_secret("SUISHI_DATABASE") else Servers(folder())
    return servers.kafka.connection if servers and servers.kafka.program.pid else None
