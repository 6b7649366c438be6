"""What an auditor has that is not in the database: public keys, the file of checkpoints, and the way to Kafka."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from aiokafka.errors import KafkaError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.seal.copies import FILE, TOPIC, Copies, Place
from audit.seal.file import BadLine, checkpoints
from audit.seal.keys import public_keys
from audit.seal.sealing import Signed
from audit.seal.topic import published
from audit.verdict import Bad
from local.language import say
from pipeline.kafka import Connection


@dataclass(frozen=True)
class Evidence:
    """`keys` are PEM files; what is not there cannot be compared, and the verdict says so."""

    keys: Sequence[Path] = ()
    file: Path | None = None
    kafka: Connection | None = None

    def public(self) -> Sequence[Ed25519PublicKey]:
        """Raises `audit.seal.keys.KeyProblem`."""
        return [key for file in self.keys for key in public_keys(file)]

    @asynccontextmanager
    async def of(self, service: str) -> AsyncGenerator[Opened]:
        """The copies up to where they reach now: to be opened before the database's snapshot, which then has all that they have."""
        opened = Opened(service, [] if self.keys else ["signatures"], [])
        async with AsyncExitStack() as open_:
            if self.file is not None and self.file.exists():
                opened.copies.append((FILE, _lines(self.file, service, self.file.stat().st_size)))
            else:
                opened.missing.append(FILE.name)
            if self.kafka is None or not await opened.reach(self.kafka, open_):
                opened.missing.append(TOPIC.name)
            yield opened


@dataclass(frozen=True)
class Opened:
    """The copies of one log's checkpoints; `missing` names those that could not be had or compared, or what of them."""

    service: str
    missing: list[str]
    copies: list[tuple[Place, AsyncIterator[Signed]]]

    async def reach(self, kafka: Connection, open_: AsyncExitStack) -> bool:
        """Whether the topic can be read."""
        try:
            self.copies.append((TOPIC, await open_.enter_async_context(published(kafka, self.service))))
        except (KafkaError, OSError):
            return False
        return True

    async def hold(self, connection: asyncpg.Connection, keys: Sequence[Ed25519PublicKey]) -> None:
        """Raises Bad."""
        copies = Copies(connection, self.service, keys)
        for place, copy in self.copies:
            try:
                self.missing.extend(await copies.hold(place, copy))
            except BadLine as bad:
                raise Bad(None, say(f"{place.zh}有一行不是检查点", str(bad))) from bad
            except KafkaError:
                self.missing.append(TOPIC.name)


async def _lines(file: Path, service: str, length: int) -> AsyncIterator[Signed]:
    for one in checkpoints(file, length):
        if one.service == service:
            yield one
