"""What goes up, and to whom: once from each level, past those above who were told already."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import Heard, untold_above


@dataclass
class Upwards:
    """Of the events of one batch who `heard` of them, and from which levels they have gone up; it follows the batch message by message."""

    policy: Policy
    heard: dict[str, set[Heard]] = field(default_factory=dict[str, set[Heard]])
    gone: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def next_above(self, notice: Notice) -> Target | None:
        """What goes up here and may not by the rules is asked about again."""
        heard = self.heard.setdefault(notice.event, set())
        higher = None if (notice.event, notice.level) in self.gone else untold_above(notice.level, heard, self.policy)
        if higher is not None:
            self.gone.add((notice.event, notice.level))
            heard.add(Heard(higher.level, higher.role))
        return higher
