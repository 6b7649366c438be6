"""What was set aside is taken in its order and once, when it is redriven."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pipeline.envelope import REDRIVE
from tests.pipeline.houses import COMMANDS, NORTH, SOUTH, ZHANG_HAS_A_BUG, Arrived, Lend, Return, Swap, Town, again, record

pytestmark = pytest.mark.usefixtures("quiet")


async def parked(town: Town) -> None:
    """North's house waits with three messages: lend to Zhang (the bug), return, lend to Li."""
    sent = [Lend(household="Zhang"), Return(), Lend(household="Li")]
    await (await town.writer(ZHANG_HAS_A_BUG)).handle([record(offset, data) for offset, data in enumerate(sent)])


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
