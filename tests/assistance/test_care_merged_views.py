"""The care file of two entries for one person is seen once, live and rebuilt alike; 2021-01-04 is a Monday."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from pipeline.decider import Event
from schemas.clock import DayStarted
from services.assistance.domain import DECIDER
from services.assistance.domain.care.care_file import care_stream
from services.assistance.domain.care.merge_events import CareFileGivenBack, CareFileTakenOver
from services.assistance.identify import Identify
from tests.assistance.cared import AFTER_NEXT, ELSEWHERE, FILE, MONDAY, NEXT, PARTLY, PERSON, SEVENTY
from tests.assistance.helped import HOUSEHOLD, PILOT
from tests.assistance.two_persons import KEPT, Two, visited
from tests.messages import envelope
from tests.read_models import ReadModels, read_models

HIS, KEPT_FILE = care_stream(PERSON), care_stream(KEPT)
FILES = "SELECT stream, household, category, due, ended_by FROM care_files ORDER BY stream = $1"
VISITS = "SELECT stream, person, visit, week FROM care_visits ORDER BY visit"


@pytest.fixture
async def care(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def write(models: ReadModels, two: Two) -> None:
    """All of it, as one batch after the other."""
    for stream in (HIS, KEPT_FILE):
        await models.write(stream, *two.streams[stream])


async def test_a_file_that_was_taken_over_is_seen_with_the_person_who_is_kept(care: ReadModels) -> None:
    two = Two().begin(PERSON, PARTLY)
    two.tell(visited(1, MONDAY), MONDAY)
    two.tell(visited(2, NEXT), NEXT)
    two.merge()
    two.tell(visited(3, date(2021, 1, 14), KEPT), date(2021, 1, 14))
    await write(care, two)
    rows = await care.rows(FILES, KEPT_FILE)
    assert [
        (HIS, HOUSEHOLD, "severe_illness", None, "duplicate"),
        (KEPT_FILE, ELSEWHERE, "severe_illness", date(2021, 1, 17), None),
    ] == rows
    assert [
        (KEPT_FILE, KEPT, UUID(int=1), MONDAY),
        (KEPT_FILE, KEPT, UUID(int=2), NEXT),
        (KEPT_FILE, KEPT, UUID(int=3), NEXT),
    ] == await care.rows(VISITS)
    weeks = await care.rows("SELECT stream, week, done, told FROM care_weeks ORDER BY week")
    assert [(KEPT_FILE, MONDAY, 1, "missed"), (KEPT_FILE, NEXT, 2, None)] == weeks
    plans = await care.rows("SELECT person, counts_from FROM care_plans WHERE stream = $1", KEPT_FILE)
    assert [(KEPT, MONDAY)] == plans
    assert await care.difference() is None


async def test_a_day_judges_the_file_that_was_taken_over(care: ReadModels) -> None:
    two = Two().begin(PERSON, PARTLY)
    two.merge()
    await write(care, two)
    (found,) = await Identify(care.pool, PILOT)([envelope(DayStarted(date=AFTER_NEXT))])
    assert {KEPT_FILE: (KEPT, ELSEWHERE)} == found.care


async def test_a_file_that_went_back_is_seen_where_it_began(care: ReadModels) -> None:
    two = Two().begin(PERSON, PARTLY)
    two.merge()
    taken = [*two.streams[HIS]], [*two.streams[KEPT_FILE]]
    two.tell(visited(5, AFTER_NEXT, KEPT), AFTER_NEXT)
    two.tell(visited(6, date(2021, 1, 25), KEPT), date(2021, 1, 25))
    two.part()
    for stream, history in ((HIS, taken[0]), (KEPT_FILE, two.streams[KEPT_FILE])):
        await care.write(stream, *history)
    await care.write(HIS, *two.streams[HIS][len(taken[0]) :])
    rows = await care.rows(FILES, KEPT_FILE)
    assert [
        (HIS, HOUSEHOLD, "severe_illness", date(2021, 1, 31), None),
        (KEPT_FILE, ELSEWHERE, "severe_illness", None, "unmerged"),
    ] == rows
    assert [(HIS, PERSON, UUID(int=5), AFTER_NEXT), (HIS, PERSON, UUID(int=6), date(2021, 1, 25))] == await care.rows(VISITS)
    assert await care.difference() is None


async def test_a_file_that_went_back_in_a_log_from_before_leaves_the_persons_own_without_a_plan(care: ReadModels) -> None:
    """Such a log says neither what remained nor what the weeks came to: what was judged stays where it was told."""
    two = Two().begin(PERSON, PARTLY).begin(KEPT, [replace(FILE, household=ELSEWHERE)])
    two.tell(visited(1, MONDAY), MONDAY)
    two.merge()
    two.tell(visited(2, AFTER_NEXT, KEPT), AFTER_NEXT)
    two.part()
    before = {stream: [as_before(event) for event in told] for stream, told in two.streams.items()}
    own = DECIDER.fold(before[KEPT_FILE], DECIDER.initial).care
    assert own is not None
    assert (own.ended, own.plans, own.weeks) == (None, (), {})
    for stream in (KEPT_FILE, HIS):
        await care.write(stream, *before[stream])
    rows = await care.rows("SELECT stream, household, due, limit_on, ended_by FROM care_files ORDER BY stream = $1", KEPT_FILE)
    assert [(HIS, HOUSEHOLD, date(2021, 1, 31), SEVENTY, None), (KEPT_FILE, ELSEWHERE, None, None, None)] == rows
    assert [] == await care.rows("SELECT counts_from FROM care_plans WHERE stream = $1", KEPT_FILE)
    assert [(HIS, UUID(int=1)), (KEPT_FILE, UUID(int=2))] == await care.rows("SELECT stream, visit FROM care_visits ORDER BY visit")
    assert await care.difference() is None


def as_before(event: Event) -> Event:
    """As it was stored before files that cover one another were carried."""
    bare: dict[str, Any] = {"weeks": None, "forgotten": (), "since": None, "watched": None, "origins": (), "beneath": None}
    match event:
        case CareFileTakenOver(carried=carried):
            return replace(event, carried=replace(carried, **bare))
        case CareFileGivenBack(carried=carried):
            return replace(event, carried=replace(carried, **bare), remains=None, plans_from=None)
        case _:
            return event


async def test_of_two_files_one_is_seen_closed(care: ReadModels) -> None:
    two = Two().begin(PERSON, PARTLY).begin(KEPT, PARTLY)
    two.merge()
    two.part()
    await write(care, two)
    rows = await care.rows("SELECT stream, due, ended_by FROM care_files ORDER BY stream = $1", KEPT_FILE)
    assert [(HIS, date(2021, 2, 7), None), (KEPT_FILE, date(2021, 1, 10), None)] == rows
    assert await care.difference() is None
