"""Promises about one person's file, wherever merge and parting come among everything else."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import Any, Final

from hypothesis import given as for_all
from hypothesis import strategies as st

from pipeline.decider import Event
from schemas.clock import DayStarted
from tests.assistance.cared import (
    FULLY,
    MONDAY,
    OPENED,
    PARTLY,
    PERSON,
)
from tests.assistance.two_persons import KEPT, LEFT, MERGED, UNMERGED, Two, told, visited
from tests.laws import law

STORIES: Final = [(PARTLY, ()), (PARTLY, FULLY), (PARTLY, OPENED), (OPENED, FULLY), ((), FULLY), (FULLY, ())]
days = st.integers(0, 5).map(lambda number: (DayStarted(date=MONDAY + timedelta(weeks=number)), MONDAY + timedelta(weeks=number)))
visits = st.builds(
    lambda number, on, person: (visited(number, MONDAY + timedelta(days=on), person), MONDAY + timedelta(days=on)),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from([PERSON, KEPT]),
)


@law
@for_all(st.sampled_from(STORIES), st.lists(st.one_of(days, visits), max_size=12), st.data())
def test_a_person_has_one_open_file_after_a_merge_and_each_his_own_after_the_parting(
    begun: tuple[tuple[Event, ...], tuple[Event, ...]], said: list[Any], data: st.DataObject
) -> None:
    """Wherever merge, departure and parting come among days and visits, and however often."""
    two = Two().begin(PERSON, begun[0]).begin(KEPT, begun[1])
    had = two.open_files()
    first = data.draw(st.integers(0, len(said)))
    second = data.draw(st.integers(first, len(said)))
    ours = chain(said[:first], [(MERGED, MERGED.on), (LEFT, LEFT.on), (MERGED, MERGED.on)], said[first:second])
    for message, on in ours:
        two.tell(message, on)
    assert ({KEPT} if had else set()) == two.open_files()
    for message, on in chain([(UNMERGED, UNMERGED.on), (UNMERGED, UNMERGED.on)], said[second:]):
        two.tell(message, on)
    assert had == two.open_files()


@law
@for_all(st.sampled_from(STORIES), st.lists(st.one_of(days, visits), max_size=12))
def test_no_week_of_anybody_is_judged_twice(begun: tuple[tuple[Event, ...], tuple[Event, ...]], said: list[Any]) -> None:
    """The duplicate's weeks before the merge and those of whoever is kept after it are one row of weeks."""
    two = Two().begin(PERSON, begun[0]).begin(KEPT, begun[1])
    taken = begun[1] in {(), OPENED}
    for message, on in [*said[:4], (MERGED, MERGED.on), *said[4:8], (UNMERGED, UNMERGED.on), *said[8:]]:
        two.tell(message, on)
    own = [told(two, person) for person in (PERSON, KEPT)]
    if taken:
        own = [sorted(chain(*own))]
    assert all(sorted(set(weeks)) == weeks for weeks in own)
