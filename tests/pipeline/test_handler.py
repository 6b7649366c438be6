"""A batch of records becomes one commit, in order, and one bad message is the trouble of one house only."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline import handler as path
from pipeline.envelope import REDRIVE, Record
from pipeline.facts_lost import FactsLost
from pipeline.memory import MemoryStore, Shared
from pipeline.store import Commit, Fenced, Recorded, StreamMoved
from tests.pipeline.houses import (
    COMMANDS,
    EAST,
    NEIGHBOURS,
    NORTH,
    SOUTH,
    Arrived,
    Lend,
    Return,
    Swap,
    Town,
    again,
    record,
)

ZHANG_HAS_A_BUG: Final = frozenset({"Zhang"})
NO_BUG: Final = frozenset[str]()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Parking logs a traceback, hundreds of times here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def state(town: Town) -> dict[str, Any]:
    """All that a commit could have changed."""
    shared = town.shared
    names = ("recorded", "inbox", "offsets", "cursors", "set_aside", "settled")
    return {name: type(getattr(shared, name))(getattr(shared, name)) for name in names}


async def test_messages_of_one_house_in_one_batch_are_decided_on_what_went_before(town: Town) -> None:
    asked = [Lend(household="Zhang"), Lend(household="Li"), Return(), Lend(household="Li")]
    await (await town.writer()).handle([record(offset, data) for offset, data in enumerate(asked)])
    assert town.told() == [(1, "lent Zhang"), (1, "refused Li"), (1, "returned"), (1, "lent Li")]
    assert [event.version for event in town.shared.recorded] == [1, 2, 3, 4]


async def test_the_next_batch_is_decided_on_the_state_that_the_last_one_left(town: Town) -> None:
    writer = await town.writer()
    await writer.handle([record(0, Lend(household="Zhang"))])
    await writer.handle([record(1, Lend(household="Li"))])
    assert town.told() == [(1, "lent Zhang"), (1, "refused Li")]


async def test_a_new_writer_decides_on_the_log(town: Town) -> None:
    await (await town.writer()).handle([record(0, Lend(household="Zhang"))])
    await (await town.writer()).handle([record(1, Lend(household="Li"))])
    assert town.told() == [(1, "lent Zhang"), (1, "refused Li")]


async def test_a_commit_says_why_and_how_far(town: Town) -> None:
    batch = [record(7, Lend(household="Zhang")), record(4, Arrived(household="Li"), SOUTH, position="30"), record(8, Return(), EAST)]
    commit = await (await town.writer()).handle(batch)
    why = commit.events[0].metadata
    assert ("houses.commands 7", "houses.commands 7", "/clerk", "2021-01-05") == (
        why.causation, why.correlation, why.source, why.valid_on.isoformat(),
    )  # fmt: skip
    assert town.shared.offsets == {(COMMANDS, 0): 9, (NEIGHBOURS, 0): 5}
    assert town.shared.cursors == {(NEIGHBOURS, 0): 30}


async def test_a_message_sent_again_changes_nothing(town: Town) -> None:
    sent, back = record(0, Lend(household="Zhang"), identity="1"), record(1, Return())
    again_at_once, later = replace(sent, offset=2), replace(sent, offset=3)
    writer = await town.writer()
    await writer.handle([sent, back, again_at_once])
    await writer.handle([later])
    assert town.told() == [(1, "lent Zhang"), (1, "returned")]
    assert town.shared.offsets == {(COMMANDS, 0): 4}
    assert town.reasons() == []


async def test_the_same_id_of_another_source_is_another_message(town: Town) -> None:
    sent = [record(0, Lend(household="Zhang"), identity="1"), record(1, Return(), identity="1", source="/cadre")]
    await (await town.writer()).handle(sent)
    assert town.told() == [(1, "lent Zhang"), (1, "returned")]


@pytest.mark.parametrize("split", [1, 2], ids=["in a later batch", "in the same batch"])
async def test_the_same_id_with_other_data_is_refused_as_a_conflict(town: Town, split: int) -> None:
    sent = [record(0, Lend(household="Zhang"), identity="1"), record(1, Lend(household="Li"), SOUTH, identity="1")]
    writer = await town.writer()
    await writer.handle(sent[:split])
    if split == 1:
        await writer.handle(sent[1:])
    (row,) = town.waiting()
    assert town.told() == [(1, "lent Zhang")]
    assert (None, "message.conflict", "id", "was used before for a message with other data") == (
        row.stream,
        row.reason,
        row.field,
        row.problem,
    )


async def test_what_cannot_be_read_is_set_aside_with_its_bytes_and_the_rest_flows(town: Town) -> None:
    broken = replace(record(0, Lend(household="Zhang")), value=b"\xff")
    await (await town.writer()).handle([broken, record(1, Lend(household="Li"))])
    assert town.told() == [(1, "lent Li")]
    assert [row.record for row in town.waiting()] == [broken]
    assert town.shared.offsets == {(COMMANDS, 0): 2}


async def test_what_another_service_replays_is_skipped_by_its_position(town: Town) -> None:
    first, second = record(0, Arrived(household="Zhang"), position="5"), record(1, Arrived(household="Li"), SOUTH, position="6")
    await (await town.writer()).handle([first, second, record(0, Return()), record(1, Return(), SOUTH)])
    refilled = [
        replace(first, offset=2),
        replace(second, offset=3),
        record(4, Arrived(household="Wang"), EAST, position="7"),
    ]
    await (await town.writer()).handle([*refilled, record(2, Return(), EAST), replace(refilled[-1], offset=5)])
    assert town.told() == [(1, "lent Zhang"), (2, "lent Li"), (1, "returned"), (2, "returned"), (3, "lent Wang"), (3, "returned")]
    assert town.shared.cursors == {(NEIGHBOURS, 0): 7}


async def test_each_partition_has_a_cursor_of_its_own(town: Town) -> None:
    one = record(0, Arrived(household="Zhang"), position="9")
    other = replace(record(0, Arrived(household="Li"), SOUTH, position="3"), partition=1)
    await (await town.writer()).handle([one, other])
    assert town.told() == [(1, "lent Zhang"), (2, "lent Li")]


async def test_an_event_without_a_position_is_known_by_its_id(town: Town) -> None:
    event = record(0, Arrived(household="Zhang"))
    writer = await town.writer()
    await writer.handle([event, record(1, Return(), identity="back")])
    await writer.handle([replace(event, offset=1)])
    assert town.told() == [(1, "lent Zhang"), (1, "returned")]


async def test_an_event_that_changes_nothing_here_is_not_even_read(town: Town) -> None:
    """Its value would be refused."""
    writer = await town.writer(heeded={NEIGHBOURS: {}})
    await writer.handle([replace(record(0, Arrived(household="Li"), position="1"), value=b"{")])
    assert (town.told(), town.reasons()) == ([], [])
    assert town.shared.offsets == {(NEIGHBOURS, 0): 1}


async def test_a_message_about_two_houses_reaches_both(town: Town) -> None:
    writer = await town.writer()
    await writer.handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Li"), SOUTH)])
    await writer.handle([record(2, Swap(other=SOUTH, household="Li", other_household="Zhang"))])
    assert town.told(NORTH) == [(1, "lent Zhang"), (1, "returned"), (1, "lent Li")]
    assert town.told(SOUTH) == [(2, "lent Li"), (2, "returned"), (2, "lent Zhang")]


async def test_a_bug_parks_its_house_with_all_that_follows_and_neighbours_flow(town: Town) -> None:
    writer = await town.writer(ZHANG_HAS_A_BUG)
    await writer.handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Li"), SOUTH), record(2, Lend(household="Wang"))])
    await writer.handle([record(3, Return()), record(4, Return(), SOUTH)])
    assert town.told() == [(2, "lent Li"), (2, "returned")]
    assert town.reasons() == [(0, "household.parked", 1), (2, "household.parked", 1), (3, "household.parked", 1)]
    assert town.shared.offsets == {(COMMANDS, 0): 5}
    assert [row.problem for row in town.waiting()] == [
        "RuntimeError while deciding",
        "waits behind an earlier parked message of this household",
        "waits behind an earlier parked message of this household",
    ]


async def test_a_parked_house_stays_parked_for_the_next_writer(town: Town) -> None:
    await (await town.writer(ZHANG_HAS_A_BUG)).handle([record(0, Lend(household="Zhang"))])
    await (await town.writer()).handle([record(1, Lend(household="Li"))])
    assert town.told() == []
    assert town.reasons() == [(0, "household.parked", 1), (1, "household.parked", 1)]


async def test_nothing_of_a_message_about_two_houses_happens_when_one_of_them_meets_a_bug(town: Town) -> None:
    swap = record(1, Swap(other=SOUTH, household="Li", other_household="Zhang"))
    await (await town.writer(ZHANG_HAS_A_BUG)).handle([record(0, Lend(household="Wang")), swap, record(2, Return())])
    assert town.told() == [(1, "lent Wang"), (1, "returned")]
    assert town.reasons() == [(1, "household.parked", 2)]


async def test_a_message_about_two_houses_waits_when_one_of_them_waits(town: Town) -> None:
    swap = record(1, Swap(other=SOUTH, household="Li", other_household="Wang"))
    await (await town.writer(ZHANG_HAS_A_BUG)).handle([record(0, Lend(household="Zhang"), SOUTH), swap])
    assert town.told() == []
    assert town.reasons() == [(0, "household.parked", 2), (1, "household.parked", 2)]


async def parked(town: Town) -> None:
    """North's house waits with three messages: lend to Zhang (the bug), return, lend to Li."""
    sent = [Lend(household="Zhang"), Return(), Lend(household="Li")]
    await (await town.writer(ZHANG_HAS_A_BUG)).handle([record(offset, data) for offset, data in enumerate(sent)])


