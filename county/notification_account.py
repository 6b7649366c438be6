"""What became of the season's notifications, read from the read models and the log, and held against the letters that people got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from county.letters import Letter
from county.pace import leaves_letters
from county.population import Recipient

INTENDED: Final = "SELECT channel, count(*) FROM notifications.outbox WHERE state <> 'withdrawn' GROUP BY 1 ORDER BY 1"
ACKNOWLEDGED: Final = "SELECT notification::text FROM notifications.outbox WHERE state = 'acknowledged'"
OVER: Final = """
SELECT notification::text FROM notifications.outbox WHERE EXISTS (SELECT FROM notifications.ended_matters WHERE matter = ANY(about))"""
EVENTS: Final = "SELECT notification::text, event FROM notifications.outbox"
ESCALATED: Final = """
SELECT e.stream::text, e.state->>'to' FROM notifications.events e WHERE e.topic = 'notifications.notification-escalated'"""
# Whom the pack names above each level; nobody is above the county.
ABOVE: Final = {
    "paired-cadre": ("town", "county"),
    "grid-worker": ("town", "county"),
    "first-secretary": ("town", "county"),
    "town-officer": ("county",),
}


@dataclass(frozen=True)
class NotificationAccount:
    """`channels` are the intents of each, `acknowledged` notifications; `escalated` counts how often each event went up, and to whom.

    `event_of` says of each notification what it tells; `over` are those that are about something that has ended.
    """

    channels: Mapping[str, int]
    acknowledged: frozenset[str]
    escalated: Counter[tuple[str, str]]
    event_of: Mapping[str, str]
    over: frozenset[str] = frozenset()

    def gone_up_to(self, level: str) -> int:
        return sum(times for (_, to), times in self.escalated.items() if to == level)


async def notification_account(database: asyncpg.Connection[asyncpg.Record]) -> NotificationAccount:
    intended: Sequence[Any] = await database.fetch(INTENDED)
    event_of = {row[0]: row[1] for row in await database.fetch(EVENTS)}
    escalated: Sequence[Any] = await database.fetch(ESCALATED)
    return NotificationAccount(
        channels={row[0]: row[1] for row in intended},
        acknowledged=frozenset(row[0] for row in await database.fetch(ACKNOWLEDGED)),
        escalated=Counter((event_of[row[0]], row[1]) for row in escalated),
        event_of=event_of,
        over=frozenset(row[0] for row in await database.fetch(OVER)),
    )


def notification_checks(
    found: NotificationAccount, before: Sequence[Letter], after: Sequence[Letter], known: Mapping[str, Recipient]
) -> dict[str, bool]:
    """Reckoned from the letters alone: `before` are those that everybody had when the evening began, `after` those at its end."""
    silent = [letter for letter in before if leaves_letters(known[letter.to].id)]
    told = {(found.event_of[letter.notification], known[letter.to].role) for letter in before}
    seen = {(found.event_of[letter.notification], known[letter.to].role) for letter in before if not leaves_letters(known[letter.to].id)}
    urgent = [letter for letter in silent if letter.is_urgent and letter.notification not in found.over]
    asked = [(letter, found.event_of[letter.notification], known[letter.to].role) for letter in urgent]
    up = {(event, to): letter.household for letter, event, role in asked if (to := _next_above(event, role, told, seen))}
    late = Counter(letter.household for letter in after) - Counter(letter.household for letter in before)
    return {
        "acknowledged = by those who answer": found.acknowledged == _ids(before) - _ids(silent),
        "gone up = urgent and unanswered, once each": found.escalated == Counter(up.keys()),
        "who is above was told of what went up": late == Counter(up.values()),
    }


def _next_above(event: str, role: str, told: AbstractSet[tuple[str, str]], seen: AbstractSet[tuple[str, str]]) -> str | None:
    """Past those who were told already, as long as nobody of them has seen it."""
    higher = ABOVE.get(role, ())
    if any((event, f"{level}-officer") in seen for level in higher):
        return None
    return next((level for level in higher if (event, f"{level}-officer") not in told), None)


def _ids(letters: Sequence[Letter]) -> frozenset[str]:
    return frozenset(letter.notification for letter in letters)
