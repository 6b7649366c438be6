"""The two servers of a system, stopped, killed and emptied as nobody would do it on purpose."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.folder import throw_away_folder
from local.stack import Servers
from services import prepare

PATIENCE_S = 30


class Machine:
    """Where Kafka and PostgreSQL run; what is started here dies with the calling thread, as everything of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        servers = Servers(folder, throw_away=True)
        self.kafka, self.postgres, self.start, self.stop = servers.kafka, servers.postgres, servers.start, servers.stop

    async def kafka_stops(self, seconds: float) -> None:
        await self._kafka_ends(signal.SIGTERM, seconds)

    async def kafka_dies(self, seconds: float) -> None:
        await self._kafka_ends(signal.SIGKILL, seconds)

    async def kafka_freezes(self, seconds: float) -> None:
        self.kafka.program.send(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.kafka.program.send(signal.SIGCONT)

    async def kafka_forgets(self, seconds: float) -> None:
        """Its disk is lost; whoever runs it makes the topics anew."""
        await asyncio.to_thread(self.kafka.program.stop, signal.SIGKILL, PATIENCE_S)
        shutil.rmtree(self.folder / "kafka")
        await asyncio.sleep(seconds)
        await self.kafka_starts()
        await prepare.topics(self.kafka.connection)

    async def postgres_stops(self, seconds: float) -> None:
        """As `pg_ctl stop -m immediate`: nobody is waited for and nothing is written; the next start recovers from the WAL."""
        await asyncio.to_thread(self.postgres.program.stop, signal.SIGQUIT, PATIENCE_S)
        await asyncio.sleep(seconds)
        await self.postgres_starts()

    async def kafka_starts(self) -> None:
        await asyncio.to_thread(self.kafka.program.stop, signal.SIGKILL, PATIENCE_S)
        await asyncio.to_thread(self.kafka.prepare)
        self.kafka.launch()
        await asyncio.to_thread(self.kafka.wait)

    async def postgres_starts(self) -> None:
        await asyncio.to_thread(self.postgres.program.stop, signal.SIGQUIT, PATIENCE_S)
        await asyncio.to_thread(self.postgres.prepare)
        self.postgres.launch()
        await asyncio.to_thread(self.postgres.wait)

    async def _kafka_ends(self, number: signal.Signals, seconds: float) -> None:
        await asyncio.to_thread(self.kafka.program.stop, number, PATIENCE_S)
        await asyncio.sleep(seconds)
        await self.kafka_starts()


@contextmanager
def machine_of_our_own() -> Iterator[Machine]:
    """Also where the environment names servers: those are not ours to kill."""
    with throw_away_folder() as folder:
        machine = Machine(folder)
        try:
            yield machine
        finally:
            machine.stop()
