"""What only a database can break: the order within a statement, one transaction, values that do not fit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.postgres import EVENT_IDS, Log, event_id
from pipeline.store import Commit, NewEvent, Recorded, StreamMoved, Unwritable
from tests.pipeline.backends import SCHEMA, InPostgres, no_read_models
from tests.pipeline.conftest import WHY, Noted, noted
from tests.pipeline.samples import EVENTS, ZHANG, everything, first_batch, next_batch, parked

ROWS_OF_THE_COMMIT = """
SELECT xmin::text FROM enrollment.stored_events UNION SELECT xmin::text FROM enrollment.inbox
UNION SELECT xmin::text FROM enrollment.consumed_offsets UNION SELECT xmin::text FROM enrollment.cursors
UNION SELECT xmin::text FROM enrollment.set_aside UNION SELECT xmin::text FROM enrollment.log_head"""


async def test_all_rows_of_a_commit_are_of_one_transaction(postgres: InPostgres) -> None:
    store = postgres.store()
    await store.lead()
    await store.commit(first_batch())
    assert len(await postgres.as_owner(ROWS_OF_THE_COMMIT)) == 1


async def test_the_inbox_is_asked_before_the_events_so_that_a_repeated_batch_is_told_so(postgres: InPostgres) -> None:
    store = postgres.store()
    await store.lead()
    await store.commit(first_batch())
    with pytest.raises(StreamMoved, match="digest"):
        await store.commit(first_batch())


async def test_a_read_model_that_fails_leaves_nothing_of_its_commit(postgres: InPostgres) -> None:
    async def fail(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401
        await connection.execute("UPDATE cursors SET position = 99")
        message = f"cannot show position {recorded[-1].position}"
        raise RuntimeError(message)

    sound, failing = postgres.store(), postgres.store(Log(SCHEMA, fail))
    await sound.lead()
    await sound.commit(first_batch())
    await failing.lead()
    before = await everything(sound)
    with pytest.raises(RuntimeError, match="cannot show position 3"):
        await failing.commit(next_batch())
    assert before == await everything(sound)


async def test_a_key_twice_in_a_read_model_is_the_messages_fault_not_a_moved_stream(postgres: InPostgres) -> None:
    async def insert_twice(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401, ARG001
        await connection.execute("INSERT INTO cursors VALUES ('events', 0, 1)")

    store = postgres.store(Log(SCHEMA, insert_twice))
    await store.lead()
    with pytest.raises(Unwritable, match="already exists"):
        await store.commit(first_batch())


async def test_a_read_model_is_written_in_the_transaction_of_its_events(postgres: InPostgres) -> None:
    seen: list[tuple[str, str]] = []

    async def look(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401
        now = "SELECT pg_current_xact_id()::text, xmin::text FROM stored_events WHERE notification_id = $1"
        seen.append(tuple(await connection.fetchrow(now, recorded[0].position)))

    store = postgres.store(Log(SCHEMA, look))
    await store.lead()
    await store.commit(first_batch())
    ((transaction, of_the_event),) = seen
    assert transaction == of_the_event


@pytest.mark.parametrize(
    "commit",
    [
        pytest.param(Commit(cursors={EVENTS: 2**63}), id="beyond bigint"),
        pytest.param(Commit(events=[NewEvent(ZHANG, 1, Noted(text="·"), WHY._replace(actor="cl\0erk"))]), id="U+0000 in the metadata"),
        pytest.param(Commit(set_aside=[replace(parked(1), field="na\0me")]), id="U+0000 in a dead letter"),
        pytest.param(Commit(set_aside=[replace(parked(1), field="na\ud800me")]), id="half a character"),
    ],
)
async def test_a_value_that_does_not_fit_is_the_messages_fault_not_an_outage(postgres: InPostgres, commit: Commit) -> None:
    store = postgres.store()
    await store.lead()
    with pytest.raises(Unwritable):
        await store.commit(commit)


async def test_the_whole_log_can_be_asked_as_json(postgres: InPostgres) -> None:
    store = postgres.store()
    await store.lead()
    await store.commit(Commit(events=[noted(ZHANG, 1, "古丽·买买提 𠮷 \\u0000")]))
    (row,) = await postgres.as_owner("SELECT state ->> 'text' AS text FROM enrollment.events")
    assert row["text"] == "古丽·买买提 𠮷 \\u0000"


async def test_an_event_bears_the_rules_under_which_it_was_decided(postgres: InPostgres) -> None:
    store = postgres.store(Log(SCHEMA, no_read_models, pack_hash=b"\x01\xff"))
    await store.lead()
    await store.commit(first_batch())
    assert [tuple(row) for row in await postgres.as_owner("SELECT pack_hash FROM enrollment.stored_events")] == [(b"\x01\xff",)]


class Reversed:
    """Enough of a seal to see where it is used; real ones encrypt."""

    personal = frozenset({"facts"})

    def close(self, plain: bytes) -> bytes:
        return plain[::-1]

    def open(self, sealed: bytes) -> bytes:
        return sealed[::-1]


async def test_records_of_a_personal_topic_lie_sealed_and_others_plain(postgres: InPostgres) -> None:
    store = postgres.store(Log(SCHEMA, no_read_models, seal=Reversed()))
    personal, other = parked(1), parked(2)
    public = replace(other, record=replace(other.record, topic="events"))
    await store.lead()
    await store.commit(Commit(set_aside=[personal, public]))
    rows = await postgres.as_owner("SELECT sealed, substr(record, 1, 1) AS first FROM enrollment.set_aside ORDER BY sequence")
    assert [tuple(row) for row in rows] == [(True, b"}"), (False, b"{")]
    assert [personal, public] == await store.unpublished(10)


@for_all(st.sampled_from(["enrollment", "assistance"]), st.uuids(), st.integers(1, 2**40))
def test_an_event_id_is_the_uuid5_of_service_stream_and_version(service: str, stream: UUID, version: int) -> None:
    assert event_id(service, stream, version) == uuid5(EVENT_IDS, f"{service}/{stream}/{version}")
