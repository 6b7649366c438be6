"""The register's read models follow from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from msgspec import json
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.commands import Fact
from services.enrollment.domain.deadline_events import (
    DeadlineEscalated,
    DeadlinePaused,
    DeadlineResumed,
    MinimumDropped,
    MinimumReached,
    MinimumStarted,
)
from services.enrollment.domain.feed_events import FeedCompared, FeedDelivered, SourceOverdue
from services.enrollment.domain.lines import Assignment, Line
from services.enrollment.domain.procedure_events import CaseReopened
from services.enrollment.translate.facts import feed_stream
from tests.enrollment.zhang import (
    CASE,
    CLUE,
    ENROLLED,
    EXITED,
    FATHER,
    HOUSEHOLD,
    ILL,
    LEAVING,
    LET_OUT,
    MOTHER,
    OPENED,
    POOR,
    PROPOSED,
    REGISTERED,
    TAKEN_IN,
    TODAY,
    VILLAGE,
    WITH_CLUE,
    fact,
    hospital,
    noon,
    raised,
    refused,
)
from tests.read_models import ReadModels, read_models

HOUSEHOLDS = "SELECT stage, episode, type, since FROM households"
FACTS = "SELECT stream, position, waiting IS NOT NULL, withdrawn FROM facts WHERE fact = $1 ORDER BY stream"
FEEDS = "SELECT period, count, received, due, overdue FROM feeds ORDER BY period"
DEADLINES = "SELECT stream, kind, due FROM deadlines WHERE due IS NOT NULL ORDER BY kind"
BACK = did.StepReturned(case=CASE, step="exit", reason_code="county.rejected")
DISMISSED = did.ClueClosed(clue=CLUE, reason="dismissed", reason_sha256="why")
GONE = did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill")
AREA = UUID(int=400)
NEIGHBOURS, TO_COME = UUID(int=200), UUID(int=300)


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "enrollment") as models:
        yield models


async def test_a_household_and_its_members_are_in_the_register(register: ReadModels) -> None:
    (recorded,) = await register.write(HOUSEHOLD, *REGISTERED)
    (household,) = await register.rows("TABLE households")
    assert (HOUSEHOLD, VILLAGE, "never_registered", 2, "outside", 0, None, None, recorded.recorded_at) == household
    assert [(FATHER, HOUSEHOLD), (MOTHER, HOUSEHOLD)] == await register.rows("SELECT person, household FROM members ORDER BY person")


async def test_the_register_follows_a_household_in_and_out(register: ReadModels) -> None:
    steps = (REGISTERED, WITH_CLUE[1:], OPENED, TAKEN_IN, LEAVING[len(ENROLLED) :], (BACK,), PROPOSED, LET_OUT)
    seen: list[tuple[object, ...]] = []
    for step in steps:
        await register.write(HOUSEHOLD, *step)
        seen += await register.rows(HOUSEHOLDS)
    kind = ("immediate-assistance", TODAY)
    assert seen == [
        ("outside", 0, None, None),
        ("clue", 0, None, None),
        ("case", 1, None, None),
        ("enrolled", 1, *kind),
        ("exit-proposed", 1, *kind),
        ("enrolled", 1, *kind),
        ("exit-proposed", 1, *kind),
        ("outside", 1, None, None),
    ]
    assert await register.difference() is None


async def test_a_dismissed_clue_and_a_rejected_case_leave_the_household_outside(register: ReadModels) -> None:
    rejected = did.EnrollmentRejected(case=CASE, reason_code="county.rejected", reason_sha256="why", evaluation=POOR)
    seen: list[tuple[object, ...]] = []
    for step in (WITH_CLUE, (DISMISSED,), raised(ILL), OPENED, (rejected,)):
        await register.write(HOUSEHOLD, *step)
        seen += await register.rows("SELECT stage FROM households")
    assert seen == [("clue",), ("outside",), ("clue",), ("case",), ("outside",)]
    assert await register.difference() is None


async def test_a_change_is_dated_by_the_event_and_not_by_the_clock(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *REGISTERED)
    *_, last = await register.write(HOUSEHOLD, *WITH_CLUE[1:])
    assert [(last.recorded_at,)] == await register.rows("SELECT changed_at FROM households")


async def test_the_household_is_enrolled_since_the_day_of_the_decision(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *WITH_CLUE, *OPENED)
    await register.write(HOUSEHOLD, *TAKEN_IN, on=date(2021, 1, 9))
    assert [(date(2021, 1, 9),)] == await register.rows("SELECT since FROM households")


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


async def test_deadlines_are_there_until_they_are_met_or_breached(register: ReadModels) -> None:
    due, later = date(2021, 1, 8), date(2021, 1, 20)
    started = [did.DeadlineStarted(kind=kind, due=day) for kind, day in (("verify", due), ("county-decision", later))]
    await register.write(HOUSEHOLD, *started)
    assert [(HOUSEHOLD, "county-decision", later), (HOUSEHOLD, "verify", due)] == await register.rows(DEADLINES)
    await register.write(HOUSEHOLD, did.DeadlineMet(kind="verify"))
    assert [(HOUSEHOLD, "county-decision", later)] == await register.rows(DEADLINES)
    await register.write(HOUSEHOLD, did.DeadlineBreached(kind="county-decision", due=later))
    assert await register.rows(DEADLINES) == []
    assert await register.difference() is None


async def test_a_deadline_started_again_has_the_new_day(register: ReadModels) -> None:
    for day in (date(2021, 1, 8), date(2021, 1, 9)):
        await register.write(HOUSEHOLD, did.DeadlineStarted(kind="verify", due=day))
    assert [(HOUSEHOLD, "verify", date(2021, 1, 9))] == await register.rows(DEADLINES)


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


async def test_lines_and_packs_are_there_as_they_were_published_last(register: ReadModels) -> None:
    first, day = date(2021, 3, 1), date(2021, 3, 1)
    for fen in (640_000, 650_000):
        await register.write(AREA, did.LinePublished(line=Line("370323", first, fen), takes_effect=day, document_sha256="text"))
    named = Assignment("370323", first, "example-pilot")
    await register.write(AREA, did.PackPublished(assignment=named, pack_sha256="pack", document_sha256="text"))
    assert [("370323", first, 650_000, day, 2)] == await register.rows("TABLE lines")
    assert [("370323", first, "example-pilot", 3)] == await register.rows("TABLE packs")
    assert await register.difference() is None


async def test_what_the_register_does_not_show_changes_no_row(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *ENROLLED)
    before = await register.rows("TABLE households")
    hidden = [
        did.RiskAdded(risk="housing"),
        did.RiskResolved(risk="housing"),
        did.MeasureCounted(measure=UUID(int=7)),
        refused("state.does-not-fit"),
    ]
    await register.write(HOUSEHOLD, *hidden)
    assert before == await register.rows("TABLE households")
    assert await register.difference() is None


async def test_a_whole_history_in_one_commit_gives_the_same_rows_as_step_by_step(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *EXITED)
    assert [("outside", 1, None, None)] == await register.rows(HOUSEHOLDS)
    assert await register.rows(DEADLINES) == []
    assert await register.difference() is None


async def test_a_day_finds_whatever_it_may_change(register: ReadModels) -> None:
    """Deadlines that run, what goes up next, and the last day of waiting; not what stands still."""
    last = date(2021, 7, 5)
    await register.write(
        HOUSEHOLD,
        *ENROLLED,
        did.DeadlineStarted(kind="first-measure", due=date(2021, 1, 20)),
        did.DeadlineStarted(kind="income-staleness", due=date(2022, 1, 5)),
        did.DeadlineBreached(kind="first-measure", due=date(2021, 1, 20)),
        DeadlineEscalated(kind="first-measure", level=1, to="township", until=date(2021, 1, 25)),
        DeadlinePaused(kind="income-staleness", left=300),
        MinimumStarted(kind="before-exit", until=last),
        MinimumStarted(kind="income-stable", until=last),
    )
    waits = [(HOUSEHOLD, "before-exit", last), (HOUSEHOLD, "first-measure", date(2021, 1, 25)), (HOUSEHOLD, "income-stable", last)]
    assert waits == await register.rows(DEADLINES)
    await register.write(
        HOUSEHOLD,
        DeadlineEscalated(kind="first-measure", level=2, to="county", until=None),
        DeadlineResumed(kind="income-staleness", due=date(2022, 3, 1)),
        MinimumReached(kind="before-exit"),
        MinimumDropped(kind="income-stable"),
    )
    assert [(HOUSEHOLD, "income-staleness", date(2022, 3, 1))] == await register.rows(DEADLINES)
    assert await register.difference() is None


async def test_whoever_is_outside_waits_for_no_exit(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *ENROLLED, MinimumStarted(kind="before-exit", until=date(2021, 7, 5)))
    await register.write(HOUSEHOLD, did.CaseEnded(case=CASE, episode=1, reason="voided"))
    assert [] == await register.rows(DEADLINES)


async def test_a_step_sent_back_leaves_a_case_a_case_and_a_reopened_one_is_one_again(register: ReadModels) -> None:
    back = did.StepReturned(case=CASE, step="verification", reason_code="county.returned", undone=("verification",))
    await register.write(HOUSEHOLD, *WITH_CLUE, *OPENED, back)
    assert [("case", 1, None, None)] == await register.rows(HOUSEHOLDS)
    rejected = did.EnrollmentRejected(case=CASE, reason_code="county.rejected", reason_sha256="why", evaluation=POOR)
    await register.write(HOUSEHOLD, rejected, CaseReopened(case=CASE, episode=1))
    assert [("case", 1, None, None)] == await register.rows(HOUSEHOLDS)


async def test_a_household_whose_case_ended_is_outside(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *ENROLLED, did.CaseEnded(case=CASE, episode=1, reason="moved-out"))
    assert [("outside", 1, None, None)] == await register.rows(HOUSEHOLDS)
    assert await register.difference() is None


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
