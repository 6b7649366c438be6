"""A command that does not fit is answered by an event that says why."""

from __future__ import annotations

from services.assistance.domain.asked import Command
from services.assistance.domain.events import CommandRefused


def refused(command: Command, reason_code: str, limit: str | None = None) -> tuple[CommandRefused]:
    """`limit` is the day that decided."""
    return (CommandRefused(command=command.id, reason_code=reason_code, limit=limit),)
