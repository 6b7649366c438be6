"""A month of home visits and what must come of it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest

from county.visit_oracle import Change, ExpectedVisits, expected_visits
from county.visits import Rounds, leaving, rounds
from schemas.topics import ALLOWED
from tests.county.sample import county_of

if TYPE_CHECKING:
    from county.outgoing import Outgoing
    from tests.county.sample import County

DECEMBER = date(2020, 12, 1)


def month_of(county: County) -> Rounds:
    return rounds(county.people, frozenset(county.season.planted.everybody))


def name(message: Outgoing) -> str:
    return (dict(message.headers)["ce_type"] or b"").decode().split(".")[3]


@pytest.fixture(scope="module")
def month(county: County) -> Rounds:
    """The whole county's, once for all tests."""
    return month_of(county)


@pytest.fixture(scope="module")
def outcome(county: County, month: Rounds) -> ExpectedVisits:
    """Where nobody moves or dies."""
    return expected_visits(county.people, DECEMBER, month.first(day.date for day in county.season.days), [])


def test_every_message_is_valid(month: Rounds) -> None:
    """Each of its topic's schema."""
    for message in [message for messages in month.by_day.values() for message in messages][::53]:
        ALLOWED[message.topic][(dict(message.headers)["ce_type"] or b"").decode()].model_validate_json(message.value)


def test_nearly_every_paired_household_is_visited_in_the_month(county: County, month: Rounds, outcome: ExpectedVisits) -> None:
    """99 of 100 and more, some sent late or twice; 25 cadres of 9,867 leave."""
    told = Counter(name(message) for messages in month.by_day.values() for message in messages)
    assert len(outcome.paired) == 20_694
    assert 99 * 20_694 < 100 * len(outcome.visited) < 100 * 20_694
    assert told["record-visit"] > len(outcome.visited)
    assert any(messages for day, messages in month.by_day.items() if day > date(2020, 12, 31))
    assert (told["release-cadre"], len(leaving(county.people))) == (25, 25)
    assert {one.id for one in county.people.registered if one.cadre in leaving(county.people)} == outcome.unpaired


def test_what_is_found_has_a_risk_only_where_no_other_story_is_told(county: County, outcome: ExpectedVisits) -> None:
    """Some findings are put right, others stay open."""
    assert 50 < len(outcome.alarmed) < 200
    assert not outcome.alarmed & county.season.planted.everybody
    assert len(outcome.alarmed) < len(outcome.open_findings) < 700


def test_the_same_county_is_visited_in_the_same_way() -> None:
    """Message by message."""
    first, second = (month_of(county_of(3, 300)) for _ in range(2))
    assert first == second


def test_a_month_cut_short_has_an_outcome_of_its_own(smaller: County) -> None:
    """Nobody is visited before the first visit."""
    played = month_of(smaller)
    days = [day.date for day in smaller.season.days]
    none, some, whole = (expected_visits(smaller.people, DECEMBER, played.first(days[:number]), []) for number in (0, 10, 90))
    assert (none.paired, none.visited) == (frozenset(), frozenset())
    assert frozenset() < some.visited < whole.visited <= some.paired == whole.paired


def test_who_moves_to_another_town_is_visited_by_somebody_of_that_town(smaller: County) -> None:
    """He visits when the town hears of it; what the old cadre did from that day on does not count; who died needs nobody."""
    played = month_of(smaller)
    sent = played.first(day.date for day in smaller.season.days)
    whole = expected_visits(smaller.people, DECEMBER, sent, [])
    house = next(smaller.people.by_id[one] for one in sorted(whole.visited - whole.unpaired))
    elsewhere = next(town for town in smaller.people.cadres_of_town if town != house.village.town_code)
    moved = Change(house.id, "household-moved", DECEMBER, DECEMBER, f"{elsewhere}001")
    ended = Change(house.id, "household-ended", DECEMBER, DECEMBER, None)
    told_late = moved._replace(told=date(2021, 1, 5))
    outcomes = [expected_visits(smaller.people, DECEMBER, sent, [change]) for change in (moved, ended, told_late)]
    assert [True, False, False] == [house.id in outcome.visited for outcome in outcomes]
    assert [True, False, False] == [house.id in outcome.paired for outcome in outcomes]
    assert [True, False, True] == [house.id in outcome.unpaired for outcome in outcomes]
