"""What goes up, and to whom: once from each level, past those above who were told already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import Heard, untold_above

HEARD: Final = "SELECT DISTINCT event, level, role, seen FROM heard WHERE event = ANY($1)"
GONE_UP: Final = "SELECT event, level FROM gone_up WHERE event = ANY($1)"


@dataclass
class Upwards:
    """Of the events of one batch who `heard` of them, and from which levels they have gone up; it follows the batch message by message."""

    policy: Policy
    heard: dict[str, set[Heard]] = field(default_factory=dict[str, set[Heard]])
    gone: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    async def look_up(self, pool: asyncpg.Pool[asyncpg.Record], events: Collection[str]) -> None:
        if not events:
            return
        for event, level, role, seen in await pool.fetch(HEARD, events):
            self.heard.setdefault(event, set()).add(Heard(level, role, seen=seen))
        self.gone |= {(event, level) for event, level in await pool.fetch(GONE_UP, events)}

    def next_above(self, notice: Notice) -> Target | None:
        """What goes up here and may not by the rules is asked about again."""
        heard = self.heard.setdefault(notice.event, set())
        higher = None if (notice.event, notice.level) in self.gone else untold_above(notice.level, heard, self.policy)
        if higher is not None:
            self.gone.add((notice.event, notice.level))
            heard.add(Heard(higher.level, higher.role))
        return higher