async def test_a_message_that_fans_out_waits_only_for_the_house_that_waits(town: Town) -> None:
    """Li lives in the north and Wang in the south; the north is parked when both are told to swap."""
    writer = await town.writer(ZHANG_HAS_A_BUG, fans_out=frozenset({Swap}))
    await writer.handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Wang"), SOUTH)])
    await writer.handle([record(2, Swap(other=SOUTH, household="Wang", other_household="Li"))])
    assert town.told() == [(2, "lent Wang"), (2, "returned"), (2, "lent Li")]
    assert town.reasons() == [(0, "household.parked", 1), (2, "household.parked", 1)]


async def test_a_redriven_message_that_fans_out_is_decided_for_the_house_that_waited_alone(town: Town) -> None:
    writer = await town.writer(ZHANG_HAS_A_BUG, fans_out=frozenset({Swap}))
    await writer.handle([record(0, Lend(household="Zhang")), record(1, Swap(other=SOUTH, household="Wang", other_household="Li"))])
    mended = await town.writer(fans_out=frozenset({Swap}))
    await mended.handle([again(row, 2 + number) for number, row in enumerate(town.waiting())])
    assert town.told(SOUTH) == [(2, "lent Li")]
    assert town.told(NORTH) == [(1, "lent Zhang"), (1, "returned"), (1, "lent Wang")]
    assert town.reasons() == []


