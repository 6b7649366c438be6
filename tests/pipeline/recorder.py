"""Our store as the eventsourcing library's recorder: its own test cases are synchronous and bring their own rows."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, Notification, ProcessRecorder, StoredEvent, Subscription, Tracking

from pipeline.decider import Event
from pipeline.kernel import register
from pipeline.store import Commit, NewEvent, Partition, Recorded, Store, StreamMoved
from tests.pipeline.conftest import WHY

T = TypeVar("T")
EVERYTHING: Final = 1_000_000


class LibraryEvent(Event, frozen=True):
    """What a test case of the library stores is no event of ours, so one carries it."""

    TOPIC: ClassVar = "example.library-event"
    topic: str
    state: bytes


register([LibraryEvent])


class LibraryRecorder(ProcessRecorder):
    """Adds no promise of its own: it waits for the store's answer and translates names."""

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self._store, self._loop = store, loop
        self._wait_for(store.lead())

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ANN401 - the library's
        tracking: Tracking | None = kwargs.get("tracking")
        recorded = self._commit(Commit(events=[_to_new(event) for event in stored_events], cursors=_to_cursors(tracking)))
        return [event.position for event in recorded]

    def insert_tracking(self, tracking: Tracking) -> None:
        self._commit(Commit(cursors=_to_cursors(tracking)))

    def max_tracking_id(self, application_name: str) -> int | None:
        return self._wait_for(self._store.cursors()).get((application_name, 0))

    def select_events(
        self, originator_id: UUID | str, *, gt: int | None = None, lte: int | None = None, desc: bool = False, limit: int | None = None
    ) -> Sequence[StoredEvent]:
        stream = [event for event in self._after(0, EVERYTHING) if event.stream == originator_id]
        chosen = [e for e in stream if (gt is None or e.version > gt) and (lte is None or e.version <= lte)]
        chosen.sort(key=lambda event: event.version, reverse=desc)
        return [StoredEvent(e.stream, e.version, _carried(e).topic, _carried(e).state) for e in chosen[:limit]]

    def select_notifications(
        self, start: int | None, limit: int, stop: int | None = None, topics: Sequence[str] = (), *, inclusive_of_start: bool = True
    ) -> Sequence[Notification]:
        position = 0 if start is None else start - inclusive_of_start
        page = self._after(position, EVERYTHING if topics else limit)
        chosen = [e for e in page if (stop is None or e.position <= stop) and (not topics or _carried(e).topic in topics)]
        return [Notification(e.stream, e.version, _carried(e).topic, _carried(e).state, e.position) for e in chosen[:limit]]

    def max_notification_id(self) -> int | None:
        return self._wait_for(self._store.head()) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[Any]:
        raise NotImplementedError

    def _after(self, position: int, limit: int) -> list[Recorded]:
        return self._wait_for(self._store.after(position, limit))

    def _commit(self, commit: Commit) -> list[Recorded]:
        try:
            return self._wait_for(self._store.commit(commit))
        except StreamMoved as moved:
            raise IntegrityError(str(moved)) from moved

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class LibraryAggregateRecorder(LibraryRecorder):
    """The library's recorder of streams alone promises no positions."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:  # noqa: ANN401 - the library's
        super().insert_events(stored_events, **kwargs)


@contextmanager
def loop_in_a_thread() -> Generator[asyncio.AbstractEventLoop]:
    """The store's loop, for test cases that call from several threads at once."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _to_new(event: StoredEvent) -> NewEvent:
    stream = UUID(str(event.originator_id))
    return NewEvent(stream, event.originator_version, LibraryEvent(topic=event.topic, state=event.state), WHY)


def _to_cursors(tracking: Tracking | None) -> dict[Partition, int]:
    return {(tracking.application_name, 0): tracking.notification_id} if tracking else {}


def _carried(recorded: Recorded) -> LibraryEvent:
    assert isinstance(recorded.event, LibraryEvent)
    return recorded.event
