"""Keeps the vault as the log says: destroys the keys of whom was erased, and tells the log who read in plain."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaProducer
from pydantic import ValidationError

from pipeline.kafka import Connection
from pipeline.store import Commit, Recorded
from schemas.enrollment import RecordReading
from schemas.topics import COMMANDS
from services.enrollment.domain.erasure.custody_events import PersonErased
from services.enrollment.translate.custody import custody_stream
from services.enrollment.vault import Vault

ERASED: Final = "SELECT person FROM erased"
KEPT_BACK: Final = "written in the vault alone"
AT_ONCE: Final = 100
POLL_SECONDS: Final = 2


def reading_message(read: Any) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:  # noqa: ANN401 - a row of asyncpg
    """Key, value and headers; the same reading always has the same id, and a restored vault that counts anew gives others."""
    at = read["read_at"].astimezone(UTC).isoformat()
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", f"vault-read/{read['id']}/{at}".encode()),
        ("ce_source", b"/suishi/vault"),
        ("ce_type", RecordReading.TYPE.encode()),
        ("ce_time", at.encode()),
        ("ce_authtype", b"user"),
        ("ce_authid", read["by_whom"].encode()),
        ("content-type", b"application/json"),
    ]
    return str(custody_stream(read["what"])).encode(), _reading(read).model_dump_json().encode(), headers


def _reading(read: Any) -> RecordReading:  # noqa: ANN401 - a row of asyncpg
    """A reading is told whatever was written as its purpose; what may not go into the log stays in the vault."""
    try:
        return RecordReading(what=read["what"], purpose=read["purpose"])
    except ValidationError:
        return RecordReading(what=read["what"], purpose=KEPT_BACK)


class Custodian:
    """Runs beside enrollment's writer. Whatever it does is done again at the next start, and changes nothing then."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], vault: Vault, kafka: Connection) -> None:
        self._pool, self._vault, self._kafka = pool, vault, kafka
        self._erased = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - what every loop is told
        if any(isinstance(one.event, PersonErased) for one in recorded):
            self._erased.set()

    async def run(self) -> None:
        self._erased.set()  # an older vault may have been restored: the log remembers whom it has to forget
        async with self._kafka.producer() as producer:
            while True:
                if self._erased.is_set():
                    self._erased.clear()
                    await self._vault.erase([row[0] for row in await self._pool.fetch(ERASED)])
                await self._tell_reads(producer)
                await self._rest()

    async def _tell_reads(self, producer: AIOKafkaProducer) -> None:
        """Sent first and marked then: what is sent twice is one message."""
        while reads := await self._vault.untold_reads(AT_ONCE):
            for read in reads:
                key, value, headers = reading_message(read)
                await producer.send_and_wait(COMMANDS["enrollment"], value, key=key, headers=headers)
            await self._vault.reads_told([read["id"] for read in reads])

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._erased.wait(), POLL_SECONDS)
        except TimeoutError:
            return
