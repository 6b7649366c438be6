"""The store's promises, kept by the memory and by PostgreSQL alike."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from pipeline.store import Checkpoint, Commit, Fenced, Gap, Recorded, Store, StreamMoved, Unwritable
from tests.pipeline.backends import Backend
from tests.pipeline.conftest import WHY, Noted, noted
from tests.pipeline.samples import EVENTS, FACTS, LI, ZHANG, everything, first_batch, next_batch, parked


@pytest.fixture
async def store(backend: Backend) -> Store:
    """The writer of an empty log."""
    writer = backend.store()
    await writer.lead()
    return writer


@pytest.fixture
async def begun(store: Store) -> Store:
    """The writer of a log that holds the first batch."""
    await store.commit(first_batch())
    return store


async def test_a_new_log_is_empty(backend: Backend) -> None:
    assert {
        "head": 0,
        "after": [],
        "histories": {ZHANG: [], LI: []},
        "offsets": {},
        "cursors": {},
        "seen": {},
        "parked": {},
        "waiting": {},
        "unpublished": [],
        "checkpoint": Checkpoint(0, {}),
    } == await everything(backend.store())


async def test_everything_of_a_commit_is_there_for_every_instance(begun: Store, backend: Backend) -> None:
    second, third = await begun.commit(next_batch())
    first = (await begun.after(0, 1))[0]
    assert {
        "head": 3,
        "after": [first, second, third],
        "histories": {ZHANG: [Noted(text="a note"), Noted(text="a note")], LI: [Noted(text="a note")]},
        "offsets": {FACTS: 2, ("facts", 1): 7},
        "cursors": {EVENTS: 2},
        "seen": {b"first": b"content", b"second": b"content"},
        "parked": {LI: [UUID(int=2)]},
        "waiting": {UUID(int=2): LI, UUID(int=3): None},
        "unpublished": [parked(1), parked(2), parked(3, stream=None)],
        "checkpoint": Checkpoint(0, {}),
    } == await everything(backend.store())


async def test_an_event_is_read_as_it_was_recorded(store: Store) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    (recorded,) = await store.commit(Commit(events=[noted(ZHANG, 1)]))
    identity, text = UUID("840bf9a7-6623-5a3c-baa3-5159a434afb4"), Noted(text="a note")
    assert [Recorded(1, ZHANG, 1, text, identity, WHY, recorded.recorded_at)] == await store.after(0, 10) == [recorded]
    assert before < recorded.recorded_at < before + timedelta(minutes=2)


async def test_positions_are_dense_in_commit_order_across_streams(store: Store) -> None:
    await store.commit(Commit(events=[noted(ZHANG, 1), noted(LI, 1), noted(ZHANG, 2)]))
    await store.commit(Commit(offsets={FACTS: 1}))
    await store.commit(Commit(events=[noted(LI, 2)]))
    places = [(event.position, event.stream, event.version) for event in await store.after(0, 10)]
    assert places == [(1, ZHANG, 1), (2, LI, 1), (3, ZHANG, 2), (4, LI, 2)]


async def test_positions_stay_dense_when_commits_overlap(store: Store) -> None:
    commits = [Commit(events=[noted(UUID(int=number), 1), noted(UUID(int=number), 2)]) for number in range(20)]
    recorded = await asyncio.gather(*(store.commit(commit) for commit in commits))
    log = await store.after(0, 100)
    assert list(range(1, 41)) == [event.position for event in log]
    assert log == [event for events in sorted(recorded, key=lambda events: events[0].position) for event in events]


async def test_a_refused_commit_takes_no_position(begun: Store) -> None:
    with pytest.raises(StreamMoved):
        await begun.commit(Commit(events=[noted(LI, 1), noted(ZHANG, 1)]))
    (recorded,) = await begun.commit(Commit(events=[noted(LI, 1)]))
    assert recorded.position == 2


@pytest.mark.parametrize(
    ("commit", "raised"),
    [
        pytest.param(next_batch(version=1), StreamMoved, id="its version is taken"),
        pytest.param(next_batch(digest=b"first"), StreamMoved, id="its message was handled before"),
        pytest.param(next_batch(version=1, digest=b"first"), StreamMoved, id="it was committed before"),
        pytest.param(next_batch(text="U+0000: \0"), Unwritable, id="it holds U+0000"),
    ],
)
async def test_nothing_of_a_refused_commit_remains_when(begun: Store, commit: Commit, raised: type[Exception]) -> None:
    before = await everything(begun)
    with pytest.raises(raised):
        await begun.commit(commit)
    assert before == await everything(begun)


async def test_a_version_twice_in_one_commit_is_refused(begun: Store) -> None:
    with pytest.raises(StreamMoved):
        await begun.commit(Commit(events=[noted(LI, 1), noted(LI, 1)]))
    assert await begun.head() == 1


async def test_nothing_of_an_earlier_writers_commit_remains(begun: Store, backend: Backend) -> None:
    await backend.store().lead()
    before = await everything(begun)
    with pytest.raises(Fenced, match="another writer leads enrollment now"):
        await begun.commit(next_batch())
    assert before == await everything(begun)


async def test_an_earlier_writer_may_not_even_move_an_offset(begun: Store, backend: Backend) -> None:
    await backend.store().lead()
    with pytest.raises(Fenced):
        await begun.commit(Commit(offsets={FACTS: 99}))
    assert await begun.offsets("kafka") == {FACTS: 1}


async def test_an_earlier_writer_may_not_even_move_a_cursor(begun: Store, backend: Backend) -> None:
    await backend.store().lead()
    with pytest.raises(Fenced):
        await begun.commit(Commit(cursors={EVENTS: 99}))
    assert await begun.cursors() == {EVENTS: 1}


async def test_an_earlier_writer_may_not_even_remember_a_message(begun: Store, backend: Backend) -> None:
    await backend.store().lead()
    with pytest.raises(Fenced):
        await begun.commit(Commit(inbox={b"second": b"content"}))
    assert await begun.seen([b"first", b"second"]) == {b"first": b"content"}


async def test_an_offset_counts_only_in_the_cluster_that_gave_it_out(store: Store) -> None:
    await store.offsets("first")
    await store.commit(Commit(offsets={FACTS: 7, ("facts", 1): 9}))
    assert await store.offsets("second") == {}
    await store.commit(Commit(offsets={FACTS: 2}))
    assert await store.offsets("second") == {FACTS: 2}
    assert await store.offsets("first") == {("facts", 1): 9}


async def test_an_offset_of_an_earlier_release_counts_in_the_cluster_that_is_there(store: Store) -> None:
    await store.commit(Commit(offsets={FACTS: 7, ("facts", 1): 9}))
    assert await store.offsets("first") == {FACTS: 7, ("facts", 1): 9}
    assert await store.offsets("second") == {}


async def test_an_earlier_writers_relay_may_not_move_the_checkpoint(begun: Store, backend: Backend) -> None:
    """It woke after its successor had found Kafka empty and begun anew."""
    successor = backend.store()
    await begun.save_checkpoint(Checkpoint(1, {EVENTS: 1}))
    await successor.lead()
    await successor.save_checkpoint(Checkpoint(0, {EVENTS: 0}))
    with pytest.raises(Fenced, match="another writer leads enrollment now"):
        await begun.save_checkpoint(Checkpoint(1, {EVENTS: 1, ("events", 1): 2}))
    assert await successor.checkpoint() == Checkpoint(0, {EVENTS: 0})


async def test_an_earlier_writers_relay_may_not_mark_a_dead_letter(begun: Store, backend: Backend) -> None:
    await begun.commit(Commit(set_aside=[parked(9)]))
    await backend.store().lead()
    with pytest.raises(Fenced, match="another writer leads enrollment now"):
        await begun.mark_published([UUID(int=9)])
    assert parked(9) in await begun.unpublished(10)


@pytest.mark.usefixtures("begun")
async def test_the_next_writer_goes_on_where_the_earlier_stopped(backend: Backend) -> None:
    successor = backend.store()
    await successor.lead()
    recorded = await successor.commit(next_batch())
    assert [event.position for event in recorded] == [2, 3]


async def test_an_instance_that_never_led_may_not_commit(backend: Backend) -> None:
    with pytest.raises(Fenced):
        await backend.store().commit(Commit(events=[noted(ZHANG, 1)]))


async def test_a_cursor_never_goes_back(begun: Store) -> None:
    await begun.commit(Commit(cursors={EVENTS: 5}))
    await begun.commit(Commit(cursors={EVENTS: 4}))
    assert await begun.cursors() == {EVENTS: 5}


async def test_an_offset_goes_back_when_its_topic_was_wiped(begun: Store) -> None:
    await begun.commit(Commit(offsets={FACTS: 0}))
    assert await begun.offsets("kafka") == {FACTS: 0}


async def test_parked_rows_wait_oldest_first_and_by_household(store: Store) -> None:
    await store.commit(Commit(set_aside=[parked(9), parked(3)]))
    await store.commit(Commit(set_aside=[parked(5), parked(1, ZHANG), parked(2, stream=None)]))
    assert {LI: [UUID(int=9), UUID(int=3), UUID(int=5)], ZHANG: [UUID(int=1)]} == await store.parked([ZHANG, LI])


async def test_a_redriven_row_waits_no_more(store: Store) -> None:
    await store.commit(Commit(set_aside=[parked(9), parked(3)]))
    await store.commit(Commit(redriven=[UUID(int=9)]))
    assert {LI: [UUID(int=3)]} == await store.parked([LI])


async def test_a_record_is_set_aside_once(store: Store) -> None:
    await store.commit(Commit(set_aside=[parked(9)]))
    await store.commit(Commit(set_aside=[parked(9)]))
    assert [parked(9)] == await store.unpublished(10)


async def test_a_redriven_row_does_not_wait_again_when_its_batch_is_read_again(store: Store) -> None:
    await store.commit(Commit(set_aside=[parked(9)]))
    await store.commit(Commit(redriven=[UUID(int=9)]))
    await store.commit(Commit(set_aside=[parked(9)]))
    assert await store.parked([LI]) == {}


async def test_notices_go_out_in_order_and_once(store: Store) -> None:
    await store.commit(Commit(set_aside=[parked(9, stream=None), parked(3, stream=None), parked(5)]))
    assert [parked(9, stream=None), parked(3, stream=None)] == await store.unpublished(2)
    await store.mark_published([UUID(int=9), UUID(int=3)])
    assert [parked(5)] == await store.unpublished(2)


async def test_the_log_is_read_in_pages(store: Store) -> None:
    await store.commit(Commit(events=[noted(ZHANG, version) for version in range(1, 6)]))
    pages = [await store.after(position, 2) for position in (0, 2, 4, 5)]
    assert [[event.position for event in page] for page in pages] == [[1, 2], [3, 4], [5], []]


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_missing_position_stops_every_reader(store: Store, backend: Backend, after: int) -> None:
    await store.commit(Commit(events=[noted(ZHANG, version) for version in range(1, 6)]))
    await backend.remove(3)
    with pytest.raises(Gap, match="the log of enrollment misses"):
        await store.after(after, 10)


async def test_instants_never_go_back(begun: Store, backend: Backend) -> None:
    ahead = datetime(2199, 1, 1, 8, 0, 0, 123456, tzinfo=UTC)
    await backend.set_last_recorded_at(ahead)
    (recorded,) = await begun.commit(Commit(events=[noted(LI, 1)]))
    assert ahead == recorded.recorded_at


@pytest.mark.parametrize("text", ["古丽·买买提", "𠮷野家", "\\u0000", "'; DROP TABLE", "e\u0301 \U0001f3e0 \u200d", "x" * 1_000_000])
async def test_rare_characters_come_back_as_they_were(store: Store, text: str) -> None:
    await store.commit(Commit(events=[noted(ZHANG, 1, text)]))
    assert {ZHANG: [Noted(text=text)]} == await store.histories([ZHANG])


async def test_the_relay_finds_its_checkpoint_again(begun: Store, backend: Backend) -> None:
    await begun.save_checkpoint(Checkpoint(1, {EVENTS: 4, ("events", 1): 2}))
    await begun.save_checkpoint(Checkpoint(3, {EVENTS: 6}))
    assert Checkpoint(3, {EVENTS: 6, ("events", 1): 2}) == await backend.store().checkpoint()


async def test_a_row_waits_with_its_stream_until_it_is_redriven(begun: Store) -> None:
    await begun.commit(Commit(set_aside=[parked(2), parked(3, stream=None)], redriven=[UUID(int=1)]))
    assert await begun.waiting([UUID(int=number) for number in range(5)]) == {UUID(int=2): LI, UUID(int=3): None}
