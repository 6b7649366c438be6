"""What every service says, beside its own words, to whoever asked in vain by a command."""

from __future__ import annotations

from typing import Final

AGAIN: Final = "再发须用新的消息编号（id）。 Send it again under a new message id."


def with_again(remedy: str) -> str:
    """What he can do, and how: a message of an id that was answered is not heard again."""
    return f"{remedy} {AGAIN}".strip()
