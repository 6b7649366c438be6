"""What every command says: who asked, and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from pipeline.value import Value
from services.enrollment.domain.pack.lines import Published

Outcome: TypeAlias = Literal["approved", "rejected", "returned"]


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `by` the actor, `on` the local date and `at` the UTC instant of asking.

    `published` are the lines and packs that the county had published until then.
    """

    id: str
    by: str
    on: date
    at: datetime
    published: Published = Published()
