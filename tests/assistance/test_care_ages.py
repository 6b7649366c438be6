"""A caregiver's limit of age while the plan runs; 2021-01-04 is a Monday."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from schemas.clock import DayStarted
from services.assistance import packs
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.ages import limit_day
from services.assistance.domain.care.care_commands import Candidate
from services.assistance.domain.care.care_file import care_stream
from services.assistance.identify import Identify
from tests.assistance.cared import (
    ANNA,
    BEN,
    CLARA,
    DORA,
    EMIL,
    FILE,
    MONDAY,
    NEXT,
    OVER,
    PARTLY,
    PERSON,
    SEVENTY,
    about,
    absence,
    day,
    end,
    leave,
    missed,
    planned,
    refused,
    resume,
    set_plan,
)
from tests.assistance.helped import PILOT, given
from tests.messages import envelope
from tests.read_models import ReadModels, read_models

TUESDAY, WEDNESDAY, THURSDAY, SUNDAY = (date(2021, 1, number) for number in (5, 6, 7, 10))
GROUP = (did.Caregiver(ANNA, MONDAY, WEDNESDAY), did.Caregiver(BEN, MONDAY, THURSDAY))
AGEING: tuple[Event, ...] = (FILE, replace(planned(ANNA, BEN), caregivers=GROUP, watched=(WEDNESDAY, THURSDAY)))
STREAM = care_stream(PERSON)


def over(caregiver: object, on: date, next_on: date | None = None) -> did.CaregiverOverAge:
    return did.CaregiverOverAge(**about(), caregiver=caregiver, on=on, group=(ANNA, BEN), next_on=next_on)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("birth", "limit"),
    [
        (date(1951, 1, 6), WEDNESDAY),
        (date(1952, 2, 29), date(2022, 3, 1)),
        (None, None),
    ],
    ids=["a birthday", "the day after the last of February", "unknown"],
)
def test_the_limit_is_reached_on_a_birthday(birth: date | None, limit: date | None) -> None:
    assert limit == limit_day(birth, PILOT.care)


def test_the_limit_is_that_of_the_pack() -> None:
    assert date(2016, 1, 6) == limit_day(date(1951, 1, 6), PILOT.care.model_copy(update={"age_limit": 65}))
    assert 70 == packs.load("example-national-2021").care.age_limit


def test_a_plan_keeps_the_day_on_which_each_reaches_the_limit() -> None:
    (plan,) = given(FILE).when(set_plan(Candidate(ANNA, date(1951, 1, 6)), Candidate(BEN))).happened
    assert isinstance(plan, did.CarePlanSet)
    assert (did.Caregiver(ANNA, MONDAY, WEDNESDAY), did.Caregiver(BEN, MONDAY, None)) == plan.caregivers


@pytest.mark.parametrize(
    ("birth", "limit"),
    [(date(1951, 1, 4), None), (date(1951, 1, 5), TUESDAY), (date(1930, 6, 1), None)],
    ids=["seventy today", "seventy tomorrow", "ninety"],
)
def test_a_caregiver_is_below_the_limit_when_he_begins(birth: date, limit: date | None) -> None:
    group = (did.Caregiver(ANNA, MONDAY, limit), did.Caregiver(BEN, MONDAY, SEVENTY))
    days = (TUESDAY, SEVENTY)
    expected = replace(planned(ANNA, BEN), caregivers=group, watched=days) if limit is not None else refused("care.age-limit", "70")
    given(FILE).when(set_plan(Candidate(ANNA, birth), BEN)).then(expected)


def test_somebody_who_begins_later_is_as_old_as_then() -> None:
    given(FILE).when(set_plan(Candidate(ANNA, date(1951, 1, 5), TUESDAY), BEN)).then(refused("care.age-limit", "70"))


def test_a_day_tells_who_reaches_the_limit_on_it_and_no_day_before() -> None:
    given(*AGEING).when(day(TUESDAY)).then()
    given(*AGEING).when(day(WEDNESDAY)).then(over(ANNA, WEDNESDAY, next_on=THURSDAY))
    given(*AGEING, over(ANNA, WEDNESDAY, next_on=THURSDAY)).when(day(WEDNESDAY)).then()
    given(*AGEING, over(ANNA, WEDNESDAY, next_on=THURSDAY)).when(day(THURSDAY)).then(over(BEN, THURSDAY))


def test_days_that_were_skipped_tell_each_once_beside_the_weeks() -> None:
    given(*AGEING).when(day(NEXT)).then(missed(MONDAY, 0), over(ANNA, WEDNESDAY, next_on=THURSDAY), over(BEN, THURSDAY))


def test_who_is_not_of_the_group_any_more_is_not_told_of() -> None:
    changed = given(*AGEING).when(set_plan(CLARA, DORA, on=TUESDAY)).happened
    given(*AGEING, *changed).when(day(SUNDAY)).then()


def test_of_an_age_that_nobody_knows_and_of_a_plan_from_before_nobody_is_told() -> None:
    before = replace(planned(ANNA, BEN), caregivers=(did.Caregiver(ANNA, MONDAY), did.Caregiver(BEN, MONDAY)))
    given(FILE, before).when(day(SUNDAY)).then()


def test_until_a_plan_of_a_day_to_come_begins_the_old_group_is_watched() -> None:
    (plan,) = given(*AGEING).when(set_plan(CLARA, DORA, on=TUESDAY, from_day=THURSDAY)).happened
    assert (WEDNESDAY, SEVENTY) == getattr(plan, "watched", None)
    story = given(*AGEING, plan)
    story.when(day(TUESDAY)).then()
    story.when(day(WEDNESDAY)).then(over(ANNA, WEDNESDAY, next_on=SEVENTY))
    story.when(day(WEDNESDAY), day(THURSDAY), day(SUNDAY)).then()


def test_the_old_group_of_a_log_from_before_is_watched_too() -> None:
    before = replace(planned(CLARA, DORA, from_day=THURSDAY, counts_from=NEXT), watched=None)
    given(*AGEING, before).when(day(WEDNESDAY)).then(over(ANNA, WEDNESDAY, next_on=SEVENTY))


def test_of_whom_it_was_told_it_is_not_told_again_with_another_plan_unless_his_limit_is_another() -> None:
    told = given(*AGEING).when(day(WEDNESDAY)).happened
    again = set_plan(Candidate(ANNA, date(1951, 1, 6)), CLARA, from_day=TUESDAY, on=WEDNESDAY)
    given(*AGEING, *told).when(again, day(WEDNESDAY)).then()
    younger = set_plan(Candidate(ANNA, date(1951, 1, 8)), CLARA, from_day=TUESDAY, on=WEDNESDAY)
    given(*AGEING, *told).when(younger, day(THURSDAY)).then()
    friday = date(2021, 1, 8)
    expected = did.CaregiverOverAge(**about(), caregiver=ANNA, on=friday, group=(ANNA, CLARA), next_on=SEVENTY)
    given(*AGEING, *told).when(younger, day(friday)).then(expected)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [(TUESDAY, TUESDAY, False), (TUESDAY, WEDNESDAY, True), (TUESDAY, SUNDAY, True)],
    ids=["gone the day before", "his last day", "longer"],
)
def test_who_stands_in_is_told_of_on_the_day_on_which_he_reaches_the_limit(first: date, last: date, told: bool) -> None:  # noqa: FBT001
    away = given(*PARTLY).when(absence(first, last, Candidate(DORA, date(1951, 1, 6)))).happened
    assert ((WEDNESDAY, SEVENTY) if told else (SEVENTY,)) == getattr(away[0], "watched", None)
    story = given(*PARTLY, *away)
    story.when(day(TUESDAY)).then()
    limit = did.CaregiverOverAge(**about(), caregiver=DORA, on=WEDNESDAY, group=(ANNA, BEN, DORA), next_on=SEVENTY)
    story.when(day(WEDNESDAY)).then(*((limit,) if told else ()))
    story.when(day(WEDNESDAY), day(THURSDAY)).then()


def test_an_absence_that_ends_sooner_after_all_watches_nobody_in_vain() -> None:
    long = given(*PARTLY).when(absence(TUESDAY, SUNDAY, Candidate(DORA, date(1951, 1, 6)))).happened
    (short,) = given(*PARTLY, *long).when(absence(TUESDAY, TUESDAY, Candidate(DORA, date(1951, 1, 6)))).happened
    assert (SEVENTY,) == getattr(short, "watched", None)
    given(*PARTLY, *long, short).when(day(SUNDAY)).then()


def test_an_ended_file_tells_of_nobody_and_one_that_goes_on_does() -> None:
    given(*AGEING, OVER).when(day(SUNDAY)).then()
    (*_, first, second) = given(*AGEING).when(leave(TUESDAY), resume(NEXT), day(NEXT)).happened
    assert (over(ANNA, WEDNESDAY, next_on=THURSDAY), over(BEN, THURSDAY)) == (first, second)


@pytest.fixture
async def care(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def due(models: ReadModels, *numbers: int) -> list[bool]:
    days = [envelope(DayStarted(date=date(2021, 1, number))) for number in numbers]
    return [STREAM in one.care for one in await Identify(models.pool, PILOT)(days)]


async def test_a_day_finds_the_files_with_a_caregiver_at_the_limit(care: ReadModels) -> None:
    await care.write(STREAM, *AGEING)
    assert [False, True, True] == await due(care, 5, 6, 7)
    await care.write(STREAM, over(ANNA, WEDNESDAY, next_on=THURSDAY))
    assert [False, True] == await due(care, 6, 7)
    await care.write(STREAM, over(BEN, THURSDAY))
    assert [False, False, True] == await due(care, 7, 10, 11)
    assert await care.difference() is None


async def test_a_day_finds_the_files_whose_old_group_or_stand_in_reaches_the_limit(care: ReadModels) -> None:
    old = given(*AGEING).when(set_plan(CLARA, DORA, on=TUESDAY, from_day=THURSDAY))
    await care.write(STREAM, *old.history, *old.happened)
    assert [False, True] == await due(care, 5, 6)
    told = given(*old.history, *old.happened).when(day(WEDNESDAY))
    await care.write(STREAM, *told.happened)
    assert [False, False] == await due(care, 6, 10)
    away = given(*told.history, *told.happened).when(absence(THURSDAY, SUNDAY, Candidate(EMIL, date(1951, 1, 9)), caregiver=CLARA))
    await care.write(STREAM, *away.happened)
    assert [False, True] == await due(care, 8, 9)
    assert await care.difference() is None


async def test_an_ended_file_is_not_found_for_an_age_and_a_new_plan_sets_its_own_day(care: ReadModels) -> None:
    story = given(*AGEING).when(end(TUESDAY))
    await care.write(STREAM, *story.history, *story.happened)
    assert [False] == await due(care, 8)
    await care.write(STREAM, replace(FILE, on=NEXT), planned(CLARA, DORA, counts_from=NEXT))
    assert [(date(2050, 5, 1),)] == await care.rows("SELECT limit_on FROM care_files")
    assert await care.difference() is None