async def test_redriven_messages_go_on_in_the_order_in_which_they_came(town: Town) -> None:
    await parked(town)
    writer = await town.writer()
    await writer.handle([again(row, 3 + number) for number, row in enumerate(town.waiting())])
    await writer.handle([record(6, Return())])
    assert town.told() == [(1, "lent Zhang"), (1, "returned"), (1, "lent Li"), (1, "returned")]
    assert town.reasons() == []


async def test_only_the_message_that_waits_first_is_taken_when_redriven(town: Town) -> None:
    await parked(town)
    first, second, third = town.waiting()
    writer = await town.writer()
    await writer.handle([again(third, 3), again(second, 4)])
    assert town.told() == []
    assert town.waiting() == [first, second, third]
    await writer.handle([again(second, 5), again(first, 6), again(third, 7)])
    assert town.told() == [(1, "lent Zhang")]
    assert town.waiting() == [second, third]


async def test_a_new_message_waits_behind_those_that_were_not_yet_redriven(town: Town) -> None:
    await parked(town)
    first, second, third = town.waiting()
    await (await town.writer()).handle([again(first, 3), record(4, Lend(household="Wang"))])
    assert town.told() == [(1, "lent Zhang")]
    assert [row.record.offset for row in town.waiting()] == [second.record.offset, third.record.offset, 4]


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice in one batch"])
async def test_a_redriven_message_that_fails_again_stays_parked_in_its_place(town: Town, times: int) -> None:
    await parked(town)
    before = town.waiting()
    await (await town.writer(ZHANG_HAS_A_BUG)).handle([again(before[0], 3 + number) for number in range(times)])
    assert town.told() == []
    assert town.waiting() == before


async def test_a_redriven_message_that_cannot_be_written_stays_parked_in_its_place(town: Town) -> None:
    writer = await town.writer(frozenset({"unwritable"}))
    await writer.handle([record(0, Lend(household="unwritable")), record(1, Lend(household="Li"))])
    before = town.waiting()
    await (await town.writer()).handle([again(before[0], 2), record(3, Lend(household="Li"), SOUTH)])
    assert town.told() == [(2, "lent Li")]
    assert town.waiting() == before


async def test_a_message_redriven_twice_has_one_effect(town: Town) -> None:
    await parked(town)
    rows = town.waiting()
    writer = await town.writer()
    await writer.handle([again(rows[0], 3), again(rows[0], 4)])
    await writer.handle([again(rows[0], 5), again(rows[1], 6), again(rows[0], 7)])
    assert town.told() == [(1, "lent Zhang"), (1, "returned")]
    assert town.waiting() == [rows[2]]


