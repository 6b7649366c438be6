"""What time brings about goes through the service's own door: a loop beside the writer looks for it and asks, until it is done."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.decider import Event
from pipeline.kafka import Connection
from pipeline.store import OUTAGES, Commit, Recorded
from schemas.topics import COMMANDS

log = structlog.get_logger()
AGAIN: Final = timedelta(seconds=60)
Thing = TypeVar("Thing")


class Pause(NamedTuple):
    """Seconds until the next look: where something was found or the look failed, and where nothing was."""

    busy: float
    idle: float


class Asking(Generic[Thing]):
    """`query` finds what is to be asked for at an instant, `question` words it for the commands topic.

    `stirring` are events after which a look is worth while at once. `asked` is when each was asked last: Kafka may lose a question before
    it is read.
    """

    def __init__(
        self,
        kafka: Connection,
        query: Callable[[datetime], Awaitable[Sequence[Thing]]],
        question: Callable[[Thing, datetime], Mapping[str, Any]],
        pause: Pause,
        stirring: tuple[type[Event], ...] = (),
    ) -> None:
        self._kafka, self._query, self._question, self._pause, self._stirring = kafka, query, question, pause, stirring
        self._asked: dict[Thing, datetime] = {}
        self._awake = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - every loop hears the same
        """There may be something new to ask for."""
        if any(isinstance(one.event, self._stirring) for one in recorded):
            self._awake.set()

    async def run(self) -> None:
        """Until cancelled; waits out an outage, and raises what is none: a table or a right that is missing."""
        async with self._kafka.producer() as producer:
            while True:
                self._awake.clear()
                wait = self._pause.busy
                try:
                    wait = self._pause.busy if await self._ask(producer, datetime.now(UTC)) else self._pause.idle
                except (*OUTAGES, KafkaError) as error:
                    log.warning("asking.waits", loop=self._question.__module__, problem=type(error).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), wait)

    async def _ask(self, producer: AIOKafkaProducer, now: datetime) -> int:
        """How much there is to ask for, asked now or before."""
        found = await self._query(now)
        self._asked = {one: at for one, at in self._asked.items() if one in found and now < at + AGAIN}
        fresh = [one for one in found if one not in self._asked]
        sent = [await producer.send(COMMANDS["notifications"], **self._question(one, now)) for one in fresh]
        await asyncio.gather(*sent)
        self._asked |= dict.fromkeys(fresh, now)
        return len(found)
