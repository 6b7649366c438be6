"""What enrollment says of persons, as assistance takes it: door, rules, log and read models of a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Final

import pytest

from pipeline.envelope import Record
from pipeline.handler import Handler
from schemas import assistance as words
from schemas.assistance.care import Caregiver
from schemas.clock import DayStarted
from schemas.enrollment import MembersJoined, MembersLeft
from schemas.message import Message
from schemas.topics import ALLOWED, CLOCK
from services.assistance.main import rules
from tests.assistance.cared import ANNA, BEN, ELSEWHERE, MONDAY, NEXT, PERSON
from tests.assistance.helped import CADRE, HOUSEHOLD, PILOT, SUCCESSOR
from tests.assistance.paired import answers, paired, placed
from tests.assistance.two_persons import KEPT, LEFT, MERGED, UNMERGED, visited
from tests.read_models import ReadModels, read_models

PLAN: Final = words.SetCarePlan(
    person=PERSON,
    care_dependency="partial",
    caregivers=tuple(Caregiver(caregiver_id=one, birth=date(1980, 5, 1)) for one in (ANNA, BEN)),
)
BEGUN: Final = [(words.OpenCareFile(person=PERSON, category="other"), MONDAY), (PLAN, MONDAY), (visited(1, MONDAY), MONDAY)]
TWO: Final = [*BEGUN, (LEFT, LEFT.on), (MERGED, MERGED.on), (visited(2, date(2021, 1, 14), KEPT), date(2021, 1, 14))]
MISSING: Final = """
SELECT convert_from(state, 'UTF8')::jsonb ->> 'on' FROM stored_events
WHERE topic = 'assistance.cadre-missing' ORDER BY notification_id"""
OPEN: Final = "SELECT person, household, category FROM care_files WHERE ended_on IS NULL"


def record(offset: int, message: Message, on: date) -> Record:
    """Said at noon in Shandong, on the topic that may carry it; a day on that of the clock."""
    topic = next(topic for topic, types in ALLOWED.items() if message.TYPE in types)
    at = datetime.combine(on, time(4), UTC).isoformat()
    named = {"specversion": "1.0", "id": str(offset), "source": "/test", "type": message.TYPE, "time": at, "subject": str(HOUSEHOLD)}
    named |= {"position": str(offset + 1)} if ".event." in message.TYPE else {}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in named.items())
    return Record(topic, 0, offset, 1_609_819_200_000, None, message.model_dump_json(exclude_none=True).encode(), headers)


async def take(models: ReadModels, told: Sequence[tuple[Message, date]], at_once: int) -> None:
    """In batches of so many, each by a process that just began."""
    records = [record(offset, message, on) for offset, (message, on) in enumerate(told)]
    for first in range(0, len(records), at_once):
        await Handler(rules(PILOT, models.pool), models.store).handle(records[first : first + at_once])


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "assistance") as made:
        yield made
        assert await made.difference() is None
        assert [] == await made.rows("SELECT id FROM set_aside")


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
async def test_the_file_of_two_entries_is_that_of_who_is_kept_and_comes_back(models: ReadModels, at_once: int) -> None:
    await take(models, TWO, at_once)
    assert [(KEPT, ELSEWHERE, "other")] == await models.rows(OPEN)


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
async def test_whoever_is_another_one_after_all_has_his_file_again(models: ReadModels, at_once: int) -> None:
    await take(models, [*TWO, (UNMERGED, UNMERGED.on)], at_once)
    assert [(PERSON, HOUSEHOLD, "other")] == await models.rows(OPEN)


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
async def test_whoever_did_not_die_has_his_file_again(models: ReadModels, at_once: int) -> None:
    person = {"household_id": HOUSEHOLD, "person_ids": (PERSON,), "on": date(2021, 1, 6)}
    died, back = MembersLeft(**person, reason="died"), MembersJoined(**person, reason="withdrawn")
    await take(models, [*BEGUN, (died, date(2021, 1, 7)), (back, NEXT)], at_once)
    assert [(PERSON, HOUSEHOLD, "other")] == await models.rows(OPEN)


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
async def test_whoever_is_arranged_for_a_day_answers_from_that_day_on(models: ReadModels, at_once: int) -> None:
    arranged = [
        (words.AssignCadre(cadre_id=CADRE, from_day=MONDAY), MONDAY),
        (words.AssignCadre(cadre_id=SUCCESSOR, from_day=NEXT), MONDAY),
        (DayStarted(date=date(2021, 1, 10)), date(2021, 1, 10)),
    ]
    await take(models, arranged, at_once)
    answering = "SELECT household, cadre, since FROM answering"
    assert [(HOUSEHOLD, CADRE, MONDAY)] == await models.rows(answering)
    day = record(9, DayStarted(date=NEXT), NEXT)
    assert day.topic == CLOCK
    await Handler(rules(PILOT, models.pool), models.store).handle([day])
    assert [(HOUSEHOLD, SUCCESSOR, NEXT)] == await models.rows(answering)


@pytest.mark.parametrize("at_once", [1, 9], ids=["one after the other", "all at once"])
async def test_a_household_that_its_second_cadre_left_is_told_again(models: ReadModels, at_once: int) -> None:
    def on(day: int) -> tuple[DayStarted, date]:
        return DayStarted(date=date(2021, 1, day)), date(2021, 1, day)

    second = paired(SUCCESSOR, date(2021, 1, 20), until=date(2021, 1, 27))
    await models.write(HOUSEHOLD, placed(), paired(CADRE, MONDAY), answers(CADRE, MONDAY), second)
    leaves = words.ReleaseCadre(cadre_id=CADRE, on=date(2021, 1, 5))
    await take(models, [(leaves, date(2021, 1, 5)), *(on(day) for day in (6, 20, 27, 28, 29))], at_once)
    assert [("2021-01-05",), ("2021-01-28",)] == await models.rows(MISSING)
