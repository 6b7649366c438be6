"""How long the rules may keep a process to themselves: what shows that it lives, and answers for it, must run as well."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Any, Final, TypeVar

from pipeline.decider import Decider, Event

S = TypeVar("S")
SECONDS: Final = 0.1
AT_ONCE: Final = 500


class Turn:
    """How long the event loop has run nothing else.

    Many facts of one household, or a day that concerns all of them, take longer than the session of a writer may look frozen.
    """

    def __init__(self) -> None:
        self._began = monotonic()

    async def give_way(self) -> None:
        """The event loop runs what waits, where that was long enough."""
        if monotonic() - self._began > SECONDS:
            await asyncio.sleep(0)
            self._began = monotonic()

    async def fold(self, decider: Decider[Any, S, Any], events: Sequence[Event]) -> S:
        """A long history in parts, between which the event loop may run what waits."""
        state = decider.initial
        for begin in range(0, len(events), AT_ONCE):
            state = decider.fold(events[begin : begin + AT_ONCE], state)
            await self.give_way()
        return state
