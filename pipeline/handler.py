"""One consumed batch becomes one commit: read, identify, translate, decide, store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import structlog

from pipeline.envelope import NO_TYPES, Envelope, Record, Refusal, Types, read_batch, redriven, type_of
from pipeline.facts_lost import FactsLost, written_down
from pipeline.kernel import refuse_unfit
from pipeline.rules import Rules
from pipeline.set_aside import conflict, identity, is_of, refused
from pipeline.store import (
    Commit,
    Metadata,
    NewEvent,
    Partition,
    Recorded,
    SetAside,
    Store,
    blames_a_message,
    readable,
)
from pipeline.turn import Turn
from pipeline.uuid5 import uuid5

F = TypeVar("F")
C = TypeVar("C")
S = TypeVar("S")
P = TypeVar("P")

log = structlog.get_logger()
# A state grows with its history, by some 1 kB an event where facts are kept: this many events bound the memory, no number of states would.
CACHED_EVENTS: Final = 120_000
Committed: TypeAlias = Callable[[Commit, Sequence[Recorded]], None]
Where: TypeAlias = tuple[str, int, int]


@dataclass(slots=True)
class _Batch(Generic[S]):
    """The commit that grows while the messages of a batch are decided in order.

    `again` are the set-aside rows of ours that its records repeat, each with the stream it is parked for (None: refused);
    `unfollowed` are streams whose history could not be folded, so that whatever is to be decided on them is parked.
    """

    again: dict[Where, tuple[UUID, UUID | None]]
    commit: Commit = field(default_factory=Commit)
    states: dict[UUID, tuple[int, S]] = field(default_factory=dict[UUID, tuple[int, S]])
    waiting: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])
    unfollowed: dict[UUID, Exception] = field(default_factory=dict[UUID, Exception])


class Handler(Generic[F, C, S, P]):
    """Takes batches of records one after the other; raises only what reading the batch again can mend."""

    def __init__(
        self,
        rules: Rules[F, C, S, P],
        store: Store,
        committed: Committed = lambda _commit, _recorded: None,
        happened: Types = NO_TYPES,
    ) -> None:
        self._rules, self._store, self._committed, self._happened = rules, store, committed, happened
        self._passed_over = rules.passed_over()
        self._cursors: dict[Partition, int] | None = None
        self._cache: OrderedDict[UUID, tuple[int, S]] = OrderedDict()
        self._cached_events = 0

    def read(self, records: Sequence[Record]) -> list[Envelope | Refusal]:
        """What the records say, as far as it matters here; it needs no state, so the next batch can be read while this one commits."""
        over = self._passed_over
        heeded = [record for record in records if record.topic not in over or type_of(record) not in over[record.topic]]
        return read_batch(heeded, self._rules.allowed, datetime.now(UTC), self._happened)

    async def handle(
        self, records: Sequence[Record], taken: Sequence[Envelope | Refusal] | None = None, decided: Callable[[], None] = lambda: None
    ) -> Commit:
        """The commit that the records led to (the last one, if a bad record or one that ends its batch made it several).

        `taken` is what `read` gave for them; `decided` is called when only the database has still to do its part.
        """
        taken = self.read(records) if taken is None else taken
        if (end := self._end(records, taken)) < len(records):
            await self.handle(records[:end])
            return await self.handle(records[end:], decided=decided)
        try:
            return await self._handle(records, taken, decided)
        except Exception as error:
            self._forget()
            if not blames_a_message(error):
                raise
            if len(records) == 1:
                log.exception("message.set-aside", **_place(records[0]))
                return await self._refuse_alone(records[0], error)
        middle = len(records) // 2
        await self.handle(records[:middle])
        return await self.handle(records[middle:])

    def _end(self, records: Sequence[Record], taken: Sequence[Envelope | Refusal]) -> int:
        last = {_where(one.record) for one in taken if isinstance(one, Envelope) and type(one.data) in self._rules.ends_batch}
        if not last:
            return len(records)
        return next(number for number, record in enumerate(records, 1) if _where(record) in last)

    async def facts_lost(self, lost: FactsLost) -> None:
        """Write down that records between two offsets are gone for good."""
        history = readable((await self._store.histories([lost.stream]))[lost.stream])
        if history and history[-1] == lost:
            return  # told before, but the answer to its commit was lost
        commit = written_down(lost, len(history) + 1, datetime.now(UTC))
        self._committed(commit, await self._store.commit(commit))

    async def _handle(self, records: Sequence[Record], taken: Sequence[Envelope | Refusal], decided: Callable[[], None]) -> Commit:
        batch: _Batch[S] = _Batch(await self._again(records))
        for record in records:
            batch.commit.offsets[record.topic, record.partition] = record.offset + 1
        envelopes = await self._new(_enter(taken, batch), batch)
        found: Sequence[F] = await self._rules.identify(envelopes) if envelopes else ()
        routed = [(e, self._rules.to_commands(e, f)) for e, f in zip(envelopes, found, strict=True)]
        await self._load({stream for _, commands in routed for stream, _ in commands}, batch)
        turn = Turn()
        for envelope, commands in routed:
            await self._decide(envelope, commands, batch, turn)
        decided()
        self._committed(batch.commit, await self._store.commit(batch.commit))
        self._remember(batch)
        return batch.commit

    async def _again(self, records: Sequence[Record]) -> dict[Where, tuple[UUID, UUID | None]]:
        """A row that was redriven before, or that another service set aside, makes no difference to a message."""
        said = [(repeat, record) for record in records if (repeat := redriven(record))]
        ours = await self._store.waiting([repeat.row for repeat, _ in said]) if said else {}
        first: dict[UUID, Record] = {}
        for repeat, record in said:
            if repeat.row in ours and is_of(record, repeat, ours[repeat.row]):
                first.setdefault(repeat.row, record)
        return {_where(record): (row, ours[row]) for row, record in first.items()}

    async def _new(self, envelopes: Sequence[Envelope], batch: _Batch[S]) -> list[Envelope]:
        """Those not handled before, and the parked; the same identity with other content is refused."""
        self._cursors = self._cursors if self._cursors is not None else await self._store.cursors()
        known = await self._store.seen([e.digest for e in envelopes if not self._by_cursor(e, batch)])
        new, commit = list[Envelope](), batch.commit
        for envelope in envelopes:
            if self._by_cursor(envelope, batch):
                if self._advance(envelope, commit):
                    new.append(envelope)
            elif (before := known.get(envelope.digest)) is None:
                known[envelope.digest] = commit.inbox[envelope.digest] = envelope.content
                new.append(envelope)
            elif before != envelope.content:
                commit.set_aside.append(conflict(envelope))
            elif _parked(envelope, batch):
                new.append(envelope)
        return new

    def _by_cursor(self, envelope: Envelope, batch: _Batch[S]) -> bool:
        record = envelope.record
        return record.topic in self._rules.event_topics and envelope.position is not None and _where(record) not in batch.again

    def _advance(self, envelope: Envelope, commit: Commit) -> bool:
        place, position = (envelope.record.topic, envelope.record.partition), envelope.position or 0
        cursors = self._cursors or {}
        if position <= max(cursors.get(place, 0), commit.cursors.get(place, 0)):
            return False
        commit.cursors[place] = position
        return True

    async def _load(self, streams: set[UUID], batch: _Batch[S]) -> None:
        batch.waiting = await self._store.parked(list(streams))
        missing: list[UUID] = []
        for stream in streams:
            if (cached := self._cache.get(stream)) is None:
                missing.append(stream)
            else:
                batch.states[stream] = cached
        turn = Turn()
        for stream, history in (await self._store.histories(missing)).items() if missing else ():
            try:
                events = readable(history)
                batch.states[stream] = (len(events), await turn.fold(self._rules.decider, events))
            except Exception as error:
                log.exception("history.not-followed", stream=str(stream))
                batch.unfollowed[stream] = error

    async def _decide(self, envelope: Envelope, commands: Sequence[tuple[UUID, C]], batch: _Batch[S], turn: Turn) -> None:
        await turn.give_way()
        if type(envelope.data) not in self._rules.fans_out:
            self._decide_together(envelope, commands, batch)
            return
        _, parked_for = batch.again.get(_where(envelope.record), (None, None))
        apart: dict[UUID, list[tuple[UUID, C]]] = {}
        for stream, command in commands:
            apart.setdefault(stream, []).append((stream, command))
        for stream, own in apart.items():
            await turn.give_way()
            if parked_for in {None, stream}:
                self._decide_together(envelope, own, batch)

    def _decide_together(self, envelope: Envelope, commands: Sequence[tuple[UUID, C]], batch: _Batch[S]) -> None:
        row = batch.again.get(_where(envelope.record), (None, None))[0] if batch.again else None
        blocked = next((stream for stream, _ in commands if batch.waiting.get(stream)), None) if batch.waiting else None
        if blocked is not None and batch.waiting[blocked][0] != row:
            self._park(envelope, blocked, "waits behind an earlier parked message of this household", batch)
            return
        states: dict[UUID, tuple[int, S]] = {}
        events: list[NewEvent] = []
        for stream, command in commands:
            if stream in batch.unfollowed:
                self._park(envelope, stream, f"{type(batch.unfollowed[stream]).__name__} while following its history", batch)
                return
            try:
                handed = self._rules.hand_over(command, [new.event for new in events]) if events else command
                states[stream] = self._apply(envelope, stream, handed, states.get(stream) or batch.states[stream], events)
            except Exception as error:
                log.exception("message.parked", stream=str(stream), **_place(envelope.record))
                self._park(envelope, stream, f"{type(error).__name__} while deciding", batch)
                return
        if blocked is not None:
            batch.waiting[blocked].pop(0)
        batch.states |= states
        batch.commit.events += events

    def _apply(self, envelope: Envelope, stream: UUID, command: C, at: tuple[int, S], events: list[NewEvent]) -> tuple[int, S]:
        version, state = at
        decided = self._rules.decider.decide(command, state, self._rules.policy)
        for event in decided:
            refuse_unfit(event)
        valid_on = getattr(envelope.data, "valid_on", None) or envelope.on
        metadata = Metadata(envelope.correlation, envelope.id, envelope.actor, envelope.source, valid_on, envelope.time)
        events += [NewEvent(stream, number, event, metadata) for number, event in enumerate(decided, version + 1)]
        return version + len(decided), self._rules.decider.fold(decided, state)

    def _park(self, envelope: Envelope, stream: UUID, problem: str, batch: _Batch[S]) -> None:
        commit = batch.commit
        if _parked(envelope, batch):
            commit.redriven.remove(batch.again[_where(envelope.record)][0])
            return
        remedy = "when the cause is mended: ./suishi deadletters redrive"
        row_id = identity(envelope.record, envelope.record.partition, envelope.record.offset)
        if type(envelope.data) in self._rules.fans_out:
            row_id = uuid5(row_id, str(stream))
        row = SetAside(row_id, envelope.record, stream, "household.parked", "message", problem, remedy)
        commit.set_aside.append(row)
        batch.waiting.setdefault(stream, []).append(row.id)

    async def _refuse_alone(self, record: Record, error: Exception) -> Commit:
        problem = f"could not be handled ({type(error).__name__})"
        refusal = Refusal(record, "message.unhandled", "message", problem, "report it, then: ./suishi deadletters redrive")
        set_aside = [] if await self._again([record]) else [refused(refusal)]
        commit = Commit(offsets={(record.topic, record.partition): record.offset + 1}, set_aside=set_aside)
        self._committed(commit, await self._store.commit(commit))
        return commit

    def _remember(self, batch: _Batch[S]) -> None:
        if self._cursors is not None:
            self._cursors |= batch.commit.cursors
        for stream, state in batch.states.items():
            version, _ = self._cache.pop(stream, (-1, None))
            self._cache[stream] = state
            self._cached_events += state[0] - version  # one more for the state itself: not every stream has events
        while self._cached_events > CACHED_EVENTS:
            _, (version, _) = self._cache.popitem(last=False)
            self._cached_events -= version + 1

    def _forget(self) -> None:
        self._cache.clear()
        self._cached_events, self._cursors = 0, None


def _enter(taken: Sequence[Envelope | Refusal], batch: _Batch[Any]) -> list[Envelope]:
    batch.commit.redriven = [row for row, _ in batch.again.values()]
    batch.commit.set_aside += [refused(one) for one in taken if isinstance(one, Refusal)]
    return [one for one in taken if isinstance(one, Envelope)]


def _where(record: Record) -> Where:
    return (record.topic, record.partition, record.offset)


def _parked(envelope: Envelope, batch: _Batch[Any]) -> bool:
    """It repeats a row that waits for its household: the row, not the inbox, keeps it from being decided twice."""
    return batch.again.get(_where(envelope.record), (None, None))[1] is not None


def _place(record: Record) -> dict[str, object]:
    return {"topic": record.topic, "partition": record.partition, "offset": record.offset}
