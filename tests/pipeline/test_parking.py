"""A message that cannot be handled is the trouble of one house at most, and all others flow."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pipeline.memory import Shared
from tests.pipeline.houses import COMMANDS, NORTH, SOUTH, ZHANG_HAS_A_BUG, Lend, Return, Swap, Town, record

pytestmark = pytest.mark.usefixtures("quiet")


async def test_what_cannot_be_read_is_set_aside_with_its_bytes_and_the_rest_flows(town: Town) -> None:
    broken = replace(record(0, Lend(household="Zhang")), value=b"\xff")
    await (await town.writer()).handle([broken, record(1, Lend(household="Li"))])
    assert town.told() == [(1, "lent Li")]
    assert [row.record for row in town.waiting()] == [broken]
    assert town.shared.offsets == {(COMMANDS, 0): 2}


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


async def test_a_message_that_fans_out_waits_only_for_the_house_that_waits(town: Town) -> None:
    """Li lives in the north and Wang in the south; the north is parked when both are told to swap."""
    writer = await town.writer(ZHANG_HAS_A_BUG, fans_out=frozenset({Swap}))
    await writer.handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Wang"), SOUTH)])
    await writer.handle([record(2, Swap(other=SOUTH, household="Wang", other_household="Li"))])
    assert town.told() == [(2, "lent Wang"), (2, "returned"), (2, "lent Li")]
    assert town.reasons() == [(0, "household.parked", 1), (2, "household.parked", 1)]


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
