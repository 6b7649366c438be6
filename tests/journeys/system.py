"""The whole system for journeys: three real service processes, a mailbox, and short ways to say and to see things."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from county.mailbox import Mailbox
from local.services import Service, serving
from local.stack import Stack, running

NOON = datetime(2021, 1, 5, 4, tzinfo=UTC)


@dataclass(frozen=True)
class System:
    stack: Stack
    mailbox: Mailbox
    services: list[Service]
    extra: dict[str, str]

    async def say(  # noqa: PLR0913 - what a message says of itself
        self, topic: str, kind: str, data: dict[str, Any], *, about: UUID | None = None, by: str = "clerk", at: datetime = NOON
    ) -> str:
        """Publish one message; gives its id."""
        identity = str(uuid4())
        headers = {"specversion": "1.0", "id": identity, "source": "/journey", "type": kind, "time": at.isoformat(), "authid": by}
        if about is not None:
            headers["subject"] = str(about)
        await self.say_raw(topic, orjson.dumps(data), [(f"ce_{name}", text.encode()) for name, text in headers.items()], about)
        return identity

    async def say_raw(self, topic: str, value: bytes | None, headers: list[tuple[str, bytes]], about: UUID | None = None) -> None:
        async with self.stack.kafka.producer(max_request_size=16_000_000) as producer:
            await producer.send_and_wait(topic, value, key=str(about or uuid4()).encode(), headers=headers)

    async def see(self, sql: str, *arguments: object) -> list[Any]:
        connection = await asyncpg.connect(self.stack.database)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def wait_for(self, sql: str, *arguments: object, patience_s: float = 30) -> list[Any]:
        """The rows of a query as soon as there are any."""
        for _ in range(int(patience_s / 0.05)):
            if rows := await self.see(sql, *arguments):
                return rows
            await asyncio.sleep(0.05)
        message = f"nothing came of: {sql} {arguments}"
        raise AssertionError(message)

    async def history(self, service: str, stream: UUID) -> list[str]:
        rows = await self.see(f"SELECT topic FROM {service}.events WHERE stream = $1 ORDER BY version", stream)
        return [row[0] for row in rows]


@contextmanager
def performing(stack: Stack, **settings: str) -> Generator[System]:
    """Everything running for the time of the block, with these settings besides."""
    mailbox, loop = Mailbox(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(mailbox.start(), loop).result()
    extra = {"SUISHI_SMTP": mailbox.address, "SUISHI_CLOCK": "external", **settings}
    try:
        with serving(stack, stack.folder, extra) as services:
            yield System(stack, mailbox, services, extra)
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@contextmanager
def national() -> Generator[System]:
    """The same on a stack of its own, under the national pack."""
    with running() as stack, performing(stack, SUISHI_PACK="example-national-2021") as everything:
        yield everything
