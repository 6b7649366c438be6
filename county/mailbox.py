"""A real SMTP server on loopback that counts what arrives, so that the demo can say what a cadre would have received."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from county.letters import Letter, by_email


class Mailbox:
    """`received` counts letters by notification, a digest for each that it lists.

    `first` is when the first letter of each correlation came, in monotonic seconds.
    """

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        self.first: dict[str, float] = {}
        self._kept: list[tuple[bytes, str]] = []
        self.address = ""

    def read(self) -> list[Letter]:
        """As their recipients read them."""
        return [by_email(*kept) for kept in self._kept]

    async def start(self) -> asyncio.Server:
        """Listen on a free port of 127.0.0.1; `address` is host:port from then on."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, hostname="county.invalid", enable_SMTPUTF8=True), "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content: Any = envelope.content
        content = content if isinstance(content, bytes) else str(content).encode()
        self._kept += [(content, to) for to in envelope.rcpt_tos]
        headers = BytesHeaderParser().parsebytes(content)
        self.received.update(str(one) for one in headers.get_all("X-Notification-Id", []))
        self.first.setdefault(str(headers["X-Correlation-Id"]), time.monotonic())
        return "250 taken"
