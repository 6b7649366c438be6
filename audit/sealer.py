"""The sealer: a process of its own, off the append path, that signs how far each log has come and gives the checkpoints out.

One works per database, others wait. What is wrong with one log stops its sealing and no other's, and never a service.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import structlog
import uvloop
from prometheus_client import CollectorRegistry, Counter, Gauge

from audit.seal.file import CheckpointFile
from audit.seal.keys import KeyProblem, private_key, public_keys
from audit.seal.note import BadNote, origin, unverified
from audit.seal.sealing import Keys, Refused, Sealing, Signed
from audit.seal.topic import last_size, publish
from pipeline.health import Health
from pipeline.leadership import Leadership
from pipeline.service import end, steadily
from pipeline.settings import Settings, log_as_json, settings
from schemas.topics import SERVICES

log = structlog.get_logger()
NAME: Final = "sealer"
POLL_SECONDS: Final = 1.0
REMEDY: Final = "docs/how-to/prove-the-log.md#when-the-sealer-refuses"
PAGE: Final = 1_000
SINCE: Final = "SELECT service, size, note FROM audit.checkpoints WHERE service = $1 AND size > $2 ORDER BY size LIMIT $3"


@dataclass(frozen=True)
class Metrics:
    """How much is sealed, how much waits, and whose log is refused (1) or not (0)."""

    registry: CollectorRegistry
    sealed: Counter
    unsealed: Gauge
    refused: Gauge


def metrics() -> Metrics:
    registry, prefix = CollectorRegistry(), f"suishi_{NAME}"
    return Metrics(
        registry,
        Counter(f"{prefix}_sealed", "Events sealed", ["log"], registry=registry),
        Gauge(f"{prefix}_unsealed", "Events not yet sealed", ["log"], registry=registry),
        Gauge(f"{prefix}_refused", "A log of which nothing more is sealed", ["log"], registry=registry),
    )


class Sealer:
    """Seals into the table and the file; what the table has goes to Kafka by a loop of its own, so that no broker holds a seal up."""

    def __init__(self, settings: Settings, keys: Keys, file: Path, health: Health[Metrics]) -> None:
        self._settings, self._keys, self._file, self._health = settings, keys, CheckpointFile(file), health
        self._fresh = asyncio.Event()
        self._refused: dict[str, str] = {}
        health.remarks = self.remarks

    def remarks(self) -> Sequence[Mapping[str, object]]:
        """Each log of which nothing more is signed, and why."""
        return [{"code": "seal.refused", "log": one, "problem": problem, "remedy": REMEDY} for one, problem in self._refused.items()]

    async def seal(self) -> None:
        """Until cancelled."""
        async with connected(self._settings) as connection:
            logs = await self._resumed(connection)
            while True:
                busy = False
                for service, sealing in list(logs.items()):
                    try:
                        busy |= await self._seal(service, sealing)
                    except Refused as refused:
                        self._refuse(service, refused)
                        del logs[service]
                self._health.lag = sum(sealing.head - sealing.size for sealing in logs.values())
                if not busy:
                    await asyncio.sleep(POLL_SECONDS)

    async def _resumed(self, connection: asyncpg.Connection) -> dict[str, Sealing]:
        """Those logs that go on from what is in the table and the file."""
        self._health.state = "standby"
        logs: dict[str, Sealing] = {}
        for service in SERVICES:
            sealing = Sealing(connection, service, self._keys, self._settings.seal_hash)
            try:
                await sealing.resume()
                logs[service] = sealing
            except Refused as refused:
                self._refuse(service, refused)
        try:
            beyond = self._file.open({service: sealing.size for service, sealing in logs.items()}, self._keys)
        except Refused as refused:
            for service in SERVICES:
                self._refuse(service, refused)
            return {}
        for service, sealing in list(logs.items()):
            sealing.promised(beyond[service])
            try:
                while missing := await since(connection, service, self._file.last(service)):
                    self._file.append(missing)
            except Refused as refused:
                self._refuse(service, refused)
                del logs[service]
        for service in logs:
            self._health.metrics.refused.labels(service).set(0)
            self._refused.pop(service, None)
        if len(logs) == len(SERVICES):
            self._health.state = "ready"
        return logs

    async def _seal(self, service: str, sealing: Sealing) -> bool:
        """One checkpoint at most, so that no log waits for another one's backlog; tells whether there was one to sign."""
        before = sealing.size
        if signed := await sealing.step():
            self._file.append([signed])
            self._fresh.set()
        self._health.metrics.sealed.labels(service).inc(sealing.size - before)
        self._health.metrics.unsealed.labels(service).set(sealing.head - sealing.size)
        return signed is not None

    def _refuse(self, service: str, refused: Refused) -> None:
        self._health.state = "refuses"
        self._health.metrics.refused.labels(service).set(1)
        self._refused[service] = str(refused)
        log.error("seal.refused", log=service, problem=str(refused))

    async def publish(self) -> None:
        """Until cancelled; goes on behind what is on the topic, which is all of it again where the topic was wiped."""
        async with connected(self._settings) as connection, self._settings.connection.producer() as producer:
            last: dict[str, int] = {service: await last_size(self._settings.connection, service) for service in SERVICES}
            offsets = dict.fromkeys(last, -1)
            while True:
                self._fresh.clear()
                for service in list(last):
                    try:
                        while signed := await since(connection, service, last[service]):
                            offsets[service] = await publish(producer, signed, offsets[service])
                            last[service] = signed[-1].size
                    except Refused as refused:
                        self._refuse(service, refused)
                        del last[service]
                await self._fresh.wait()


