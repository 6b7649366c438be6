"""What is kept of somebody, counted over all who are one with him; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.enrollment.translate.custody import Kept


class Known(NamedTuple):
    """Of one entry: whether it is in the register, the last local date of all that was said of it, whether the vault can read it."""

    in_register: bool
    last: date | None
    readable: bool


def together(person: UUID, one: Sequence[UUID], known: Mapping[UUID, Known], today: date) -> Kept:
    """`one` are he and all who are one with him; what nobody asked about was joined to him a moment ago."""
    entries = [known.get(other, Known(in_register=False, last=today, readable=True)) for other in one]
    last = max((entry.last for entry in entries if entry.last is not None), default=None)
    readable = any(entry.readable for entry in entries)
    also = tuple(other for other in one if other != person)
    return Kept(any(entry.in_register for entry in entries), last if readable else None, also)
