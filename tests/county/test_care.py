"""Care in the sample county: who has a file and a plan, what the phones tell, and what the oracle makes of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import pytest

from county.actors import Actors, Seen
from county.care_account import CareAccount, care_checks
from county.care_oracle import expected_care
from county.caring import Care, Caregivers, Turn, care
from schemas.topics import ALLOWED

if TYPE_CHECKING:
    from county.outgoing import Outgoing
    from tests.county.sample import County

MONDAY = date(2020, 12, 7)
LAST = date(2021, 2, 28)
REGISTERED = "suishi.enrollment.event.household-registered.v1"


@pytest.fixture(scope="module")
def told(county: County) -> Care:
    """Of the whole county."""
    return care(county.people, county.season)


def turn(number: int, sent: date, on: date | None = None) -> Turn:
    return Turn("somebody", UUID(int=number), on or MONDAY + timedelta(days=number), (sent,), ())


def of(dependency: Any, *turns: Turn) -> Care:  # noqa: ANN401 - one of two words
    return Care((), {"somebody": dependency}, turns, date(2020, 12, 1))


def sayable(record: Outgoing) -> dict[str, Any]:
    """The data of a message that its topic's schema accepts."""
    headers = {name: (value or b"").decode() for name, value in record.headers}
    ALLOWED[record.topic][headers["ce_type"]].model_validate_json(record.value)
    return {**orjson.loads(record.value), "name": headers["ce_type"].split(".")[3]}


def test_1474_have_a_file_and_the_care_dependent_a_plan(county: County, told: Care) -> None:
    assert (1_474, 1_474) == (len(told.special), len(expected_care(told, LAST).files))
    dependent = {one.person.number for one in county.people.special_persons if one.care_dependency != "none"}
    assert told.planned.keys() <= dependent
    assert 0 < len(dependent - told.planned.keys()) < 20
    assert set(Counter(told.planned.values())) == {"partial", "full"}


def test_some_weeks_are_met_some_missed_and_some_corrected(told: Care) -> None:
    """In the season one week in twenty is missed, about, and nearly as many are corrected."""
    found = expected_care(told, LAST)
    judged = len(found.met) + len(found.missed) + len(found.corrected)
    assert judged == 11 * len(told.planned)
    assert 0.03 < len(found.missed) / judged < 0.08
    assert 0.02 < len(found.corrected) / judged < 0.08


def test_a_smaller_county_has_all_three(smaller: County) -> None:
    found = expected_care(care(smaller.people, smaller.season), LAST)
    assert all((found.met, found.missed, found.corrected))


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([turn(0, MONDAY), turn(1, MONDAY), turn(2, date(2020, 12, 13))], "met"),
        ([turn(0, MONDAY), turn(1, MONDAY)], "missed"),
        ([turn(0, MONDAY), turn(1, MONDAY), turn(2, date(2020, 12, 15))], "corrected"),
        ([turn(0, MONDAY), turn(1, MONDAY), turn(2, date(2021, 3, 1))], "missed"),
        ([turn(0, MONDAY), turn(1, MONDAY), turn(2, MONDAY, date(2020, 12, 14))], "missed"),
    ],
    ids=["three", "two", "the third on Tuesday after", "the third when all is over", "the third in the next week"],
)
def test_the_oracle_counts_three_visits(turns: list[Turn], expected: str) -> None:
    found = expected_care(of("partial", *turns), LAST)
    assert ("somebody", MONDAY) in getattr(found, expected)


@pytest.mark.parametrize(("days", "expected"), [(7, "met"), (6, "missed")])
def test_the_oracle_counts_seven_days(days: int, expected: str) -> None:
    turns = [turn(number, MONDAY) for number in range(days)]
    found = expected_care(of("full", *turns, turn(99, MONDAY, MONDAY)), LAST)
    assert ("somebody", MONDAY) in getattr(found, expected)


def test_a_week_is_judged_when_its_next_monday_was_played() -> None:
    assert [0, 1] == [len(expected_care(of("partial"), last).missed) for last in (date(2020, 12, 13), date(2020, 12, 14))]


def test_a_clerk_opens_files_and_phones_tell_visits(county: County, told: Care) -> None:
    """Valid messages, about those only whose household is in the register."""
    caregivers = Caregivers(told)
    actors = Actors(county.people, county.season.sheet, caregivers)
    assert [] == caregivers.visits(MONDAY)
    partly = next(one for one in told.special if told.planned.get(one.person.number) == "partial")
    household = county.people.by_id[partly.household_id]
    persons = [str(UUID(int=number)) for number, _ in enumerate(household.members, 1)]
    at = datetime(2020, 11, 30, tzinfo=UTC)
    seen = Seen(REGISTERED, "event", None, at, {"household_id": str(household.id), "person_ids": persons})
    messages = [sayable(record) for record in actors.react(seen)]
    assert [("open-care-file", partly.category), ("set-care-plan", None)] == [(said["name"], said.get("category")) for said in messages][:2]
    assert {said["person"] for said in messages} <= set(persons)
    visits = [sayable(record) for day in county.people.figures.days for record in caregivers.visits(day)]
    assert {said["name"] for said in visits} == {"record-care-visit"}
    assert len(visits) >= len({said["visit_id"] for said in visits}) > 11 * 2


def test_nobody_is_cared_for_where_nobody_asked_for_it(county: County) -> None:
    seen = Seen(REGISTERED, "event", None, datetime(2020, 11, 30, tzinfo=UTC), {"household_id": str(county.people.registered[0].id)})
    assert [] == Actors(county.people, county.season.sheet).react(seen)


def test_the_checks_tell_a_week_that_is_not_as_it_must_be() -> None:
    expected, somebody = expected_care(of("partial"), date(2020, 12, 14)), {"somebody": UUID(int=7)}
    right = care_checks(CareAccount(missed=frozenset({(UUID(int=7), MONDAY)})), expected, somebody)
    wrong = care_checks(CareAccount(met=frozenset({(UUID(int=7), MONDAY)})), expected, somebody)
    assert [False, True, True] == list(right.values())
    assert [False, False, False] == list(wrong.values())
