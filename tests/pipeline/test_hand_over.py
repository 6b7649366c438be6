"""A message about two households is decided one after the other, and the second learns what the first did."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.decider import Event
from tests.pipeline.houses import EAST, SOUTH, Command, Lend, Lent, Swap, Town, record


def same_household(command: Command, events: Sequence[Event]) -> Command:
    """Whoever the first house was lent to has the second one, too."""
    lent = [event.household for event in events if isinstance(event, Lent)]
    return Lend(household=lent[0]) if isinstance(command, Lend) and lent else command


async def test_a_command_learns_what_those_before_it_in_its_message_led_to(town: Town) -> None:
    writer = await town.writer(hand_over=same_household)
    await writer.handle([record(0, Swap(other=SOUTH, household="Li", other_household="Wang"))])
    assert town.told() == [(1, "lent Li"), (2, "lent Li")]


async def test_another_message_is_told_nothing_of_it(town: Town) -> None:
    writer = await town.writer(hand_over=same_household)
    swap = Swap(other=SOUTH, household="Li", other_household="Wang")
    await writer.handle([record(0, swap), record(1, Lend(household="Zhang"), EAST)])
    assert town.told(EAST) == [(3, "lent Zhang")]
