"""Which facts are known, which wait, and how each department's feed stands: it follows from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from msgspec import json
from msgspec.structs import replace

import services.enrollment
from services.enrollment.domain import events as did
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.members.change_events import FactDoubted
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, SourceOverdue
from services.enrollment.translate.facts import feed_stream
from tests.enrollment.zhang import FATHER, HOUSEHOLD, ILL, MOTHER, REGISTERED, VILLAGE, fact, hospital, noon
from tests.read_models import ReadModels, read_models

FACTS = "SELECT stream, position, waiting IS NOT NULL, withdrawn FROM facts WHERE fact = $1 ORDER BY stream"
FEEDS = "SELECT period, count, received, due, overdue FROM feeds ORDER BY period"
GONE = did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill")
MIGRATIONS: Final = Path(services.enrollment.__file__).parent / "migrations"
NEIGHBOURS, TO_COME = UUID(int=200), UUID(int=300)


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "enrollment") as models:
        yield models


async def test_a_fact_waits_with_all_that_it_said_until_its_household_has_it(register: ReadModels) -> None:
    await register.write(FATHER, did.FactUnmatched(fact=ILL))
    assert [(FATHER, 1, True, False)] == await register.rows(FACTS, ILL.id)
    (waiting,) = (await register.rows("SELECT waiting::text FROM facts"))[0]
    assert json.decode(waiting, type=Fact) == ILL
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=ILL))
    assert [(HOUSEHOLD, 3, False, False)] == await register.rows(FACTS, ILL.id)
    assert await register.difference() is None


async def test_a_fact_about_a_village_waits_for_other_households_still(register: ReadModels) -> None:
    water = fact("water", signal="water", person=None, present=True)
    await register.write(TO_COME, did.FactUnmatched(fact=water))
    await register.write(HOUSEHOLD, did.FactRecorded(fact=water))
    assert [(HOUSEHOLD, 2, False, False), (TO_COME, 1, True, False)] == await register.rows(FACTS, water.id)
    assert await register.difference() is None


async def test_a_fact_about_a_household_waits_no_more_once_it_is_recorded(register: ReadModels) -> None:
    own = fact("own", signal="house", person=None, present=True)
    await register.write(HOUSEHOLD, did.FactUnmatched(fact=own), *REGISTERED, did.FactRecorded(fact=own))
    assert [(HOUSEHOLD, 3, False, False)] == await register.rows(FACTS, own.id)
    assert await register.difference() is None


async def test_a_withdrawn_fact_is_found_and_waits_no_more(register: ReadModels) -> None:
    await register.write(FATHER, did.FactUnmatched(fact=ILL), GONE)
    assert [(FATHER, 1, False, True)] == await register.rows(FACTS, ILL.id)
    await register.write(FATHER, did.FactUnmatched(fact=ILL))
    assert [(FATHER, 1, False, True)] == await register.rows(FACTS, ILL.id)
    assert await register.difference() is None


async def test_a_withdrawn_fact_is_remembered_when_the_household_is_registered(register: ReadModels) -> None:
    await register.write(FATHER, did.FactUnmatched(fact=ILL), GONE)
    await register.write(HOUSEHOLD, *REGISTERED)
    assert [(FATHER, 1, False, True)] == await register.rows(FACTS, ILL.id)
    assert await register.difference() is None


async def test_a_withdrawal_before_its_fact_is_remembered_by_the_fact(register: ReadModels) -> None:
    await register.write(ILL.id, GONE)
    assert [(ILL.id, 1, False, True)] == await register.rows(FACTS, ILL.id)


async def test_as_what_older_facts_are_counted_is_read_from_the_log(register: ReadModels) -> None:
    merged, own = replace(hospital(1, "merged"), named=MOTHER), fact("own", signal="house", person=None)
    water = fact("water", signal="water", name="water-tested", person=None, village_code=VILLAGE, whole_village=True)
    waits = fact("waits", signal="house", person=MOTHER, village_code=VILLAGE)
    told = (did.FactRecorded(fact=ILL), did.FactRecorded(fact=merged), did.FactRecorded(fact=own))
    await register.write(HOUSEHOLD, *REGISTERED, *told, FactDoubted(fact=water, reason_code="household.ended"))
    await register.write(MOTHER, did.FactUnmatched(fact=waits))
    counted = "SELECT counted_as FROM facts ORDER BY position"
    expected = [
        (f"{FATHER} inpatient inpatient:2021",),
        (f"{MOTHER} inpatient inpatient:2021",),
        (f"{HOUSEHOLD} house house",),
        (f"{VILLAGE} water-tested water",),
        (f"{MOTHER} house house",),
    ]
    assert expected == await register.rows(counted)
    await register.rows("UPDATE facts SET counted_as = NULL")
    _, update = (MIGRATIONS / "0015_counted_as.sql").read_text().format(schema="enrollment").split(";", 1)
    await register.rows(update)
    assert expected == await register.rows(counted)


async def test_a_feed_shows_what_was_delivered_what_arrived_and_what_is_late(register: ReadModels) -> None:
    feed, due, at = feed_stream("health"), date(2021, 1, 5), datetime(2021, 1, 6, tzinfo=UTC)
    report = FeedDelivered(department="health", period="2020-12", count=7, full=False, at=at, reference="r", settles="2020-12")
    await register.write(feed, SourceOverdue(department="health", period="2020-12", due=due))
    assert [("2020-12", None, None, due, True)] == await register.rows(FEEDS)
    await register.write(feed, report)
    assert [("2020-12", 7, None, due, False)] == await register.rows(FEEDS)
    await register.write(feed, FeedCompared(department="health", period="2020-12", count=7, received=6))
    assert [("2020-12", 7, 6, due, False)] == await register.rows(FEEDS)
    await register.write(feed, replace(report, count=6, reference="s"))
    assert [("2020-12", 6, None, due, False)] == await register.rows(FEEDS)
    assert await register.difference() is None


async def test_a_report_of_another_month_settles_what_is_due(register: ReadModels) -> None:
    feed, at = feed_stream("education"), datetime(2021, 5, 6, tzinfo=UTC)
    await register.write(feed, SourceOverdue(department="education", period="2021-04", due=date(2021, 4, 30)))
    report = FeedDelivered(department="education", period="2021-03", count=7, full=False, at=at, reference="r", settles="2021-04")
    await register.write(feed, report)
    assert [("2021-03", 7, None, None, False), ("2021-04", None, None, date(2021, 4, 30), False)] == await register.rows(FEEDS)
    assert await register.difference() is None


async def test_an_unmatched_fact_is_on_the_worklist_of_its_town_until_somebody_is_registered(register: ReadModels) -> None:
    known, unknown = replace(ILL, village_code=VILLAGE), fact("unknown", signal="house", person=MOTHER, present=True)
    water = fact("water", signal="water", name="water-tested", person=None, present=True, village_code=VILLAGE)
    await register.write(FATHER, did.FactUnmatched(fact=known))
    await register.write(MOTHER, did.FactUnmatched(fact=unknown))
    await register.write(TO_COME, did.FactUnmatched(fact=water))
    worklist = "SELECT town_code, department, fact_id FROM unmatched ORDER BY fact_id"
    assert [("370323001", "health", "ill"), ("", "health", "unknown")] == await register.rows(worklist)
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=known), did.FactRecorded(fact=unknown))
    assert await register.rows(worklist) == []


async def test_everybody_sees_which_department_told_its_last_fact_when(register: ReadModels) -> None:
    early, late = hospital(100, "early", told=date(2021, 1, 3)), hospital(200, "late", told=date(2021, 1, 4))
    own = fact("own", date(2021, 1, 5), department="housing", signal="house", person=None, present=True)
    await register.write(FATHER, did.FactUnmatched(fact=late), did.FactUnmatched(fact=early))
    await register.write(HOUSEHOLD, *REGISTERED, *(did.FactRecorded(fact=one) for one in (late, early, own)))
    await register.write(NEIGHBOURS, did.FactRecorded(fact=own))
    assert [("health", 2, noon(date(2021, 1, 4))), ("housing", 1, noon(date(2021, 1, 5)))] == await register.rows("TABLE sources")
    assert await register.difference() is None


async def test_what_a_department_took_back_is_not_the_last_that_it_told(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=ILL), GONE)
    assert await register.rows("TABLE sources") == []
    assert await register.difference() is None
