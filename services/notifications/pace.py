"""How fast a channel takes letters, so that no robot is silenced for talking too much."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from services.notifications.domain.policy import Limit


class Pace:
    """At most `limit.each` letters to one account in any `limit.seconds`, those of before a restart that it is told of included.

    `account` says whose an address is: what is written in two ways may be one robot.
    """

    def __init__(self, limit: Limit, account: Callable[[str], str] = str, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self._account, self._clock = limit, account, clock
        self._sent: dict[str, deque[float]] = {}

    def account(self, address: str) -> str:
        """Empty where nobody counts."""
        return self._account(address) if address and self.limit.each is not None else ""

    def room(self, address: str) -> int:
        """How many letters the address may be sent now."""
        if self.limit.each is None:
            return self.limit.largest
        sent, over = self._sent.get(self.account(address), deque[float]()), self._clock() - self.limit.seconds
        while sent and sent[0] <= over:
            sent.popleft()
        return self.limit.each - len(sent)

    def recall(self, gone: Iterable[tuple[str, float]]) -> None:
        """So many seconds ago a letter went to an address, the oldest first; before any is taken."""
        if self.limit.each is not None:
            for address, ago in gone:
                self._sent.setdefault(self.account(address), deque()).append(self._clock() - ago)

    def take(self, address: str) -> None:
        """A letter goes to the address now."""
        if self.limit.each is not None:
            self._sent.setdefault(self.account(address), deque()).append(self._clock())
