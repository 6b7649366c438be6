"""Where a household stands: outside, with a clue, with a case, or enrolled."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias
from uuid import UUID, uuid5

from pipeline.value import Value
from services.enrollment.domain.fact import Fact, Series
from services.enrollment.domain.household.progress import Progress


class Outside(Value, frozen=True):
    """In the register, without an open clue or case."""


class Coming(Value, frozen=True):
    """What brought people in, and the risks that somebody had named where they were looked at or helped."""

    fact: Fact
    claimed: tuple[str, ...] = ()

    @property
    def risk(self) -> str:
        return min(self.claimed, default="other")

    def after(self, before: Coming | None) -> Coming:
        """With the risks of those who came `before`."""
        return Coming(self.fact, tuple(sorted({*self.claimed, *(before.claimed if before is not None else ())})))


def case_opened_by(clue: UUID) -> UUID:
    return uuid5(clue, "case")


class ClueOpen(Value, frozen=True):
    """`sources` are the series that keep it open, `answered` those that led to nothing before; `since` is when what raised it was told.

    Where somebody `asked`, it stays open whatever the facts say, and where it is `kept` for those who came in.
    """

    clue: UUID
    sources: frozenset[Series] = frozenset()
    answered: frozenset[Series] = frozenset()
    asked: bool = False
    kept: Coming | None = None
    since: datetime | None = None

    @property
    def case(self) -> UUID:
        """The case that it would open."""
        return case_opened_by(self.clue)


class CaseOpen(Value, frozen=True):
    """`unseen` came in while it was open and was visited by nobody since; `known` are the facts of before.

    `visited` is when the last visit of it was held, though it may have been sent back since.
    """

    case: UUID
    progress: Progress = Progress()
    unseen: Coming | None = None
    known: frozenset[UUID] = frozenset()
    visited: datetime | None = None


class Enrolled(Value, frozen=True):
    """`begun` says that a measure began, `helped` that one was delivered.

    `exit_proposed` is true from the proposal until a named person decided, `progress` is that of the way out, `known` are the facts of
    before the proposal; `unseen` came in after the last visit, and after the proposal where there is one.
    """

    case: UUID
    risks: frozenset[str]
    begun: bool = False
    helped: bool = False
    exit_proposed: bool = False
    progress: Progress = Progress()
    known: frozenset[UUID] = frozenset()
    unseen: Coming | None = None


Stage: TypeAlias = Outside | ClueOpen | CaseOpen | Enrolled
