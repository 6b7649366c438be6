"""The store in memory, for tests of the path: the library's own in-memory recorder keeps the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from pipeline.decider import Event
from pipeline.kernel import IntegrityError, POPOProcessRecorder, StoredEvent, StreamEvent, StructMapper
from pipeline.postgres import event_id, refuse_nul, to_recorded
from pipeline.store import Checkpoint, Commit, Fenced, Gap, NewEvent, Partition, Recorded, SetAside, StreamMoved, Unreadable


class Shared:
    """What outlives a writer: two stores over the same value are two instances of one service."""

    def __init__(self) -> None:
        self.recorder, self.epoch = POPOProcessRecorder(), 0
        self.recorded: list[Recorded] = []
        self.recorded_at = datetime.now(UTC)
        self.inbox: dict[bytes, bytes] = {}
        self.offsets: dict[Partition, int] = {}
        self.clusters: dict[Partition, str] = {}
        self.cursors: dict[Partition, int] = {}
        self.set_aside: dict[UUID, SetAside] = {}
        self.settled: set[UUID] = set()
        self.published: set[UUID] = set()
        self.checkpoint = Checkpoint(0, {})


class MemoryStore:
    """The promises of `pipeline.store.Store` without a database."""

    def __init__(self, schema: str, shared: Shared | None = None) -> None:
        self._schema, self._shared, self._mapper, self._epoch, self._cluster = schema, shared or Shared(), StructMapper(), -1, ""

    async def lead(self) -> None:
        self._shared.epoch += 1
        self._epoch = self._shared.epoch

    async def offsets(self, cluster: str) -> dict[Partition, int]:
        self._cluster, clusters = cluster, self._shared.clusters
        clusters |= {place: cluster for place in self._shared.offsets if not clusters.get(place)}
        return {place: offset for place, offset in self._shared.offsets.items() if clusters[place] == cluster}

    async def cursors(self) -> dict[Partition, int]:
        return dict(self._shared.cursors)

    async def seen(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        return {digest: self._shared.inbox[digest] for digest in digests if digest in self._shared.inbox}

    async def histories(self, streams: Sequence[UUID]) -> dict[UUID, list[Event] | Unreadable]:
        rows = {stream: self._shared.recorder.select_events(stream) for stream in streams}
        return {stream: self._mapper.to_history((row.topic, row.state) for row in stored) for stream, stored in rows.items()}

    async def parked(self, streams: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        waiting: dict[UUID, list[UUID]] = {}
        for row in self._shared.set_aside.values():
            if row.stream is not None and row.stream in streams and row.id not in self._shared.settled:
                waiting.setdefault(row.stream, []).append(row.id)
        return waiting

    async def waiting(self, rows: Sequence[UUID]) -> dict[UUID, UUID | None]:
        there = self._shared.set_aside
        return {row: there[row].stream for row in rows if row in there and row not in self._shared.settled}

    async def commit(self, commit: Commit) -> list[Recorded]:
        shared = self._shared
        stored = [self._mapper.to_stored_event(StreamEvent(e.stream, e.version, e.event)) for e in commit.events]
        refuse_nul(commit.events, [row.state for row in stored])
        self._refuse_unless_writer()
        if shared.inbox.keys() & commit.inbox.keys():
            message = "a message of this batch was handled before"
            raise StreamMoved(message)
        recorded = self._append(commit.events, stored)
        shared.inbox |= commit.inbox
        shared.offsets |= commit.offsets
        shared.clusters |= dict.fromkeys(commit.offsets, self._cluster)
        shared.cursors |= {place: max(position, shared.cursors.get(place, 0)) for place, position in commit.cursors.items()}
        for row in commit.set_aside:
            shared.set_aside.setdefault(row.id, row)
        shared.settled |= shared.set_aside.keys() & commit.redriven
        return recorded

    def _refuse_unless_writer(self) -> None:
        if self._epoch != self._shared.epoch:
            message = f"another writer leads {self._schema} now"
            raise Fenced(message)

    def _append(self, events: Sequence[NewEvent], stored: Sequence[StoredEvent]) -> list[Recorded]:
        try:
            self._shared.recorder.insert_events(stored)
        except IntegrityError as error:
            raise StreamMoved(str(error)) from error
        ids = [event_id(self._schema, e.stream, e.version) for e in events]
        self._shared.recorded_at = max(self._shared.recorded_at, datetime.now(UTC))
        recorded = to_recorded(events, ids, len(self._shared.recorded), self._shared.recorded_at)
        self._shared.recorded.extend(recorded)
        return recorded

    async def after(self, position: int, limit: int) -> list[Recorded]:
        recorded = self._shared.recorded[position : position + limit]
        if any(event.position != expected for expected, event in enumerate(recorded, position + 1)):
            message = f"the log of {self._schema} misses a position"
            raise Gap(message)
        return recorded

    async def head(self) -> int:
        return len(self._shared.recorded)

    async def checkpoint(self) -> Checkpoint:
        return self._shared.checkpoint

    async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        self._refuse_unless_writer()
        self._shared.checkpoint = Checkpoint(checkpoint.position, {**self._shared.checkpoint.ends, **checkpoint.ends})

    async def unpublished(self, limit: int) -> list[SetAside]:
        return [row for row in self._shared.set_aside.values() if row.id not in self._shared.published][:limit]

    async def mark_published(self, ids: Sequence[UUID]) -> None:
        self._refuse_unless_writer()
        self._shared.published |= set(ids)
