"""A batch of records becomes one commit, in order, decided on all that went before."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline import handler as path
from pipeline import turn
from pipeline.envelope import Envelope
from pipeline.facts_lost import FactsLost
from tests.pipeline.beside import turns_beside
from tests.pipeline.houses import COMMANDS, EAST, NEIGHBOURS, NORTH, SOUTH, Arrived, Lend, Return, Swap, Town, identify, record


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


async def test_behind_a_message_that_ends_its_batch_the_next_is_looked_up_when_that_is_stored(town: Town) -> None:
    stored: list[int] = []

    async def look(envelopes: Sequence[Envelope]) -> list[UUID]:
        stored.append(len(town.shared.recorded))
        return await identify(envelopes)

    writer = await town.writer(identify=look, ends_batch=frozenset({Return}))
    asked = [Lend(household="Zhang"), Return(), Lend(household="Li"), Lend(household="Wang"), Return()]
    last = await writer.handle([record(offset, data) for offset, data in enumerate(asked)])
    assert stored == [0, 2]
    assert [said for _, said in town.told()] == ["lent Zhang", "returned", "lent Li", "refused Wang", "returned"]
    assert last.offsets == town.shared.offsets == {(COMMANDS, 0): 5}


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


async def test_however_much_a_batch_asks_of_one_house_others_have_their_turn(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the session of the writer looks frozen, and the next writer meets the same batch."""
    monkeypatch.setattr(turn, "SECONDS", 0.0)
    asked, writer = [record(offset, Return()) for offset in range(100)], await town.writer()
    _, turns = await turns_beside(writer.handle(asked))
    assert turns >= len(asked)
