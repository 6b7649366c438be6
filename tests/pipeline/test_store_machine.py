"""Whatever happens in whatever order, PostgreSQL answers as the memory does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec import structs

from pipeline.store import Checkpoint, Commit, Fenced, NewEvent, Recorded, SetAside, Store, StreamMoved, Unwritable
from tests.pipeline.backends import InMemory, InPostgres
from tests.pipeline.conftest import noted
from tests.pipeline.samples import parked

T = TypeVar("T")
STREAMS: Final = [UUID(int=number) for number in range(1, 4)]
PLACES: Final = [("facts", 0), ("facts", 1), ("events", 0)]
DIGESTS: Final = [bytes([number]) * 16 for number in range(32)]
ROWS: Final = [UUID(int=number) for number in range(1, 5)]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

instances = st.sampled_from([0, 0, 0, 1])
numbers = st.integers(0, 1000)
texts = st.one_of(st.just("·"), st.text(st.characters(codec="utf-8"), max_size=5), st.sampled_from(["\0", "\\u0000", "𠮷"]))
places = st.dictionaries(st.sampled_from(PLACES), numbers, max_size=2)
rows = st.builds(parked, st.integers(1, len(ROWS)), st.sampled_from([None, STREAMS[0], STREAMS[0], STREAMS[1]]))
# A stream with how many versions too low the writer believes it: 0 is right, 1 is a version that is taken.
appends = st.lists(st.tuples(st.sampled_from(STREAMS), st.sampled_from([0] * 9 + [1]), texts), max_size=3)


@st.composite
def commits(draw: st.DrawFn) -> Commit:
    """Everything of a commit but its events, whose versions depend on the log."""
    inbox = st.dictionaries(st.sampled_from(DIGESTS), st.just(b"content"), max_size=2)
    redriven = st.lists(st.sampled_from(ROWS), max_size=1)
    return Commit(draw(inbox), [], draw(places), draw(places), draw(st.lists(rows, max_size=3)), draw(redriven))


class TwoWriters(RuleBasedStateMachine):
    """Two instances of one service over each log; what one log answers, the other must answer as well."""

    def __init__(self, runner: asyncio.Runner, postgres: InPostgres) -> None:
        super().__init__()
        self._runner, self._memory = runner, InMemory()
        self._run(postgres.empty())
        self._pairs = [(self._memory.store(), postgres.store()) for _ in range(2)]
        self.lead(0)

    @rule(instance=instances)
    def lead(self, instance: int) -> None:
        for store in self._pairs[instance]:
            self._run(store.lead())

    @rule(instance=instances, batches=st.lists(st.tuples(commits(), appends), min_size=1, max_size=8))
    def commit(self, instance: int, batches: Sequence[tuple[Commit, Sequence[tuple[UUID, int, str]]]]) -> None:
        for commit, appended in batches:
            whole = replace(commit, events=self._events(appended))
            expected, actual = (self._run(outcome(store, whole)) for store in self._pairs[instance])
            assert expected == actual

    @rule(instance=instances, position=numbers, ends=places)
    def save_checkpoint(self, instance: int, position: int, ends: dict[tuple[str, int], int]) -> None:
        expected, actual = (self._run(saved(store, Checkpoint(position, ends))) for store in self._pairs[instance])
        assert expected == actual

    @rule(instance=instances, limit=st.integers(1, 3))
    def publish(self, instance: int, limit: int) -> None:
        expected, actual = (self._run(published(store, limit)) for store in self._pairs[instance])
        assert expected == actual

    @rule(position=st.integers(0, 8), limit=st.integers(1, 4))
    def read_a_page(self, position: int, limit: int) -> None:
        expected, actual = (self._run(store.after(position, limit)) for store in self._pairs[1])
        assert timeless(expected) == timeless(actual)

    @invariant()
    def both_know_the_same(self) -> None:
        expected, actual = (self._run(knowledge(store)) for store in self._pairs[0])
        assert expected == actual

    def _events(self, appended: Sequence[tuple[UUID, int, str]]) -> list[NewEvent]:
        versions = {stream: len(self._memory.shared.recorder.select_events(stream)) for stream in STREAMS}
        events: list[NewEvent] = []
        for stream, behind, text in appended:
            version = max(1, versions[stream] + 1 - behind)
            versions[stream] = max(versions[stream], version)
            events.append(noted(stream, version, text))
        return events

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


async def outcome(store: Store, commit: Commit) -> object:
    try:
        return timeless(await store.commit(commit))
    except (Fenced, StreamMoved, Unwritable) as refused:
        return type(refused)


async def saved(store: Store, checkpoint: Checkpoint) -> object:
    try:
        return await store.save_checkpoint(checkpoint)
    except Fenced as refused:
        return type(refused)


async def published(store: Store, limit: int) -> tuple[list[SetAside], object]:
    waiting = await store.unpublished(limit)
    try:
        return waiting, await store.mark_published([row.id for row in waiting])
    except Fenced as refused:
        return waiting, type(refused)


async def knowledge(store: Store) -> dict[str, object]:
    log = await store.after(0, 1000)
    return {
        "head": await store.head(),
        "log": timeless(log),
        "instants never go back": [event.recorded_at for event in log] == sorted(event.recorded_at for event in log),
        "histories": await store.histories(STREAMS),
        "offsets": await store.offsets("kafka"),
        "cursors": await store.cursors(),
        "seen": await store.seen(DIGESTS),
        "parked": await store.parked(STREAMS),
        "waiting": await store.waiting(ROWS),
        "unpublished": await store.unpublished(100),
        "checkpoint": await store.checkpoint(),
    }


def timeless(recorded: Sequence[Recorded]) -> list[Recorded]:
    """Each log has its own clock."""
    return [structs.replace(event, recorded_at=EPOCH) for event in recorded]


def test_postgres_answers_as_the_memory_does(log_database: str) -> None:
    postgres = InPostgres(log_database)
    with asyncio.Runner() as runner:
        runner.run(postgres.open())
        run_state_machine_as_test(
            lambda: TwoWriters(runner, postgres),  # pyright: ignore[reportArgumentType] - any factory will do
            settings=settings(max_examples=50, stateful_step_count=8, deadline=None, suppress_health_check=[HealthCheck.too_slow]),
        )
        runner.run(postgres.close())
