"""A caregiver is away, and perhaps somebody stands in; 2021-01-04 is a Monday."""

from __future__ import annotations

from datetime import date

import pytest

from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_commands import AnyCareCommand, Candidate
from tests.assistance.cared import (
    ANNA,
    BEN,
    CLARA,
    DORA,
    EMIL,
    FILE,
    FULLY,
    MONDAY,
    NEXT,
    PARTLY,
    SEVENTY,
    about,
    absence,
    day,
    missed,
    planned,
    refused,
)
from tests.assistance.helped import given

TUESDAY, WEDNESDAY, SUNDAY = date(2021, 1, 5), date(2021, 1, 6), date(2021, 1, 10)


def away(first: date, last: date, *, covered: bool, **more: object) -> did.CaregiverAbsent:
    said = {"caregiver": ANNA, "from_day": first, "to_day": last, "covered": covered, "watched": (SEVENTY,), **more}
    return did.CaregiverAbsent(**about(), **said)  # pyright: ignore[reportArgumentType]


def test_an_absence_is_told_with_whether_enough_are_left() -> None:
    given(*PARTLY).when(absence(TUESDAY, SUNDAY)).then(away(TUESDAY, SUNDAY, covered=False))
    three = (FILE, planned(ANNA, BEN, CLARA))
    given(*three).when(absence(TUESDAY, SUNDAY)).then(away(TUESDAY, SUNDAY, covered=True))
    given(*FULLY).when(absence(TUESDAY, TUESDAY)).then(away(TUESDAY, TUESDAY, covered=False))


def test_whoever_stands_in_counts() -> None:
    asked = absence(TUESDAY, SUNDAY, Candidate(DORA, date(1980, 1, 1)))
    given(*PARTLY).when(asked).then(away(TUESDAY, SUNDAY, covered=True, replacement=DORA, limit_on=date(2050, 1, 1)))
    unknown = absence(TUESDAY, SUNDAY, Candidate(DORA))
    given(*PARTLY).when(unknown).then(away(TUESDAY, SUNDAY, covered=True, replacement=DORA, age_unknown=True))


def test_two_who_are_away_at_once_are_too_many_though_each_alone_is_not() -> None:
    three = (FILE, planned(ANNA, BEN, CLARA), away(TUESDAY, WEDNESDAY, covered=True))
    at_once = away(WEDNESDAY, SUNDAY, covered=False, caregiver=BEN)
    given(*three).when(absence(WEDNESDAY, SUNDAY, caregiver=BEN)).then(at_once)
    given(*three).when(absence(date(2021, 1, 7), SUNDAY, caregiver=BEN)).then(away(date(2021, 1, 7), SUNDAY, covered=True, caregiver=BEN))


def test_an_absence_told_again_counts_once_and_the_latest_stands() -> None:
    first = away(TUESDAY, SUNDAY, covered=False)
    given(*PARTLY, first).when(absence(TUESDAY, SUNDAY)).then()
    given(*PARTLY, first).when(absence(TUESDAY, WEDNESDAY)).then(away(TUESDAY, WEDNESDAY, covered=False))


def test_who_is_away_is_of_the_group_of_those_days_also_where_another_plan_is_set_already() -> None:
    later = planned(CLARA, DORA, from_day=NEXT, counts_from=NEXT)
    given(*PARTLY, later).when(absence(TUESDAY, SUNDAY)).then(away(TUESDAY, SUNDAY, covered=False))
    given(*PARTLY, later).when(absence(NEXT, NEXT)).then(refused("care.caregiver-unknown"))
    given(*PARTLY, later).when(absence(SUNDAY, NEXT, caregiver=CLARA)).then(away(SUNDAY, NEXT, covered=False, caregiver=CLARA))
    stands_in = absence(TUESDAY, SUNDAY, Candidate(CLARA, date(1980, 5, 1)))
    given(*PARTLY, later).when(stands_in).then(away(TUESDAY, SUNDAY, covered=True, replacement=CLARA, limit_on=SEVENTY))
    three = planned(ANNA, CLARA, DORA, from_day=NEXT, counts_from=NEXT)
    given(*PARTLY, three).when(absence(NEXT, NEXT)).then(away(NEXT, NEXT, covered=True))


@pytest.mark.parametrize(
    ("asked", "reason", "limit"),
    [
        (absence(TUESDAY, SUNDAY, caregiver=EMIL), "care.caregiver-unknown", None),
        (absence(TUESDAY, SUNDAY, Candidate(BEN, date(1980, 1, 1))), "care.replacement-in-group", None),
        (absence(TUESDAY, SUNDAY, Candidate(DORA, date(1951, 1, 5))), "care.age-limit", "70"),
    ],
    ids=["nobody of the group", "one of the group", "seventy on the first day"],
)
def test_an_absence_is_refused(asked: AnyCareCommand, reason: str, limit: str | None) -> None:
    given(*PARTLY).when(asked).then(refused(reason, limit))


def test_who_was_there_is_the_group_of_a_missed_week() -> None:
    gone = away(MONDAY, SUNDAY, covered=True, replacement=DORA)
    given(*PARTLY, gone).when(day(NEXT)).then(missed(MONDAY, 0, group=(BEN, DORA)))
    part = away(TUESDAY, SUNDAY, covered=True, replacement=DORA)
    given(*PARTLY, part).when(day(NEXT)).then(missed(MONDAY, 0, group=(ANNA, BEN, DORA)))
