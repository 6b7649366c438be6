"""What every command says: who asked, and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from pipeline.value import Value
from services.enrollment.domain.actors import person_behind
from services.enrollment.domain.pack.lines import Published

Outcome: TypeAlias = Literal["approved", "rejected", "returned"]


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `by` the actor, `on` the local date and `at` the UTC instant of asking, as its sender dates it.

    `published` are the lines and packs that the county had published until then, `today` is the last day that was told (None: none was).
    """

    id: str
    by: str
    on: date
    at: datetime
    published: Published = Published()
    today: date | None = None

    @property
    def is_named(self) -> bool:
        """Whether somebody answers for it: a role alone is nobody."""
        return bool(person_behind(self.by))

    @property
    def came(self) -> date:
        """The local date on which the office can know of it: the one of asking, or today where that is later.

        A sender writes his own date, so whatever the clock decides goes by this day: a deadline that a late message starts has all its
        days, and a message that is dated back meets no deadline that is over.
        """
        return self.on if self.today is None else max(self.on, self.today)
