"""What became of the season's notifications, read from the read models and the log, and held against the letters that people got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from county.letters import Letter
from county.pace import leaves_letters
from county.population import Recipient

INTENDED: Final = "SELECT channel, count(*) FROM notifications.outbox GROUP BY 1 ORDER BY 1"
ACKNOWLEDGED: Final = "SELECT notification::text FROM notifications.outbox WHERE state = 'acknowledged'"
ESCALATED: Final = """
SELECT e.stream::text, e.state->>'to' FROM notifications.events e WHERE e.topic = 'notifications.notification-escalated'"""
# Whom the pack names above each level; nobody is above the county.
ABOVE: Final = {"paired-cadre": "town", "grid-worker": "town", "first-secretary": "town", "town-officer": "county"}


@dataclass(frozen=True)
class NotificationAccount:
    """`channels` are the intents of each, `acknowledged` notifications; `escalated` counts how often each went up, and to whom."""

    channels: Mapping[str, int]
    acknowledged: frozenset[str]
    escalated: Counter[tuple[str, str]]

    def gone_up_to(self, level: str) -> int:
        return sum(times for (_, to), times in self.escalated.items() if to == level)


async def notification_account(database: asyncpg.Connection[asyncpg.Record]) -> NotificationAccount:
    intended: Sequence[Any] = await database.fetch(INTENDED)
    escalated: Sequence[Any] = await database.fetch(ESCALATED)
    return NotificationAccount(
        channels={row[0]: row[1] for row in intended},
        acknowledged=frozenset(row[0] for row in await database.fetch(ACKNOWLEDGED)),
        escalated=Counter((row[0], row[1]) for row in escalated),
    )


def notification_checks(
    found: NotificationAccount, before: Sequence[Letter], after: Sequence[Letter], known: Mapping[str, Recipient]
) -> dict[str, bool]:
    """Reckoned from the letters alone: `before` are those that everybody had when the evening began, `after` those at its end."""
    silent = [letter for letter in before if leaves_letters(known[letter.to].id)]
    up = [(letter, ABOVE[known[letter.to].role]) for letter in silent if letter.is_urgent and known[letter.to].role in ABOVE]
    late = Counter(letter.household for letter in after) - Counter(letter.household for letter in before)
    told = {(letter.household, letter.subject, known[letter.to].role) for letter in before}
    fresh = Counter(letter.household for letter, to in up if (letter.household, letter.subject, f"{to}-officer") not in told)
    return {
        "acknowledged = by those who answer": found.acknowledged == _ids(before) - _ids(silent),
        "gone up = urgent and unanswered, once each": found.escalated == Counter((letter.notification, to) for letter, to in up),
        "who is above was told of what went up": late == fresh,
    }


def _ids(letters: Sequence[Letter]) -> frozenset[str]:
    return frozenset(letter.notification for letter in letters)
