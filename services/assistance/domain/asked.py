"""What every command of assistance has in common."""

from __future__ import annotations

from datetime import date

from pipeline.value import Value


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `on` the local date of asking, `today` the last day that was told before (None: none was)."""

    id: str
    on: date
    today: date | None = None

    @property
    def came(self) -> date:
        """The local date on which assistance can know of it: a deadline that a late message starts has all its days."""
        return self.on if self.today is None else max(self.on, self.today)
