"""What every command of assistance has in common."""

from __future__ import annotations

from datetime import date

from pipeline.value import Value


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `on` the local date of asking."""

    id: str
    on: date