async def test_a_parked_message_that_is_sent_again_waits_once(town: Town) -> None:
    await parked(town)
    rows = town.waiting()
    await (await town.writer()).handle([replace(rows[0].record, offset=3), again(rows[0], 4)])
    assert town.told() == [(1, "lent Zhang")]
    assert town.waiting() == rows[1:]


async def test_a_parked_message_whose_id_comes_with_other_data_is_in_conflict(town: Town) -> None:
    await (await town.writer(ZHANG_HAS_A_BUG)).handle([record(0, Lend(household="Zhang"), identity="1")])
    await (await town.writer()).handle([record(1, Lend(household="Li"), SOUTH, identity="1")])
    assert town.told() == []
    assert town.reasons() == [(0, "household.parked", 1), (1, "message.conflict", None)]


async def test_a_refused_message_is_taken_when_it_is_redriven_to_a_mended_service(town: Town) -> None:
    await (await town.writer(allowed={COMMANDS: {}})).handle([record(0, Lend(household="Zhang"))])
    await (await town.writer()).handle([again(town.waiting()[0], 1)])
    assert town.told() == [(1, "lent Zhang")]
    assert town.reasons() == []


async def test_a_conflict_stays_one_when_it_is_redriven(town: Town) -> None:
    writer = await town.writer()
    await writer.handle([record(0, Lend(household="Zhang"), identity="1"), record(1, Return(), identity="1")])
    await writer.handle([again(town.waiting()[0], 2)])
    assert town.told() == [(1, "lent Zhang")]
    assert town.reasons() == [(2, "message.conflict", None)]


async def test_a_parked_event_of_another_service_is_taken_when_redriven_though_its_position_has_passed(town: Town) -> None:
    events = [record(0, Arrived(household="Zhang"), position="5"), record(1, Arrived(household="Li"), SOUTH, position="6")]
    await (await town.writer(ZHANG_HAS_A_BUG)).handle(events)
    (row,) = town.waiting()
    writer = await town.writer()
    await writer.handle([again(row, 2)])
    await writer.handle([again(row, 3)])
    assert town.told() == [(2, "lent Li"), (1, "lent Zhang")]
    assert town.reasons() == []


async def test_what_a_neighbouring_service_redrives_is_known_here(town: Town) -> None:
    event = record(0, Arrived(household="Zhang"), position="5")
    writer = await town.writer()
    await writer.handle([event])
    await writer.handle([record(0, Return())])
    theirs = (REDRIVE, b"00000000-0000-0000-0000-00000000abcd 0 0")
    await writer.handle([replace(event, offset=1, headers=(*event.headers, theirs))])
    assert town.told() == [(1, "lent Zhang"), (1, "returned")]


async def test_a_message_that_claims_anothers_dead_letter_settles_nothing(town: Town) -> None:
    """The ids of dead letters stand on public topics."""
    writer = await town.writer(ZHANG_HAS_A_BUG)
    await writer.handle([record(0, Lend(household="Zhang"))])
    (row,) = town.waiting()
    claim = again(row, 1).headers[-1]
    forged = record(2, Lend(household="Li"), SOUTH)
    await writer.handle([replace(forged, headers=(*forged.headers, claim)), replace(forged, offset=3, headers=(*forged.headers, claim))])
    assert town.waiting() == [row]
    assert town.told() == [(2, "lent Li")]


@pytest.mark.parametrize("value", [b"no id", b"\xff", b"", None])
async def test_a_broken_redrive_header_is_no_harm(town: Town, value: bytes | None) -> None:
    sent = record(0, Lend(household="Zhang"))
    await (await town.writer()).handle([replace(sent, headers=(*sent.headers, (REDRIVE, value))), record(1, Lend(household="Li"), SOUTH)])
    assert (2, "lent Li") in town.told()
    assert {reason for _, reason, _ in town.reasons()} <= {"header.not-utf8", "header.null"}


@pytest.mark.parametrize("bad", ["unwritable", "unidentifiable"])
@pytest.mark.parametrize("place", range(7))
async def test_one_bad_message_of_a_batch_is_set_aside_and_the_others_are_committed_in_order(town: Town, bad: str, place: int) -> None:
    asked = [Lend(household=name) for name in ("Zhang", "Li", "Wang", "Zhao", "Chen", "Yang")]
    asked.insert(place, Lend(household=bad))
    batch = [record(offset, data, (NORTH, SOUTH)[offset % 2], identity=data.household) for offset, data in enumerate(asked)]
    await (await town.writer()).handle(batch)
    alone = Town(Shared())
    await (await alone.writer()).handle([one for one in batch if one.offset != place])
    assert town.told() == alone.told() != []
    assert town.reasons() == [(place, "message.unhandled", None)]
    assert town.shared.offsets == {(COMMANDS, 0): 7}


