"""Where each household stands, what it waits for and by which lines: it follows from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from msgspec.structs import replace

import services.enrollment
from services.enrollment.domain import events as did
from services.enrollment.domain.case.opening import TakenOver
from services.enrollment.domain.case.procedure_events import CaseEnded, CaseReopened
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineDropped,
    DeadlineEscalated,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    MinimumDropped,
    MinimumReached,
    MinimumStarted,
)
from services.enrollment.domain.commands import Member
from services.enrollment.domain.members.change_events import MembershipRedated, MembersJoined, MembersLeft
from services.enrollment.domain.pack.lines import Assignment, Line
from tests.enrollment.book import CHILD
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
    raised,
    refused,
)
from tests.read_models import ReadModels, read_models

HOUSEHOLDS = "SELECT stage, episode, type, since FROM households"
DEADLINES = "SELECT stream, kind, due FROM deadlines WHERE due IS NOT NULL ORDER BY kind"
BACK = did.StepReturned(case=CASE, step="exit", reason_code="county.rejected")
DISMISSED = did.ClueClosed(clue=CLUE, reason="dismissed", reason_sha256="why")
AREA = UUID(int=400)
MIGRATIONS: Final = Path(services.enrollment.__file__).parent / "migrations"


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "enrollment") as models:
        yield models


async def test_a_household_that_was_taken_over_is_enrolled_since_its_own_day(register: ReadModels) -> None:
    opened, enrolled = did.CaseOpened(case=CASE, episode=1, pack="example-pilot"), TAKEN_IN[1]
    assert isinstance(enrolled, did.HouseholdEnrolled)
    await register.write(HOUSEHOLD, *REGISTERED, opened, replace(enrolled, taken_over=TakenOver(date(2019, 5, 1))))
    assert [("enrolled", 1, "immediate-assistance", date(2019, 5, 1))] == await register.rows(HOUSEHOLDS)


NOTHING_TOLD = (None, None, None, None)
NOTHING_CLOSED = (None,)


async def test_a_household_and_its_members_are_in_the_register(register: ReadModels) -> None:
    (recorded,) = await register.write(HOUSEHOLD, *REGISTERED)
    (household,) = await register.rows("TABLE households")
    here = (HOUSEHOLD, VILLAGE, "never_registered", 2, "outside", 0, None, None, recorded.recorded_at)
    assert (*here, *NOTHING_TOLD, *NOTHING_CLOSED) == household
    assert [(FATHER, HOUSEHOLD), (MOTHER, HOUSEHOLD)] == await register.rows("SELECT person, household FROM members ORDER BY person")


async def test_the_register_knows_when_village_and_head_were_told(register: ReadModels) -> None:
    moved, elected = fact("moved", name="household-moved"), fact("elected", TODAY + timedelta(days=1), name="head-changed")
    await register.write(
        HOUSEHOLD, *REGISTERED, did.FactRecorded(fact=moved, settles="village"), did.FactRecorded(fact=elected, settles="head")
    )
    assert [(moved.time, moved.id, elected.time, elected.id)] == await register.rows(
        "SELECT moved_at, moved_by, headed_at, headed_by FROM households"
    )


async def test_the_register_has_the_day_of_a_birth_and_of_a_death_that_was_told_last(register: ReadModels) -> None:
    child, second, third = Member(person=CHILD, relation="child"), TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    await register.write(HOUSEHOLD, *REGISTERED, MembersJoined(members=(child,), on=TODAY, reason="born", fact=UUID(int=1)))
    await register.write(HOUSEHOLD, MembershipRedated(person=CHILD, reason="born", on=second, instead_of=TODAY, fact=UUID(int=2)))
    await register.write(HOUSEHOLD, MembersLeft(members=(child,), on=second, reason="died", fact=UUID(int=3)))
    await register.write(HOUSEHOLD, MembershipRedated(person=CHILD, reason="died", on=third, instead_of=second, fact=UUID(int=4)))
    stays = "SELECT since, until, reason FROM members WHERE since IS NOT NULL"
    assert [(second, third, "died")] == await register.rows(stays)
    await register.write(HOUSEHOLD, MembersJoined(members=(child,), on=third, reason="withdrawn", fact=UUID(int=4)))
    assert [(second, None, None)] == await register.rows(stays)


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


async def test_it_says_when_the_last_clue_case_or_enrolment_was_over(register: ReadModels) -> None:
    rejected = did.EnrollmentRejected(case=CASE, reason_code="county.rejected", reason_sha256="why", evaluation=POOR)
    seen: list[tuple[object, ...]] = []
    for day, step in ((5, WITH_CLUE), (6, (DISMISSED,)), (7, (*raised(ILL), *OPENED[2:])), (8, (rejected,)), (9, LET_OUT[1:])):
        await register.write(HOUSEHOLD, *step, on=date(2021, 1, day))
        seen += await register.rows("SELECT closed_on FROM households")
    assert seen == [(None,), (date(2021, 1, 6),), (date(2021, 1, 6),), (date(2021, 1, 8),), (date(2021, 1, 9),)]


async def test_what_was_over_before_the_column_was_there_is_read_from_the_log(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *WITH_CLUE, DISMISSED, on=date(2021, 1, 6))
    await register.write(HOUSEHOLD, *raised(ILL), *OPENED[2:], on=date(2021, 1, 7))
    await register.rows("UPDATE households SET closed_on = NULL")
    _, update = (MIGRATIONS / "0013_closed.sql").read_text().format(schema="enrollment").split(";", 1)
    await register.rows(update)
    assert [(date(2021, 1, 6),)] == await register.rows("SELECT closed_on FROM households")


async def test_a_change_is_dated_by_the_event_and_not_by_the_clock(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *REGISTERED)
    *_, last = await register.write(HOUSEHOLD, *WITH_CLUE[1:])
    assert [(last.recorded_at,)] == await register.rows("SELECT changed_at FROM households")


async def test_the_household_is_enrolled_since_the_day_of_the_decision(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *WITH_CLUE, *OPENED)
    await register.write(HOUSEHOLD, *TAKEN_IN, on=date(2021, 1, 9))
    assert [(date(2021, 1, 9),)] == await register.rows("SELECT since FROM households")


async def test_deadlines_run_until_they_are_met_or_breached(register: ReadModels) -> None:
    due, later = date(2021, 1, 8), date(2021, 1, 20)
    started = [DeadlineStarted(kind=kind, due=day) for kind, day in (("verify", due), ("county-decision", later))]
    await register.write(HOUSEHOLD, *started)
    assert [(HOUSEHOLD, "county-decision", later), (HOUSEHOLD, "verify", due)] == await register.rows(DEADLINES)
    await register.write(HOUSEHOLD, DeadlineMet(kind="verify"))
    assert [(HOUSEHOLD, "county-decision", later)] == await register.rows(DEADLINES)
    await register.write(HOUSEHOLD, DeadlineBreached(kind="county-decision", due=later))
    assert await register.rows(DEADLINES) == []
    assert await register.difference() is None


async def test_a_deadline_that_was_dropped_is_there_no_more(register: ReadModels) -> None:
    due = date(2021, 1, 8)
    await register.write(HOUSEHOLD, DeadlineStarted(kind="verify", due=due))
    await register.write(HOUSEHOLD, DeadlineDropped(kind="verify", due=due, on=date(2021, 1, 6), reason="facts-corrected"))
    assert await register.rows(DEADLINES) == []
    assert await register.difference() is None


async def test_a_deadline_started_again_has_the_new_day(register: ReadModels) -> None:
    for day in (date(2021, 1, 8), date(2021, 1, 9)):
        await register.write(HOUSEHOLD, DeadlineStarted(kind="verify", due=day))
    assert [(HOUSEHOLD, "verify", date(2021, 1, 9))] == await register.rows(DEADLINES)


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
        DeadlineStarted(kind="first-measure", due=date(2021, 1, 20)),
        DeadlineStarted(kind="income-staleness", due=date(2022, 1, 5)),
        DeadlineBreached(kind="first-measure", due=date(2021, 1, 20)),
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
    await register.write(HOUSEHOLD, CaseEnded(case=CASE, episode=1, reason="voided"))
    assert [] == await register.rows(DEADLINES)


async def test_a_step_sent_back_leaves_a_case_a_case_and_a_reopened_one_is_one_again(register: ReadModels) -> None:
    back = did.StepReturned(case=CASE, step="verification", reason_code="county.returned", undone=("verification",))
    await register.write(HOUSEHOLD, *WITH_CLUE, *OPENED, back)
    assert [("case", 1, None, None)] == await register.rows(HOUSEHOLDS)
    rejected = did.EnrollmentRejected(case=CASE, reason_code="county.rejected", reason_sha256="why", evaluation=POOR)
    await register.write(HOUSEHOLD, rejected, CaseReopened(case=CASE, episode=1))
    assert [("case", 1, None, None)] == await register.rows(HOUSEHOLDS)


async def test_a_household_whose_case_ended_is_outside(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *ENROLLED, CaseEnded(case=CASE, episode=1, reason="moved-out"))
    assert [("outside", 1, None, None)] == await register.rows(HOUSEHOLDS)
    assert await register.difference() is None
