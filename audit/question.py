"""What is asked of the past, in a form that is kept with its answer and can be asked again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar

from msgspec import UNSET, Meta, UnsetType, field

from pipeline.store import Recorded
from pipeline.value import Value


class _Usual(Value, frozen=True, kw_only=True):
    """By which pack areas were judged for which none was published; what was kept before this was asked says nothing."""

    usual: str | UnsetType = UNSET


class Question(_Usual, frozen=True):
    """The local dates `first` to `last`, as known at an instant, from the log of enrollment up to `position` (None: all that is there)."""

    KIND: ClassVar[str] = "diff"

    known: Annotated[datetime, Meta(tz=True)]
    first: date = field(name="from")
    last: date = field(name="to")
    position: int | None = None

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    def heard(self, recorded: Iterable[Recorded]) -> list[Recorded]:
        """Of these events those up to the position."""
        return [one for one in recorded if self.position is None or one.position <= self.position]
