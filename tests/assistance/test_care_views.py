"""The care files, plans, visits and weeks that people see follow from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest

from schemas.clock import DayStarted
from services.assistance.domain.care import care_events as did
from services.assistance.domain.care.care_commands import AnyCareCommand
from services.assistance.identify import Found, Identify
from services.assistance.translate.care import care_stream
from tests.assistance.cared import (
    AFTER_NEXT,
    ANNA,
    BEN,
    CLARA,
    DORA,
    ELSEWHERE,
    FILE,
    MONDAY,
    NEXT,
    OVER,
    PARTLY,
    PERSON,
    about,
    day,
    missed,
    planned,
    refused,
    resumed,
    visit,
)
from tests.assistance.helped import HOUSEHOLD, PILOT, given
from tests.messages import envelope
from tests.read_models import ReadModels, read_models

STREAM = care_stream(PERSON)
WEEKS = "SELECT week, done, required, tasks_done, tasks_required, told FROM care_weeks ORDER BY week"
TUESDAY, WEDNESDAY = date(2021, 1, 5), date(2021, 1, 6)


@pytest.fixture
async def care(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


async def lived(models: ReadModels, *asked: AnyCareCommand) -> None:
    """What follows from these commands after the plan of the partly dependent, written down."""
    story = given(*PARTLY).when(*asked)
    await models.write(STREAM, *story.history, *story.happened)


async def test_a_file_is_seen_from_its_opening_to_its_end(care: ReadModels) -> None:
    await care.write(STREAM, FILE)
    assert [(STREAM, PERSON, HOUSEHOLD, "severe_illness", MONDAY, None, None, None, None)] == await care.rows("TABLE care_files")
    await care.write(STREAM, did.CareFileSet(**about(ELSEWHERE), category="other", on=NEXT), planned(ANNA, BEN))
    assert [(ELSEWHERE, "other", NEXT, date(2021, 1, 10))] == await care.rows("SELECT household, category, since, due FROM care_files")
    await care.write(STREAM, OVER)
    assert [(None, date(2021, 1, 13), "decided")] == await care.rows("SELECT due, ended_on, ended_by FROM care_files")
    assert await care.difference() is None


async def test_a_file_that_goes_on_is_seen_open_again_and_due_when_it_counts_again(care: ReadModels) -> None:
    died = did.CareEnded(**about(), on=date(2021, 1, 13), reason="died")
    await care.write(STREAM, *PARTLY, missed(MONDAY, 0), died, resumed(date(2021, 1, 19), NEXT, date(2021, 1, 25), ELSEWHERE))
    rows = await care.rows("SELECT household, category, due, ended_on, ended_by FROM care_files")
    assert [(ELSEWHERE, "severe_illness", date(2021, 1, 31), None, None)] == rows
    unplanned = resumed(date(2021, 1, 19), NEXT, date(2021, 1, 25), planned=False)
    await care.write(care_stream(ELSEWHERE), FILE, died, unplanned)
    assert [(None,)] == await care.rows("SELECT due FROM care_files WHERE stream = $1", care_stream(ELSEWHERE))
    assert await care.difference() is None


async def test_the_id_of_a_visit_of_long_ago_breaks_no_view(care: ReadModels) -> None:
    later = date(2021, 4, 5)
    story = given(*PARTLY).when(visit(1, MONDAY), day(later), visit(1, later))
    assert (refused("care.visit-id-used"),) == story.happened
    await care.write(STREAM, *story.history, *story.happened)
    assert [(UUID(int=1), MONDAY)] == await care.rows("SELECT visit, on_day FROM care_visits")


async def test_a_plan_is_seen_with_its_group_and_the_next_one_beside_it(care: ReadModels) -> None:
    third = planned(CLARA, dependency="full", required=7, counts_from=AFTER_NEXT)
    await care.write(STREAM, *PARTLY, planned(BEN, CLARA, counts_from=NEXT), planned(ANNA, CLARA, counts_from=NEXT), third)
    rows = await care.rows(
        "SELECT counts_from, care_dependency, required, caregivers, ages_unknown, tasks, times FROM care_plans ORDER BY 1"
    )
    assert [
        (MONDAY, "partial", 3, [ANNA, BEN], [], ["laundry", "bathing"], [2, 1]),
        (NEXT, "partial", 3, [ANNA, CLARA], [], ["laundry", "bathing"], [2, 1]),
        (AFTER_NEXT, "full", 7, [CLARA], [], ["laundry", "bathing"], [2, 1]),
    ] == rows
    assert await care.difference() is None


async def test_a_week_is_seen_open_missed_and_corrected(care: ReadModels) -> None:
    await lived(care, visit(1, MONDAY, "laundry", "laundry"), visit(2, TUESDAY))
    assert [(MONDAY, 2, 3, 2, 3, None)] == await care.rows(WEEKS)
    story = given(*PARTLY).when(visit(1, MONDAY, "laundry", "laundry"), visit(2, TUESDAY), day(NEXT))
    await care.write(STREAM, *story.happened)
    assert [(MONDAY, 2, 3, 2, 3, "missed")] == await care.rows(WEEKS)
    await care.write(STREAM, *story.when(visit(3, WEDNESDAY, "bathing", on=NEXT)).happened)
    assert [(MONDAY, 3, 3, 3, 3, "corrected")] == await care.rows(WEEKS)
    assert await care.difference() is None


async def test_a_week_without_a_visit_and_one_with_all_are_seen(care: ReadModels) -> None:
    await lived(care, visit(1, MONDAY), visit(2, TUESDAY), visit(3, WEDNESDAY), day(AFTER_NEXT))
    assert [(MONDAY, 3, 3, 0, 3, "met"), (NEXT, 0, 3, 0, 3, "missed")] == await care.rows(WEEKS)
    assert [(date(2021, 1, 24),)] == await care.rows("SELECT due FROM care_files")
    assert await care.difference() is None


async def test_a_visit_is_seen_with_its_tasks_once(care: ReadModels) -> None:
    await lived(care, visit(1, TUESDAY, "laundry", "cooking"), visit(1, TUESDAY, "laundry", "cooking"), visit(2, NEXT, caregiver=None))
    rows = await care.rows("SELECT visit, on_day, week, caregiver, tasks FROM care_visits ORDER BY visit")
    assert [(UUID(int=1), TUESDAY, MONDAY, ANNA, ["laundry", "cooking"]), (UUID(int=2), NEXT, NEXT, None, [])] == rows
    assert [("bathing", 0, 1), ("laundry", 1, 2)] == await care.rows(
        "SELECT task, done, required FROM care_tasks WHERE week = $1 ORDER BY task", MONDAY
    )
    assert await care.difference() is None


async def test_an_absence_is_seen_as_it_was_told_last(care: ReadModels) -> None:
    first = did.CaregiverAbsent(**about(), caregiver=ANNA, from_day=MONDAY, to_day=NEXT, covered=False)
    last = did.CaregiverAbsent(**about(), caregiver=ANNA, from_day=MONDAY, to_day=TUESDAY, covered=True, replacement=DORA)
    await care.write(STREAM, *PARTLY, first, last)
    assert [(ANNA, MONDAY, TUESDAY, True, DORA, False)] == await care.rows(
        "SELECT caregiver, from_day, to_day, covered, replacement, age_unknown FROM care_absences"
    )
    assert await care.difference() is None


async def test_a_refusal_is_not_seen(care: ReadModels) -> None:
    await care.write(STREAM, refused("care.no-file"))
    assert [] == await care.rows("TABLE care_files")


@pytest.mark.parametrize(("today", "is_due"), [(date(2021, 1, 10), False), (NEXT, True), (date(2021, 2, 1), True)])
async def test_a_day_finds_the_files_with_a_week_that_ended_before_it(care: ReadModels, today: date, is_due: bool) -> None:  # noqa: FBT001
    await care.write(STREAM, *PARTLY)
    await care.write(care_stream(ELSEWHERE), did.CareFileSet(person=ELSEWHERE, household=HOUSEHOLD, category="other", on=MONDAY))
    (found,) = await Identify(care.pool, PILOT)([envelope(DayStarted(date=today), subject=HOUSEHOLD)])
    assert Found(None, care={STREAM: (PERSON, HOUSEHOLD)} if is_due else {}) == found


async def test_days_of_one_batch_find_each_its_own(care: ReadModels) -> None:
    await care.write(STREAM, *PARTLY, missed(MONDAY, 0))
    sunday, monday = await Identify(care.pool, PILOT)([envelope(DayStarted(date=today)) for today in (date(2021, 1, 17), AFTER_NEXT)])
    assert [set(), {STREAM}] == [set(sunday.care), set(monday.care)]


async def test_a_file_that_ended_has_nothing_due(care: ReadModels) -> None:
    await care.write(STREAM, *PARTLY, OVER)
    (found,) = await Identify(care.pool, PILOT)([envelope(DayStarted(date=date(2021, 3, 1)))])
    assert found.care == {}
