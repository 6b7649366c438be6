"""How fast a channel takes letters, so that no robot is silenced for talking too much."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from services.notifications.domain.policy import Limit


class Pace:
    """At most `limit.each` letters to one address in any `limit.seconds`, those of before a restart that it is told of included."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._sent: dict[str, deque[float]] = {}

    def room(self, address: str) -> int:
        """How many letters the address may be sent now."""
        if self._limit.each is None:
            return self._limit.largest
        sent, over = self._sent.get(address, deque[float]()), self._clock() - self._limit.seconds
        while sent and sent[0] <= over:
            sent.popleft()
        return self._limit.each - len(sent)

    def recall(self, gone: Iterable[tuple[str, float]]) -> None:
        """So many seconds ago a letter went to an address, the oldest first; before any is taken."""
        if self._limit.each is not None:
            for address, ago in gone:
                self._sent.setdefault(address, deque()).append(self._clock() - ago)

    def take(self, address: str) -> None:
        """A letter goes to the address now."""
        if self._limit.each is not None:
            self._sent.setdefault(address, deque()).append(self._clock())
