"""The only outward effect: a channel's queued notifications leave by it; lease and outcome go through the service's own door."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from pipeline.kafka import Connection
from pipeline.store import OUTAGES, Commit, Recorded
from schemas.notifications import Outcome
from services.notifications.answer import Answer, Lease, answer, publish, question
from services.notifications.channels.outlet import Away, Letter, Outlet
from services.notifications.domain.events import (
    DeliveryBegun,
    DeliveryReleased,
    NotificationFailed,
    NotificationQueued,
    NotificationRepeated,
)
from services.notifications.domain.gate import held_for, wish
from services.notifications.domain.policy import Policy
from services.notifications.letter import Leased, Writer, listed
from services.notifications.outbox import Outbox, Waiting

log = structlog.get_logger()
POLL_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 2.0
FAREWELL_SECONDS: Final = 5.0
REMEDY: Final = "see that its server runs and lets us in: docs/how-to/reach-cadres.md"
# What gives the delivery something to do.
STIRRING: Final = (NotificationQueued, NotificationRepeated, NotificationFailed, DeliveryBegun, DeliveryReleased)


class Delivery:
    """Runs beside the writer, one for each channel; `holder` names this run, so that nothing is sent by a run that did not lease it.

    A daily digest has one lease and one answer for all that is in it. `asked` are leases that were asked for, `answers` what became of
    those we got, `told` when an answer is to be told again: Kafka may lose either before it is read. `away` is why nothing can leave.
    """

    def __init__(self, outbox: Outbox, kafka: Connection, policy: Policy, outlet: Outlet, writer: Writer) -> None:
        self._outbox, self._kafka, self._policy, self._outlet, self._writer = outbox, kafka, policy, outlet, writer
        self._pace, self._limit, self._holder = outbox.pace, outbox.pace.limit, uuid4()
        self._asked: dict[Waiting, datetime] = {}
        self._answers: dict[Lease, Answer] = {}
        self._told: dict[Lease, float] = {}
        self._gone: Mapping[Lease, tuple[UUID, tuple[UUID, ...]]] = {}
        self._look_at = 0.0
        self._recalled, self._away = False, ""
        self._awake = asyncio.Event()

    def wake(self, commit: Commit, recorded: Sequence[Recorded]) -> None:  # noqa: ARG002 - every loop hears the same
        """Something is queued or leased."""
        if any(isinstance(one.event, STIRRING) for one in recorded):
            self._awake.set()

    def remarks(self) -> Sequence[Mapping[str, object]]:
        """What the service says of it beside its state; nothing unless something waits for a channel that is away."""
        if not self._away:
            return ()
        return [{"code": "channel.away", "channel": self._outlet.kind, "problem": self._away, "remedy": REMEDY}]

    async def run(self) -> None:
        """Until cancelled; while the channel is away nothing is leased, and what was leased in vain is given back at the end.

        Waits out an outage, and raises what is none: a table or a right that is missing.
        """
        async with self._kafka.producer() as producer:
            try:
                await self._whenever_open(producer)
            except asyncio.CancelledError:
                await self._give_back(producer)
                raise

    async def _whenever_open(self, producer: AIOKafkaProducer) -> None:
        while True:
            try:
                await self._until_something_waits()
                await self._while_open(producer)
            except (*OUTAGES, Away) as error:
                why = str(error) if isinstance(error, Away) else type(error).__name__
                log.warning("delivery.waits", channel=self._outlet.kind, problem=why)
                await asyncio.sleep(PATIENCE_SECONDS)

    async def _until_something_waits(self) -> None:
        """A channel that nobody uses costs a look each second, and no connection."""
        while not await self._outbox.anything():
            self._away = ""
            await asyncio.sleep(POLL_SECONDS)

    async def _while_open(self, producer: AIOKafkaProducer) -> None:
        await self._opened()
        try:
            if not self._recalled:
                self._pace.recall(await self._outbox.gone(now()))
                self._recalled = True
            while self._outlet.is_open:
                self._awake.clear()
                looks = time.monotonic() >= self._look_at
                leased = await self._leased(looks=looks)
                busy = await self._lease(producer, leased, looks=looks)
                busy += await self._send(producer, leased)
                if not busy:
                    await self._idle()
        finally:
            await self._outlet.close()

    async def _opened(self) -> None:
        """Raises `Away`, whatever the channel's file raises."""
        try:
            await self._outlet.open()
        except Exception as error:
            self._away = (str(error) if isinstance(error, Away) else "") or type(error).__name__
            raise Away(self._away) from error
        self._away = ""

    async def _idle(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)

    async def _leased(self, *, looks: bool = True) -> Leased:
        """All that we may send; an answer is forgotten only when its lease is over, or the letter would be sent again.

        It `looks` once a second for what time alone brings about: leases that ended, digests whose hour has come.
        """
        ours = await self._outbox.leased(self._holder)
        if looks:
            self._gone, self._look_at = await self._outbox.abandoned(self._holder), time.monotonic() + POLL_SECONDS
        gone = self._gone
        self._answers = {lease: answer for lease, answer in self._answers.items() if lease in ours or lease in gone}
        for lease in gone.keys() - self._answers.keys():
            holder, listed = gone[lease]
            self._answers[lease] = answer(lease, listed, holder, "unknown")
        begun = {one for one, _ in ours}
        self._asked = {one: until for one, until in self._asked.items() if one.id not in begun}
        return ours

    async def _lease(self, producer: AIOKafkaProducer, leased: Leased, *, looks: bool) -> int:
        """No more for an account than it may be sent now, however it is written: a lease does not wait for its turn."""
        waiting, at = await self._outbox.waiting(), now()
        waiting += await self._outbox.digests() if looks else ()
        self._asked = {one: until for one, until in self._asked.items() if at < until and (one.listed or one in waiting)}
        account = self._pace.account
        held = Counter(account(rows[0]["address"] or "") for lease, rows in leased.items() if lease not in self._answers)
        held.update(account(one.address) for one in self._asked)
        until, wanted = at + timedelta(seconds=self._policy.lease_seconds), list[Waiting]()
        for one in waiting:
            if one not in self._asked and (self._limit.each is None or held[account(one.address)] < self._pace.room(one.address)):
                held[account(one.address)] += 1
                wanted.append(one)
        self._asked |= dict.fromkeys(wanted, until)
        await publish(producer, [((one.id, until), question((one.id, until), one.listed, self._holder)) for one in wanted], at)
        return len(wanted)

    async def _send(self, producer: AIOKafkaProducer, leased: Leased) -> int:
        unanswered = {lease: rows for lease, rows in leased.items() if lease not in self._answers}
        for call in await self._writer.calls(unanswered, self._limit.largest):
            if not self._outlet.is_open:
                break
            await _to_its_end(self._deliver(call, leased))
        return await self._tell(producer)

    async def _deliver(self, call: Mapping[Lease, Letter], leased: Leased) -> None:
        at, went = now(), list[Letter]()
        for lease, letter in call.items():
            if letter.to is None or at >= lease[1] or self._is_shut(leased[lease], at):
                self._answer(lease, letter, "released")
            elif self._pace.room(letter.to) > 0:
                self._pace.take(letter.to)
                went.append(letter)
        became = await self._sent(went) if went else dict[UUID, Outcome]()
        sent = {letter.notification for letter in went}
        for lease, letter in call.items():
            if lease[0] in sent:
                self._answer(lease, letter, became.get(lease[0], "unknown"))

    async def _sent(self, letters: Sequence[Letter]) -> Mapping[UUID, Outcome]:
        """A mistake in one channel's file concerns its letters, of which nobody knows then what became of them, and no other channel."""
        try:
            return await self._outlet.send(letters)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the channel's
            log.error("delivery.broken", channel=self._outlet.kind, problem=type(error).__name__)  # noqa: TRY400 - its text may name somebody
            return {}

    def _is_shut(self, rows: Sequence[asyncpg.Record], at: datetime) -> bool:
        """A lease that began before quiet hours does not reach into them."""
        wishes = [(row, wish(row["quiet"], self._policy, daily=row["daily"])) for row in rows]
        return any(held_for(row["urgency"], wanted, at, row["digest_at"]) is not None for row, wanted in wishes)

    def _answer(self, lease: Lease, letter: Letter, outcome: Outcome) -> None:
        self._answers[lease] = answer(lease, letter.listed, self._holder, outcome)

    async def _tell(self, producer: AIOKafkaProducer) -> int:
        moment = time.monotonic()
        self._told = {lease: again for lease, again in self._told.items() if lease in self._answers}
        untold = [(lease, answer) for lease, answer in self._answers.items() if moment >= self._told.get(lease, 0.0)]
        await publish(producer, untold, now())
        self._told |= {lease: moment + self._policy.lease_seconds for lease, _ in untold}
        return len(untold)

    async def _give_back(self, producer: AIOKafkaProducer) -> None:
        """Nobody else could know that these letters were not sent."""
        with contextlib.suppress(*OUTAGES, KafkaError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                given = {lease: listed(rows) for lease, rows in (await self._leased()).items()}
                given |= {(one.id, until): one.listed for one, until in self._asked.items()}
                for lease in given.keys() - self._answers.keys():
                    self._answers[lease] = answer(lease, given[lease], self._holder, "released")
                await self._tell(producer)


def now() -> datetime:
    return datetime.now(UTC)


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """A letter in hand is finished when we are told to stop: nobody could say later whether it arrived."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
