"""When the database is away, answers too late or has another leader, nothing is lost, repeated or set aside."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import pytest

from pipeline.memory import MemoryStore, Shared
from pipeline.store import Commit, Fenced, Recorded, StreamMoved
from tests.pipeline.houses import NORTH, SOUTH, ZHANG_HAS_A_BUG, Arrived, Lend, Return, Town, record

pytestmark = pytest.mark.usefixtures("quiet")


def state(town: Town) -> dict[str, Any]:
    """All that a commit could have changed."""
    shared = town.shared
    names = ("recorded", "inbox", "offsets", "cursors", "set_aside", "settled")
    return {name: type(getattr(shared, name))(getattr(shared, name)) for name in names}


class Failing(MemoryStore):
    """Raises once, at the call that is named; nothing is changed then."""

    def __init__(self, shared: Shared, call: str, error: Exception) -> None:
        super().__init__("houses", shared)
        self._call, self._error = call, error

    def _fail(self, call: str) -> None:
        if call == self._call:
            self._call = ""
            raise self._error

    async def seen(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        self._fail("seen")
        return await super().seen(digests)

    async def histories(self, streams: Sequence[Any]) -> dict[Any, Any]:
        self._fail("histories")
        return await super().histories(streams)

    async def parked(self, streams: Sequence[Any]) -> dict[Any, Any]:
        self._fail("parked")
        return await super().parked(streams)

    async def commit(self, commit: Commit) -> list[Recorded]:
        self._fail("commit")
        return await super().commit(commit)


OUTAGES: Final = [
    OSError("connection reset"),
    TimeoutError(),
    asyncpg.ConnectionDoesNotExistError("08003"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    asyncpg.SerializationError("40001"),
    asyncpg.TooManyConnectionsError("53300"),
    asyncpg.AdminShutdownError("57P01"),
]


@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", ["seen", "histories", "parked", "commit"])
async def test_an_outage_is_told_changes_nothing_and_the_batch_can_be_read_again(town: Town, call: str, error: Exception) -> None:
    await (await town.writer()).handle([record(0, Lend(household="Zhang"))])
    writer = await town.writer(store=Failing(town.shared, call, error))
    before, batch = state(town), [record(1, Return()), record(2, Lend(household="unwritable"), SOUTH), record(3, Lend(household="Li"))]
    with pytest.raises(type(error)):
        await writer.handle(batch)
    assert state(town) == before
    await writer.handle(batch)
    assert town.told() == [(1, "lent Zhang"), (1, "returned"), (1, "lent Li")]
    assert town.reasons() == [(2, "message.unhandled", None)]


async def test_an_outage_while_a_batch_is_taken_apart_loses_and_repeats_nothing(town: Town) -> None:
    class Flickering(MemoryStore):
        commits = 0

        async def commit(self, commit: Commit) -> list[Recorded]:
            self.commits += 1
            if self.commits == 4:
                raise OSError(errno.ECONNRESET, "reset")
            return await super().commit(commit)

    writer = await town.writer(ZHANG_HAS_A_BUG, Flickering("houses", town.shared))
    asked = [Lend(household=name) for name in ("Li", "Wang", "unwritable", "Zhang")]
    batch = [record(offset, data, (NORTH, SOUTH)[offset % 2]) for offset, data in enumerate(asked)]
    with pytest.raises(OSError, match="reset"):
        await writer.handle(batch)
    await writer.handle(batch)
    assert town.told() == [(1, "lent Li"), (2, "lent Wang")]
    assert town.reasons() == [(2, "message.unhandled", None), (3, "household.parked", 2)]


async def test_a_stream_that_moved_is_read_anew(town: Town) -> None:
    """As after a commit whose answer was lost: the log has it, the cache does not."""
    writer, other = await town.writer(), MemoryStore("houses", town.shared)
    await writer.handle([record(0, Lend(household="Zhang"))])
    stale = Commit(events=[(await writer.handle([record(1, Return())])).events[0]._replace(version=3)])
    await other.lead()
    await other.commit(stale)
    await writer._store.lead()  # noqa: SLF001 - the same writer goes on, as it would after a lost answer
    with pytest.raises(StreamMoved):
        await writer.handle([record(2, Lend(household="Li"))])
    await writer.handle([record(2, Lend(household="Li"))])
    assert town.told() == [(1, "lent Zhang"), (1, "returned"), (1, "returned"), (1, "lent Li")]


async def test_a_commit_whose_answer_was_lost_has_one_effect(town: Town) -> None:
    class Deaf(MemoryStore):
        deaf = True

        async def commit(self, commit: Commit) -> list[Recorded]:
            recorded = await super().commit(commit)
            if self.deaf:
                self.deaf = False
                raise TimeoutError
            return recorded

    writer = await town.writer(store=Deaf("houses", town.shared))
    batch = [record(0, Lend(household="Zhang")), record(1, Return()), record(0, Arrived(household="Li"), SOUTH, position="4")]
    with pytest.raises(TimeoutError):
        await writer.handle(batch)
    await writer.handle(batch)
    assert town.told() == [(1, "lent Zhang"), (1, "returned"), (2, "lent Li")]


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InsufficientPrivilegeError("log"),
        asyncpg.PostgresIOError("could not read block 7: Input/output error"),
        asyncpg.InvalidPasswordError("the password of the vault's role was changed"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_the_server_says_of_itself_is_told_and_no_message_is_set_aside_for_it(town: Town, error: Exception) -> None:
    writer = await town.writer(store=Failing(town.shared, "histories", error))
    with pytest.raises(type(error)):
        await writer.handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Li"), SOUTH)])
    assert town.reasons() == []
    assert town.shared.offsets == {}


async def test_an_event_whose_commit_was_not_answered_is_decided_once(town: Town) -> None:
    class Deaf(MemoryStore):
        commits = 0

        async def commit(self, commit: Commit) -> list[Recorded]:
            done = await super().commit(commit)
            self.commits += 1
            if self.commits == 2:
                raise TimeoutError
            return done

    writer = await town.writer(store=Deaf("houses", town.shared))
    await writer.handle([record(0, Arrived(household="Li"), position="1")])
    batch = [record(1, Arrived(household="Wang"), position="2")]
    with pytest.raises(TimeoutError):
        await writer.handle(batch)
    await writer.handle(batch)
    assert town.told() == [(1, "lent Li"), (1, "refused Wang")]


async def test_a_writer_whose_epoch_is_over_changes_nothing_and_says_so(town: Town) -> None:
    old = await town.writer()
    await old.handle([record(0, Lend(household="Zhang"))])
    await town.writer()
    before = state(town)
    with pytest.raises(Fenced):
        await old.handle([record(1, Return()), record(2, Lend(household="unwritable"), SOUTH)])
    assert state(town) == before
