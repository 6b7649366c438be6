"""What every command says: who asked, and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from pipeline.value import Value

Outcome: TypeAlias = Literal["approved", "rejected", "returned"]


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `by` the actor, `on` the local date and `at` the UTC instant of asking."""

    id: str
    by: str
    on: date
    at: datetime
