"""A long piece of work lets the event loop run what waits."""

from __future__ import annotations

import pytest

from pipeline import turn
from pipeline.decider import Decider, Event
from pipeline.turn import Turn
from tests.pipeline.beside import turns_beside


class Counted(Event, frozen=True):
    TOPIC = "tests.counted"


COUNTER: Decider[None, int, None] = Decider(decide=lambda _command, _state, _policy: (), evolve=lambda state, _event: state + 1, initial=0)


async def test_a_long_history_is_followed_in_parts_to_the_same_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "SECONDS", 0.0)
    monkeypatch.setattr(turn, "AT_ONCE", 2)
    state, others = await turns_beside(Turn().fold(COUNTER, [Counted()] * 5))
    assert (5, True) == (state, others >= 3)


async def test_a_short_one_keeps_nobody_waiting_and_waits_for_nobody() -> None:
    state, others = await turns_beside(Turn().fold(COUNTER, [Counted()] * 5))
    assert (5, True) == (state, others <= 1)