async def test_a_batch_of_bad_messages_alone_is_set_aside_whole(town: Town) -> None:
    await (await town.writer()).handle([record(offset, Lend(household="unwritable")) for offset in range(5)])
    assert town.told() == []
    assert [offset for offset, _, _ in town.reasons()] == [0, 1, 2, 3, 4]


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


async def test_facts_that_kafka_lost_are_written_down_with_the_next_offset(town: Town) -> None:
    writer = await town.writer()
    first, second = (FactsLost(topic=COMMANDS, partition=0, from_offset=10 * n, to_offset=10 * n + 5) for n in (1, 2))
    await writer.facts_lost(first)
    await writer.facts_lost(second)
    assert [event.event for event in town.shared.recorded] == [first, second]
    assert [event.version for event in town.shared.recorded] == [1, 2]
    assert town.shared.offsets == {(COMMANDS, 0): 25}


async def test_states_that_fell_out_of_the_cache_are_read_from_the_log(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path, "CACHED_EVENTS", 1)
    writer = await town.writer()
    for offset in range(9):
        asked = Lend(household="Zhang") if offset % 3 == 0 else Lend(household="Li") if offset % 3 == 1 else Return()
        await writer.handle([record(2 * offset, asked), record(2 * offset + 1, asked, SOUTH)])
    season = ["lent Zhang", "refused Li", "returned"]
    assert [said for _, said in town.told(NORTH)] == [said for _, said in town.told(SOUTH)] == season * 3


async def test_the_memory_of_states_is_bounded_by_their_events_also_where_there_are_none(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(path, "CACHED_EVENTS", 20)
    writer, remembered = await town.writer(), list[int]()
    for offset in range(60):
        told = Lend(household="Zhang") if offset % 2 == 0 else Return()
        silent = record(1000 + offset, Return(), UUID(int=1000 + offset))
        await writer.handle([record(offset, told, UUID(int=1 + offset // 12)), silent])
        remembered.append(sum(version + 1 for version, _ in writer._cache.values()))  # noqa: SLF001 - nothing else shows what is kept
    assert max(remembered[-20:]) <= 20
    assert min(remembered[-20:]) > 0


households = st.sampled_from(["Zhang", "Li", "Wang", "unwritable", "unidentifiable"])
messages = st.one_of(
    st.builds(Lend, household=households),
    st.builds(Return),
    st.builds(Arrived, household=households),
    st.builds(Swap, other=st.just(EAST), household=households, other_household=households),
)


@st.composite
def journeys(draw: st.DrawFn) -> tuple[list[Record], list[list[Record]]]:
    """A sequence of messages, and the same as a broker may bring it: cut anywhere, parts read again, taken ones sent again."""
    asked = draw(st.lists(st.tuples(messages, st.sampled_from([NORTH, SOUTH])), max_size=12))
    sent = [record(offset, data, house, position=str(offset + 1)) for offset, (data, house) in enumerate(asked)]
    batches: list[list[Record]] = []
    done = 0
    while done < len(sent):
        back = draw(st.integers(0, done))
        end = draw(st.integers(done + 1, len(sent)))
        sound = [one for one in sent[:end] if b"un" not in (one.value or b"")]
        copies = draw(st.lists(st.sampled_from(sound), max_size=2)) if sound else []
        batches.append([*sent[back:end], *(replace(copy, offset=1000 + copy.offset) for copy in copies)])
        done = end
    return sent, batches


@given(journeys(), st.sampled_from([NO_BUG, ZHANG_HAS_A_BUG]))
def test_any_batches_and_any_repeats_end_in_the_same_log(journey: tuple[list[Record], list[list[Record]]], policy: frozenset[str]) -> None:
    sent, batches = journey
    once, many = Town(Shared()), Town(Shared())

    async def play() -> None:
        for batch in [[one] for one in sent]:
            await (await once.writer(policy)).handle(batch)
        writer = await many.writer(policy)
        for batch in batches:
            await writer.handle(batch)
        for town in (once, many):
            writer = await town.writer()
            for row in town.waiting():
                if row.stream is not None:
                    await writer.handle([again(row, 5000 + row.record.offset)])

    asyncio.run(play())
    assert many.told() == once.told()
    assert many.waiting() == once.waiting()
