"""How intents, and what waits for somebody, are named; the same words always give the same id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pipeline.uuid5 import uuid5

# By what a recipient is reached of whom nothing else is said: there was no other channel once.
USUAL: Final = "email"
NOTIFICATIONS: Final = UUID("b3ad9b53-0f0c-5f4d-8a6c-0f7f0ac5d2f1")


def notification_id(event: str, recipient: UUID, channel: str) -> UUID:
    """One intent per event, recipient and channel."""
    return uuid5(NOTIFICATIONS, f"{event}/{recipient}/{channel}")


def post_of(role: str, area: str, department: str = "") -> str:
    """The place that one person has at a time, whoever it is."""
    return f"{role}/{area}/{department}"


def waiting_id(event: str, post: str) -> UUID:
    """What waits for whoever takes a post, or becomes known, is a stream of its own: one that is parked holds back no other."""
    return uuid5(NOTIFICATIONS, f"waiting/{event}/{post}")


def digest_id(notifications: Iterable[UUID]) -> UUID:
    """What lists the same notifications is the same message, whenever it is sent."""
    return uuid5(NOTIFICATIONS, f"digest/{'/'.join(str(one) for one in notifications)}")


def announcement_id(event: str, role: str, department: str) -> UUID:
    """What everybody of a role is told of an event."""
    return uuid5(NOTIFICATIONS, f"announcement/{event}/{role}/{department}")
