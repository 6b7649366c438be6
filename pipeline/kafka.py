"""How to come to Kafka: where it is, as whom, and over which wire; every client of ours is made from this one value."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypedDict, Unpack

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

MECHANISM: Final = "SCRAM-SHA-512"


class Options(TypedDict, total=False):
    """What the clients of aiokafka have in common."""

    bootstrap_servers: str
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
    ssl_context: ssl.SSLContext
    sasl_mechanism: str
    sasl_plain_username: str
    sasl_plain_password: str


class Sending(TypedDict, total=False):
    """In what a producer may differ from the others: bytes of a batch and of a request, what it waits to fill one, who picks partitions."""

    max_batch_size: int
    max_request_size: int
    linger_ms: int
    partitioner: Callable[[bytes | None, list[int], list[int]], int]


@dataclass(frozen=True)
class Connection:
    """`servers` is host:port, several with commas; without a user nobody is named; `authority`, a PEM file, encrypts the wire."""

    servers: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: Path | None = None

    def __str__(self) -> str:
        return self.servers

    @property
    def options(self) -> Options:
        """The keyword arguments of aiokafka's producer, consumer and admin client."""
        chosen: Options = {"bootstrap_servers": self.servers}
        if self.tls:
            chosen |= {"security_protocol": "SSL", "ssl_context": self.tls}
        if self.user:
            chosen |= {"security_protocol": "SASL_SSL" if self.tls else "SASL_PLAINTEXT", "sasl_mechanism": MECHANISM}
            chosen |= {"sasl_plain_username": self.user, "sasl_plain_password": self.password}
        return chosen

    @asynccontextmanager
    async def producer(self, **sending: Unpack[Sending]) -> AsyncGenerator[AIOKafkaProducer]:
        """Started, and stopped at the end; what it was told is taken is on every replica, once. Raises KafkaError.

        One that could not start is stopped as well, which its own `async with` leaves undone.
        """
        made = AIOKafkaProducer(**self.options, acks="all", enable_idempotence=True, **sending)
        try:
            await made.start()
            yield made
        finally:
            await made.stop()

    @property
    def tls(self) -> ssl.SSLContext | None:
        """None where nothing is encrypted."""
        return _trusting(self.authority) if self.authority else None


async def cluster_of(kafka: Connection) -> str:
    """The id of the cluster; one whose disks were lost comes back with another. Raises KafkaError."""
    admin = AIOKafkaAdminClient(**kafka.options)
    try:
        await admin.start()
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


@lru_cache
def _trusting(authority: Path) -> ssl.SSLContext:
    """Certificates of this authority only, for the name that we dialled."""
    return ssl.create_default_context(cafile=authority)
