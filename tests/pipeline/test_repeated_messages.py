"""A message has its effect once, however often and in whatever batches it comes."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.envelope import Record
from pipeline.memory import Shared
from tests.pipeline.houses import (
    COMMANDS,
    EAST,
    NEIGHBOURS,
    NORTH,
    SOUTH,
    ZHANG_HAS_A_BUG,
    Arrived,
    Lend,
    Return,
    Swap,
    Town,
    again,
    record,
)

pytestmark = pytest.mark.usefixtures("quiet")

NO_BUG: Final = frozenset[str]()


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
