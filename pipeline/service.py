"""A running service: wait for the lock, become the writer, consume and relay until told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
import uvloop
from aiokafka.errors import KafkaError

from pipeline.consumer import Consumer
from pipeline.envelope import NO_TYPES
from pipeline.facts_lost import FactsLost
from pipeline.handler import Handler
from pipeline.health import Health, Page, Remarks
from pipeline.kernel import register
from pipeline.leadership import Leadership
from pipeline.metrics import Metrics, metrics
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.relay import Exit, Relay
from pipeline.rules import Rules
from pipeline.settings import Settings, log_as_json, settings
from pipeline.store import OUTAGES, Commit, Partition, Recorded
from schemas.clock import DayStarted

log = structlog.get_logger()
LIVE_SECONDS = 60.0
PATIENCE_SECONDS = 1.0
FAREWELL_SECONDS = 10.0  # longer than any loop takes to say farewell


class Beside(Protocol):
    """A loop beside the handler: the relay, the delivery, the clock."""

    async def run(self) -> None:
        """Until cancelled."""
        ...

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:
        """Hears of every commit."""
        ...


@dataclass(frozen=True)
class Service:
    """Everything that tells one service from another; `beside` are its own loops, `page` what it shows to people.

    `remarks` is what the office is to know of it though it is ready.
    """

    name: str
    events: Sequence[type]
    partitions: Sequence[Partition]
    log: Log
    rules: Rules[Any, Any, Any, Any]
    door: Exit
    beside: Sequence[Beside] = ()
    page: Page | None = None
    remarks: Remarks = field(default=tuple)


Compose = Callable[[Settings, Any], Awaitable[Service]]


def run(name: str, compose: Compose) -> None:
    """The whole life of a service process; exit code 0 after a stop that was asked for, 1 otherwise."""
    chosen = settings()
    log_as_json(name, chosen.log_level)
    uvloop.run(_live(name, compose, chosen))


async def _live(name: str, compose: Compose, settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    health = Health(name, metrics(name), "standby")
    page = asyncio.create_task(health.serve(settings.http))
    asked = asyncio.create_task(stop.wait())
    leading = asyncio.create_task(Leadership.wait(settings.dsn(name), name))
    await asyncio.wait({asked, leading}, return_when=asyncio.FIRST_COMPLETED)
    try:
        if leading.done():
            await _lead(leading.result(), await _pool_and_service(name, compose, settings), settings, health, asked)
    finally:
        leading.cancel()
        page.cancel()
        await asyncio.gather(page, leading, return_exceptions=True)


async def _pool_and_service(name: str, compose: Compose, settings: Settings) -> tuple[Any, Service]:
    pool = await connect(settings.dsn(name), name)
    service = await compose(settings, pool)
    register([*service.events, FactsLost])
    return pool, service


async def _lead(
    leadership: Leadership, composed: tuple[Any, Service], settings: Settings, health: Health[Metrics], asked: asyncio.Task[Any]
) -> None:
    pool, service = composed
    store = PostgresStore(pool, service.log)
    await store.lead()
    relay = Relay(store, service.door, settings.connection, health.metrics)
    loops = [relay, *service.beside]
    happened = frozenset({DayStarted}) if settings.clock == "system" else NO_TYPES
    handler = Handler(service.rules, store, lambda commit, recorded: _tell(commit, recorded, health.metrics, loops), happened)
    consumer = Consumer(settings.connection, service.partitions, handler, health.metrics)
    await consumer.start(store)
    _spare_the_collector()
    loop = asyncio.get_running_loop()
    health.page, health.remarks = service.page, service.remarks
    health.state, health.live = "ready", lambda: consumer.idle_seconds < LIVE_SECONDS
    log.info("service.ready", partitions=len(service.partitions))
    steady = [lambda: _watch(consumer, health), consumer.same_cluster, *(work.run for work in loops)]
    tasks = [asyncio.create_task(steadily(work)) for work in steady]
    ends = [asked, asyncio.create_task(leadership.lost()), loop.create_task(_raise(consumer.failure)), *tasks]
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        health.state = "stopping"
        for task in done:
            task.result()
        if asked not in done:
            raise SystemExit(1)
    finally:
        await consumer.stop()
        await end(ends[1:])
        await leadership.release()
        await close(pool)


def _tell(commit: Commit, recorded: Sequence[Recorded], metrics: Metrics, loops: Sequence[Beside]) -> None:
    metrics.events.inc(len(recorded))
    for work in loops:
        work.wake(commit, recorded)


def _spare_the_collector() -> None:
    """Messages and events hold no cycles, and looking for cycles among them took a fifth of a service's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(300_000, 10, 10)


async def steadily(work: Callable[[], Awaitable[None]]) -> None:
    """A loop that an outage of Kafka or PostgreSQL ended begins anew; whatever else ends it ends the process."""
    while True:
        try:
            await work()
        except (*OUTAGES, KafkaError) as error:
            log.warning("loop.again", problem=str(error) or type(error).__name__)
            await asyncio.sleep(PATIENCE_SECONDS)


async def end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel tasks until they are over: aiokafka swallows a cancellation that comes while one of its clients stops."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=FAREWELL_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


async def close(pool: Any) -> None:  # noqa: ANN401 - an asyncpg pool
    """Also where the database answers nothing any more."""
    try:
        await asyncio.wait_for(pool.close(), PATIENCE_SECONDS)
    except TimeoutError:
        pool.terminate()


async def _watch(consumer: Consumer, health: Health[Metrics]) -> None:
    while True:
        health.lag = await consumer.lag()
        health.metrics.lag_messages.set(health.lag)
        await asyncio.sleep(1)


async def _raise(failure: asyncio.Future[None]) -> None:
    await failure
