"""Somebody asks, is helped or appeals, and comes into another household: in three ways."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from schemas.enrollment import Apply, DecideAtCounty, FileAppeal
from schemas.message import Message
from tests.enrollment.book import FATHER, SON, WANG, WIFE, Book, named
from tests.enrollment.told import decided, married, merged, one_person, visited
from tests.enrollment.zhang import TODAY

Arrival = Callable[[], Message]
ways = pytest.mark.parametrize(
    "comes",
    [
        pytest.param(lambda: married(FATHER, WIFE, on=TODAY), id="by marriage"),
        pytest.param(lambda: merged(on=TODAY), id="by a merge"),
        pytest.param(lambda: one_person(SON, WIFE), id="as a duplicate"),
    ],
)


def applies(person: UUID) -> Apply:
    return Apply(applicant=named(person), risks=("housing",), difficulty="房子漏雨")


def enrolled(book: Book, household: UUID) -> None:
    visited(book, household=household)
    decided(book, household)


def appeals(book: Book) -> None:
    """The Wangs were turned down, which is the last decision on them."""
    book.tell(applies(WIFE))
    visited(book, household=WANG)
    book.tell(DecideAtCounty(outcome="rejected", reason="不符合条件"), subject=WANG, actor="officer")
    *_, (_, decision) = book.decisions()
    book.tell(FileAppeal(decision_event_id=decision, grounds="收入核错"), subject=WANG, actor="clerk")
