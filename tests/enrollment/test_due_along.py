"""Somebody with an open clue goes to another household: the days that ran for his visit go along."""

from __future__ import annotations

from datetime import timedelta

from services.enrollment.domain import events as did
from tests.enrollment.arrivals import Arrival, applies, ways
from tests.enrollment.book import WANG, WIFE, ZHANG
from tests.enrollment.told import merged, neighbours
from tests.enrollment.zhang import TODAY


@ways
def test_nobody_waits_longer_for_a_visit_where_he_comes_to(comes: Arrival) -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    before = book.household(WANG).running.due["verify"]
    happened = book.tell(comes(), on=TODAY + timedelta(days=1))
    assert before == book.household(ZHANG).running.due["verify"]
    assert [before] == [event.due for _, event in happened if isinstance(event, did.ClueRaised)]


def test_a_visit_that_is_late_already_is_late_there_and_has_its_days_where_he_comes_to() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    late = book.household(WANG).running.due["verify"] + timedelta(days=1)
    book.tell(merged(on=late), on=late)
    assert late < book.household(ZHANG).running.due["verify"]


def test_on_the_last_day_of_a_visit_it_is_still_due_that_day() -> None:
    book = neighbours()
    book.tell(applies(WIFE))
    last = book.household(WANG).running.due["verify"]
    book.tell(merged(on=last), on=last)
    assert last == book.household(ZHANG).running.due["verify"]
