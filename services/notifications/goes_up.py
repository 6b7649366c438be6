"""Which of what nobody answered goes up, asked of the read models; whether it does the rules decide."""

from __future__ import annotations

from typing import Final

from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import rungs
from services.notifications.matters import OVER

# Asked of one letter after another: by its event, whatever the planner thinks of how many there are (`OFFSET 0` is a fence to it).
HEARD: Final = "(SELECT level, role, seen FROM heard WHERE heard.event = unanswered.event OFFSET 0) AS heard"
# As the rules say it in `untold_above`: not twice from one level, not past whoever has seen it, and not where all have heard of it.
# Nor what is about something that has ended.
GOES_UP: Final = f"""
NOT EXISTS (SELECT FROM gone_up WHERE gone_up.event = unanswered.event AND gone_up.level = unanswered.level OFFSET 0)
AND EXISTS (SELECT FROM unnest($4::text[], $5::text[], $6::text[]) AS rung (below, level, role) WHERE rung.below = unanswered.level
    AND NOT EXISTS (SELECT FROM {HEARD} WHERE heard.level = rung.level AND heard.role = rung.role) OFFSET 0)
AND NOT EXISTS (SELECT FROM unnest($4::text[], $5::text[], $6::text[]) AS rung (below, level, role)
    JOIN {HEARD} USING (level, role) WHERE rung.below = unanswered.level AND heard.seen OFFSET 0)
AND NOT {OVER}"""  # noqa: S608 - our own words


def above_each(policy: Policy) -> tuple[list[str], list[str], list[str]]:
    """Levels, and level and role of each who is above them."""
    steps = rungs(policy)
    return [below for below, _ in steps], [above.level for _, above in steps], [above.role for _, above in steps]