async def since(connection: asyncpg.Connection, service: str, size: int) -> Sequence[Signed]:
    """The next page of checkpoints that are larger; raises Refused where one of them says nothing of its size."""
    return [_signed(*row) for row in await connection.fetch(SINCE, service, size, PAGE)]


def _signed(service: str, size: int, note: str | None) -> Signed:
    """What is given out cannot be taken back: it is a note of ours, or somebody changed the table."""
    try:
        if note and (said := unverified(note)) and (said.origin, said.size) == (origin(service), size):
            return Signed(service, size, note)
    except BadNote:
        pass
    message = f"the checkpoint of size {size} was replaced: its note says something else"
    raise Refused(message)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncGenerator[asyncpg.Connection]:
    """As the sealer's own role, whoever logged in."""
    session = {"role": "suishi_sealer", "application_name": "suishi-sealer"}
    connection = await asyncpg.connect(settings.dsn(NAME), server_settings=session)
    try:
        yield connection
    finally:
        connection.terminate()


def keys_of(settings: Settings) -> Keys:
    """Ends the process with one sentence where a key is missing or open to others."""
    if settings.seal_key is None:
        sys.exit("SUISHI_SEAL_KEY: set it to the file of the private key; docs/how-to/prove-the-log.md says how to make one")
    try:
        return Keys(private_key(settings.seal_key), public_keys(settings.seal_public) if settings.seal_public else ())
    except KeyProblem as problem:
        sys.exit(str(problem))


async def _live(settings: Settings, keys: Keys, file: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    health = Health(NAME, metrics(), "standby")
    page, asked = asyncio.create_task(health.serve(settings.http)), asyncio.create_task(stop.wait())
    leading = asyncio.create_task(Leadership.wait(settings.dsn(NAME), NAME))
    await asyncio.wait({asked, leading}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if leading.done():
            await _lead(leading.result(), Sealer(settings, keys, file, health), asked)
    finally:
        leading.cancel()
        page.cancel()
        await asyncio.gather(page, leading, return_exceptions=True)


async def _lead(leadership: Leadership, sealer: Sealer, asked: asyncio.Task[bool]) -> None:
    works = [asyncio.create_task(steadily(work)) for work in (sealer.seal, sealer.publish)]
    try:
        await asyncio.wait({asked, asyncio.create_task(leadership.lost()), *works}, return_when=asyncio.FIRST_COMPLETED)
        for work in works:
            if work.done():
                work.result()
        if not asked.done():
            raise SystemExit(1)
    finally:
        await end(works)
        await leadership.release()


def main() -> None:
    """The whole life of the process; exit code 0 after a stop that was asked for, 1 otherwise."""
    chosen = settings()
    log_as_json(NAME, chosen.log_level)
    keys = keys_of(chosen)
    if chosen.checkpoints is None:
        sys.exit("SUISHI_CHECKPOINTS: set it to a file beside the database, to which the checkpoints are appended")
    uvloop.run(_live(chosen, keys, chosen.checkpoints))


if __name__ == "__main__":
    main()
