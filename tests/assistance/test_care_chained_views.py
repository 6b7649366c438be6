"""What is seen of three entries for one person is, when all are parted, what it would be without; live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from local.services import ROOT
from pipeline.decider import Event
from schemas.assistance import care as words
from schemas.clock import DayStarted
from schemas.message import Message
from services.assistance.domain.care.care_file import care_stream
from services.assistance.identify import Identify
from tests.assistance.cared import BEN, MONDAY, NEXT, OPENED, PARTLY, PERSON
from tests.assistance.helped import PILOT
from tests.assistance.test_care_chained import THIRD, merged, parted, three
from tests.assistance.two_persons import KEPT, Two, visited
from tests.messages import envelope
from tests.read_models import ReadModels, read_models

PEOPLE: Final = (PERSON, KEPT, THIRD)
TOLD: Final = {
    "care_files": "person, household, category, since, due, ended_on, ended_by, limit_on",
    "care_plans": "person, counts_from, required, caregivers",
    "care_visits": "person, visit, on_day, week, caregiver, tasks, outside",
    "care_weeks": "person, week, done, required, tasks_done, tasks_required, told",
    "care_absences": "person, caregiver, from_day, to_day, covered, replacement",
}
ORDERS: Final = {
    "the last one first": [merged(PERSON, KEPT), merged(KEPT, THIRD), parted(KEPT, THIRD), parted(PERSON, KEPT)],
    "in the middle": [merged(PERSON, KEPT), merged(KEPT, THIRD), parted(PERSON, KEPT), parted(KEPT, THIRD)],
    "read the other way round": [merged(KEPT, THIRD), merged(PERSON, KEPT), parted(PERSON, KEPT), parted(KEPT, THIRD)],
    "the way parted before": [merged(KEPT, THIRD), merged(PERSON, KEPT), parted(KEPT, THIRD), parted(PERSON, KEPT)],
    "two into one": [merged(KEPT, THIRD), merged(PERSON, THIRD), parted(PERSON, THIRD), parted(KEPT, THIRD)],
}


@pytest.fixture
async def care(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as models:
        yield models


def season(begun: tuple[tuple[Event, ...], ...], joining: Sequence[Message]) -> Two:
    """Every third day a visit, every Monday a day that begins, an absence and a late visit; a message of `joining` each week."""
    people = three(*begun)
    for number in range(40):
        on = MONDAY + timedelta(days=number)
        if number % 7 == 2 and number // 7 < len(joining):
            people.tell(joining[number // 7].model_copy(update={"on": on}), on)
        (holder,) = [one for one in people.open_files() if (file := people.file(one)) is not None and file.plans]
        if number % 3 == 0:
            people.tell(visited(number, on, holder), on)
        if number == 13:
            people.tell(words.RecordAbsence(person=holder, caregiver=BEN, from_day=on, to_day=on + timedelta(days=20)), on)
        if number == 15:
            people.tell(visited(100, date(2021, 1, 5), holder), on)
        if number % 7 == 0:
            people.tell(DayStarted(date=on), on)
    return people


async def seen(models: ReadModels, people: Two, before: dict[UUID, list[Event]]) -> dict[str, list[tuple[Any, ...]]]:
    for person in PEOPLE:
        await models.write(care_stream(person), *before[care_stream(person)])
    for stream, events in people.happened:
        if events:
            await models.write(stream, *events)
    assert await models.difference() is None
    return {table: sorted(await models.rows(f"SELECT {columns} FROM {table}"), key=str) for table, columns in TOLD.items()}


@pytest.mark.parametrize("begun", [(PARTLY, (), ()), (PARTLY, OPENED, OPENED), (PARTLY, (), OPENED)], ids=["none", "both", "the third"])
@pytest.mark.parametrize("order", ORDERS)
async def test_what_is_seen_is_what_it_would_be_without_the_merges(
    care: ReadModels, prepared: str, order: str, begun: tuple[tuple[Event, ...], ...]
) -> None:
    before = three(*begun).streams
    wrong = await seen(care, season(begun, ORDERS[order]), before)
    async with read_models(prepared, "assistance") as again:
        plain = await seen(again, season(begun, ()), before)
    assert len(plain["care_weeks"]) > 4
    had = {row[0] for row in plain["care_files"]}
    wrong["care_files"] = [row for row in wrong["care_files"] if row[0] in had or row[6] != "unmerged"]
    assert plain == wrong


async def test_the_duplicates_of_a_log_from_before_are_all_there_after_the_migration(care: ReadModels) -> None:
    people = three(PARTLY, (), ())
    for message in (merged(PERSON, KEPT), merged(KEPT, THIRD), parted(KEPT, THIRD)):
        people.tell(message, NEXT)
    for person in PEOPLE:
        await care.write(care_stream(person), *people.streams[care_stream(person)])
    script = (ROOT / "services/assistance/migrations/0013_merged_persons.sql").read_text().replace("{schema}", "assistance")
    (refill,) = [statement for statement in script.split(";") if statement.lstrip().startswith("INSERT INTO")]
    await care.pool.execute("DELETE FROM assistance.merged_persons")
    assert await care.difference() is not None
    await care.pool.execute(refill)
    assert [(PERSON, KEPT)] == await care.rows("SELECT person, into_person FROM merged_persons")
    assert await care.difference() is None


async def test_whoever_is_kept_in_the_place_of_all_others_is_found(care: ReadModels) -> None:
    people = three(PARTLY, (), ())
    people.tell(merged(PERSON, KEPT), NEXT)
    people.tell(merged(KEPT, THIRD), NEXT)
    for person in PEOPLE:
        await care.write(care_stream(person), *people.streams[care_stream(person)])
    batch = [envelope(one) for one in (parted(PERSON, KEPT), parted(KEPT, THIRD), merged(PERSON, KEPT))]
    assert [(KEPT, THIRD), (THIRD,), (KEPT,)] == [one.way for one in await Identify(care.pool, PILOT)(batch)]
    assert [(PERSON, KEPT), (KEPT, THIRD)] == await care.rows("SELECT person, into_person FROM merged_persons ORDER BY person")
