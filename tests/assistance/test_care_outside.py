"""Visits by somebody who is neither of the group nor stands in count and are marked; 2021-01-04 is a Monday."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
from msgspec.structs import replace

from schemas.assistance import CareVisitRecorded
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_commands import Candidate
from services.assistance.domain.care.care_file import care_stream
from services.assistance.translate import to_message
from tests.assistance.cared import (
    ANNA,
    BEN,
    CLARA,
    DORA,
    EMIL,
    FILE,
    MONDAY,
    NEXT,
    PARTLY,
    PERSON,
    absence,
    day,
    planned,
    seen,
    set_plan,
    visit,
    week,
)
from tests.assistance.helped import given
from tests.messages import recorded
from tests.read_models import ReadModels, read_models

TUESDAY, WEDNESDAY, THURSDAY, SUNDAY = (date(2021, 1, number) for number in (5, 6, 7, 10))
STREAM = care_stream(PERSON)


@pytest.mark.parametrize(
    ("caregiver", "on", "outside"),
    [
        (ANNA, MONDAY, False),
        (EMIL, MONDAY, True),
        (CLARA, MONDAY, True),
        (CLARA, TUESDAY, False),
        (DORA, TUESDAY, True),
        (DORA, WEDNESDAY, False),
        (DORA, THURSDAY, False),
        (None, MONDAY, False),
    ],
    ids=["of it", "a stranger", "before her first day", "from her first day", "not yet stands in", "stands in", "still", "nobody named"],
)
def test_a_visit_by_somebody_outside_the_group_counts_and_is_marked(caregiver: object, on: date, outside: bool) -> None:  # noqa: FBT001
    group = (did.Caregiver(ANNA, MONDAY), did.Caregiver(BEN, MONDAY), did.Caregiver(CLARA, TUESDAY))
    away = given(*PARTLY).when(absence(WEDNESDAY, THURSDAY, Candidate(DORA))).happened
    story = given(FILE, replace(planned(ANNA, BEN), caregivers=group), *away)
    story.when(visit(1, on, caregiver=caregiver)).then(  # pyright: ignore[reportArgumentType]
        replace(seen(1, on, week(MONDAY, 1), caregiver=caregiver), outside=outside)  # pyright: ignore[reportArgumentType]
    )


def test_three_visits_by_a_stranger_meet_the_quota() -> None:
    made = [visit(number, date(2021, 1, number), caregiver=EMIL) for number in (4, 5, 6)]
    given(*PARTLY).when(*made, day(NEXT)).then(did.CareQuotaMet(**week(MONDAY, 3)))


def test_the_others_are_told_that_somebody_else_came() -> None:
    (event,) = given(*PARTLY).when(visit(1, MONDAY, caregiver=EMIL)).happened
    told = to_message(recorded(event, STREAM))
    assert told is not None
    assert isinstance(told.data, CareVisitRecorded)
    assert told.data.outside_group is True


def test_a_group_is_the_one_of_the_day_of_the_visit() -> None:
    changed = given(*PARTLY).when(set_plan(CLARA, DORA, on=WEDNESDAY)).happened
    story = given(*PARTLY, *changed)
    outside = [
        getattr(story.when(visit(1, on, caregiver=caregiver, on=SUNDAY)).happened[0], "outside", None)
        for caregiver, on in ((ANNA, TUESDAY), (CLARA, TUESDAY), (ANNA, WEDNESDAY), (CLARA, WEDNESDAY))
    ]
    assert [False, True, True, False] == outside


@pytest.fixture
async def care(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def test_who_came_from_outside_is_seen(care: ReadModels) -> None:
    story = given(*PARTLY).when(visit(1, MONDAY), visit(2, TUESDAY, caregiver=EMIL))
    await care.write(STREAM, *story.history, *story.happened)
    assert [(ANNA, False), (EMIL, True)] == await care.rows("SELECT caregiver, outside FROM care_visits ORDER BY on_day")
    assert await care.difference() is None
