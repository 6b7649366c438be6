"""A line between a service and a server that loses answers and is cut: a small TCP proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

CHUNK = 65536


class Line:
    """`loses` tells which answer is swallowed, with the connection cut instead; `lost` counts them."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None
        self._open = set[asyncio.StreamWriter]()
        self.address = ""
        self.loses: Callable[[bytes], bool] = lambda _answer: False
        self.lost = 0

    @classmethod
    @asynccontextmanager
    async def to(cls, host: str, port: int) -> AsyncIterator[Line]:
        line = cls(host, port)
        await line.up()
        try:
            yield line
        finally:
            await line.down()

    async def up(self) -> None:
        """On the address it had before, if any."""
        port = int(self.address.rpartition(":")[2] or 0)
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", port)
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def down(self) -> None:
        """Every connection is cut, and no new one is taken."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, away = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, away}
        self._open |= both
        try:
            await asyncio.gather(self._carry(reader, away, both), self._carry(there, writer, both, self._loses))
        finally:
            self._open -= both

    def _loses(self, answer: bytes) -> bool:
        lost = self.loses(answer)
        self.lost += lost
        return lost

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        both: set[asyncio.StreamWriter],
        loses: Callable[[bytes], bool] = lambda _bytes: False,
    ) -> None:
        with suppress(OSError):
            while (chunk := await reader.read(CHUNK)) and not loses(chunk):
                writer.write(chunk)
                await writer.drain()
        for end in both:
            end.transport.abort()
