"""The border of the deadlines: each of their stored events becomes a message; pure."""

from __future__ import annotations

from typing import Any, assert_never
from uuid import UUID

from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain.clocks.deadline_events import (
    AnyDeadlineEvent,
    DeadlineBreached,
    DeadlineDropped,
    DeadlineEscalated,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    EscalationEnded,
    MinimumDropped,
    MinimumReached,
    MinimumStarted,
)


def to_message(household: UUID, stored: AnyDeadlineEvent) -> Message | None:
    """The public message of a stored event; None keeps it private."""
    same: dict[str, Any] = {"household_id": household}
    match stored:
        case DeadlineStarted(kind=kind, due=due, unknown_years=years):
            return words.DeadlineStarted(**same, kind=kind, due=due, unknown_years=years or None)
        case DeadlineMet(kind=kind):
            return words.DeadlineMet(**same, kind=kind)
        case DeadlineBreached(kind=kind, due=due):
            return words.DeadlineBreached(**same, kind=kind, due=due)
        case DeadlinePaused(kind=kind, left=left):
            return words.DeadlinePaused(**same, kind=kind, left=left)
        case DeadlineResumed(kind=kind, due=due, unknown_years=years):
            return words.DeadlineResumed(**same, kind=kind, due=due, unknown_years=years)
        case DeadlineDropped(kind=kind, due=due, on=on, reason=reason):
            return words.DeadlineDropped(**same, kind=kind, due=due, on=on, reason=reason)
        case DeadlineEscalated(kind=kind, level=level, to=to, until=until):
            return words.DeadlineEscalated(**same, kind=kind, level=level, to=to, until=until)
        case EscalationEnded(kind=kind):
            return words.EscalationEnded(**same, kind=kind)
        case MinimumStarted() | MinimumReached() | MinimumDropped():
            return None
        case _:
            assert_never(stored)
