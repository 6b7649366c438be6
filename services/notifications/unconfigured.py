"""What is to go by a channel that this county has not set up stays queued, and somebody is told so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg
import structlog

from pipeline.store import Commit, Recorded

log = structlog.get_logger()
LOOK_SECONDS: Final = 10.0
# A part for each index of what is not delivered yet.
WAITING: Final = """
SELECT (SELECT count(*) FROM outbox WHERE state = 'queued' AND digest_at IS NULL AND channel = $1)
    + (SELECT count(*) FROM outbox WHERE state = 'queued' AND digest_at IS NOT NULL AND channel = $1)
    + (SELECT count(*) FROM outbox WHERE state = 'sending' AND channel = $1)"""


class Unconfigured:
    """Runs beside the writer in place of a channel's delivery; warns once, when the first letter waits."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], channel: str, remedy: str) -> None:
        self._pool, self._channel, self._remedy = pool, channel, remedy
        self._waiting, self._warned = 0, False

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """It looks by itself."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        self._waiting = await self._pool.fetchval(WAITING, self._channel)
        if self._waiting and not self._warned:
            log.warning("channel.not-configured", channel=self._channel, waiting=self._waiting, remedy=self._remedy)
            self._warned = True

    def remarks(self) -> Sequence[Mapping[str, object]]:
        """What the service says of it beside its state; nothing as long as nothing waits."""
        if not self._waiting:
            return ()
        return [{"code": "channel.not-configured", "channel": self._channel, "waiting": self._waiting, "remedy": self._remedy}]
