"""A value that the database refuses, or a history that a mistake of ours cannot follow, is the trouble of one household only."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from pipeline.decider import Decider, Event
from pipeline.handler import Handler
from pipeline.kernel import StoredEvent
from pipeline.memory import MemoryStore, Shared
from pipeline.postgres import Log
from pipeline.store import Recorded, Unreadable
from tests.pipeline.backends import SCHEMA, InPostgres
from tests.pipeline.houses import NORTH, SOUTH, Command, Lend, Lent, Policy, Return, Swap, Town, again, decide, evolve, record, rules

pytestmark = pytest.mark.usefixtures("quiet")

STATES: Final = {getattr(error, "sqlstate", None) or "" for _, error in inspect.getmembers(asyncpg.exceptions, inspect.isclass)}
CODES: Final = sorted(state for state in STATES if state.startswith(("22", "23")))
RAISE: Final = "DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$"
HOUSES: Final = "SELECT originator_id FROM enrollment.stored_events ORDER BY notification_id"
ASIDE: Final = "SELECT record_offset, reason, stream FROM enrollment.set_aside ORDER BY record_offset"


async def refuse(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401 - an asyncpg connection or its proxy
    """A read model whose table takes no household that is named after an error."""
    for event in recorded:
        if isinstance(event.event, Lent) and event.event.household in CODES:
            await connection.execute(RAISE.format(code=event.event.household))


async def test_every_error_that_a_value_can_cause_sets_aside_its_message_and_no_other(postgres: InPostgres) -> None:
    store = postgres.store(Log(SCHEMA, refuse))
    await store.lead()
    asked = [name for code in CODES for name in (code, "Zhang")]
    await Handler(rules(), store).handle([record(at, Lend(household=name), UUID(int=at)) for at, name in enumerate(asked)])
    lent, aside = await postgres.as_owner(HOUSES), await postgres.as_owner(ASIDE)
    assert [row[0].int for row in lent] == list(range(1, len(asked), 2))
    assert [tuple(row) for row in aside] == [(at, "message.unhandled", None) for at in range(0, len(asked), 2)]
    assert len(CODES) > 70


async def test_a_history_that_cannot_be_asked_for_sets_aside_the_messages_of_its_household_alone() -> None:
    class Refusing(MemoryStore):
        async def histories(self, streams: Sequence[UUID]) -> dict[UUID, list[Event] | Unreadable]:
            if SOUTH in streams:
                message = "22P02"
                raise asyncpg.DataError(message)
            return await super().histories(streams)

    town = Town(Shared())
    writer = await town.writer(store=Refusing("houses", town.shared))
    await writer.handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Li"), SOUTH), record(2, Return())])
    assert town.told() == [(1, "lent Zhang"), (1, "returned")]
    assert town.reasons() == [(1, "message.unhandled", None)]


async def test_an_event_of_a_wrong_type_is_never_written_and_parks_its_household() -> None:
    """Nothing could be read after it, and nothing can be taken out of a log."""

    def decide_wrongly(command: Command, household: str, policy: Policy) -> tuple[Event, ...]:
        wrong: Any = 7
        return (Lent(household=wrong),) if command == Lend(household="Zhang") else decide(command, household, policy)

    town = Town(Shared())
    writer = await town.writer(decider=Decider(decide_wrongly, evolve, ""))
    await writer.handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Li"), SOUTH), record(2, Return())])
    assert town.told() == [(2, "lent Li")]
    assert town.reasons() == [(0, "household.parked", 1), (2, "household.parked", 1)]


async def test_a_state_that_does_not_fit_its_class_parks_what_concerns_its_household_alone() -> None:
    town = Town(Shared())
    town.shared.recorder.insert_events([StoredEvent(NORTH, 1, "houses.lent", b'{"household":7}')])
    writer = await town.writer(fans_out=frozenset({Swap}))
    swap = Swap(other=SOUTH, household="Li", other_household="Wang")
    await writer.handle([record(0, Lend(household="Zhang")), record(1, swap)])
    assert town.told() == [(2, "lent Wang")]
    assert town.reasons() == [(0, "household.parked", 1), (1, "household.parked", 1)]


def mistaken(household: str, event: Event) -> str:
    """A release that cannot follow what an earlier one recorded of Zhang."""
    if isinstance(event, Lent) and event.household == "Zhang":
        raise ZeroDivisionError
    return evolve(household, event)


async def test_a_mistake_in_following_a_history_parks_its_household_until_it_is_mended() -> None:
    town = Town(Shared())
    await (await town.writer()).handle([record(0, Lend(household="Zhang")), record(1, Lend(household="Li"), SOUTH)])
    later = [record(2, Return()), record(3, Return(), SOUTH), record(4, Lend(household="Wang")), record(5, Return())]
    await (await town.writer(decider=Decider(decide, mistaken, ""))).handle(later)
    assert town.told(SOUTH) == [(2, "lent Li"), (2, "returned")]
    assert town.reasons() == [(2, "household.parked", 1), (4, "household.parked", 1), (5, "household.parked", 1)]
    assert [row.problem for row in town.shared.set_aside.values()] == [
        "ZeroDivisionError while following its history",
        "waits behind an earlier parked message of this household",
        "waits behind an earlier parked message of this household",
    ]
    await (await town.writer()).handle([again(row, 6 + number) for number, row in enumerate(town.waiting())])
    assert town.told(NORTH) == [(1, "lent Zhang"), (1, "returned"), (1, "lent Wang"), (1, "returned")]
    assert town.reasons() == []
