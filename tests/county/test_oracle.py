"""The oracle and the author of the season agree on who must be found, whatever the order within a day."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from county.oracle import expected
from county.pace import is_answered_late
from county.season import Day
from tests.county.sample import county_of

if TYPE_CHECKING:
    from county.season import Season
    from tests.county.sample import County

SETS = ("enrolled", "ever_enrolled", "exited", "reentered", "false_alarms")


def assert_as_planted(county: County) -> None:
    planted = {name: frozenset(getattr(county.season.planted, name)) for name in SETS}
    assert planted == {name: getattr(county.expectation, name) for name in SETS}


def scattered(season: Season, random: Random) -> Season:
    """Every message judged alone, as if everybody answered at once, in any order within its day."""
    days = [Day(day.date, [record]) for day in season.days for record in random.sample(day.facts, len(day.facts))]
    return replace(season, days=days)


def test_exactly_552_households_with_1184_persons_are_enrolled_at_the_end(county: County) -> None:
    """The published stock, none of it from the register."""
    enrolled = [county.people.by_id[household] for household in county.expectation.enrolled]
    assert (len(enrolled), sum(len(household.members) for household in enrolled)) == (552, 1_184)
    assert {"never_registered"} == {household.category for household in enrolled}


def test_the_whole_county_ends_as_planted(county: County) -> None:
    """Set equality, with exits, re-entries and false alarms of a size that matters."""
    assert_as_planted(county)
    expectation = county.expectation
    assert (len(expectation.exited), len(expectation.reentered), len(expectation.false_alarms)) == (60, 16, 300)


def test_some_departments_keep_silent_about_households_that_were_taken_in(county: County) -> None:
    """Not about all where they are slow: some risks are gone before an answer is due, and some seasons over."""
    silent = county.expectation.answered_late
    slow = {household for household in county.expectation.ever_enrolled if is_answered_late(household)}
    assert silent < slow
    assert 40 < len(silent)


def test_a_smaller_county_ends_as_planted(smaller: County) -> None:
    """The same stories in proportion."""
    assert_as_planted(smaller)
    assert smaller.season.refused == smaller.expectation.refused


@pytest.mark.parametrize("seed", range(10, 16))
def test_any_seed_ends_as_planted(seed: int) -> None:
    """No story depends on luck."""
    assert_as_planted(county_of(seed, 900))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_within_a_day_changes_nothing(smaller: County, seed: int) -> None:
    """Partitions have no order among themselves; people answer at once."""
    shuffled = expected(smaller.people, scattered(smaller.season, Random(seed)))  # noqa: S311 - an order that can be repeated
    assert {name: getattr(smaller.expectation, name) for name in SETS} == {name: getattr(shuffled, name) for name in SETS}


def test_a_season_cut_short_has_an_outcome_of_its_own(county: County) -> None:
    """Fewer days, fewer households."""
    month = expected(county.people, county.season, days=31)
    assert month.ever_enrolled < county.expectation.ever_enrolled
    assert 50 < len(month.enrolled) < 400
