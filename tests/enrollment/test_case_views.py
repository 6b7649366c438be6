"""How far each case is, what is due and which notice hangs: it follows from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
import pytest
from msgspec.structs import replace

import services.enrollment
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import CaseEnded, CaseReopened, NoticePosted
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineEscalated,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    EscalationEnded,
    MinimumStarted,
)
from services.enrollment.domain.commands import AnyCommand
from tests.enrollment.national import (
    AT_COUNTY,
    COMPARED,
    ENROLLED,
    HELPED,
    JANUARY,
    NOTICED,
    POSTED,
    REVIEWED,
    VISITED,
    WITH_CLUE,
    authorise,
    disagree,
    told,
)
from tests.enrollment.zhang import CASE, HOUSEHOLD, POOR, REGISTERED, TODAY, VILLAGE, WELL_OFF, morning
from tests.read_models import ReadModels, read_models

MIGRATIONS: Final = Path(services.enrollment.__file__).parent / "migrations"
WAY: Final = "SELECT way, done FROM cases"
NOTICES: Final = "SELECT kind, posted_on, until, taken_down_on, why FROM notices ORDER BY position"
DUE: Final = "SELECT kind, state, due, days_left, level, missed FROM deadlines ORDER BY kind"
PROPOSED: Final = did.ExitProposed(case=CASE, episode=1, method="help", due=date(2021, 7, 20), evaluation=WELL_OFF)
REJECTED: Final = did.EnrollmentRejected(case=CASE, reason_code="township.rejected", reason_sha256="why", evaluation=POOR)
LET_OUT: Final = did.HouseholdExited(case=CASE, episode=1, method="help", reason_sha256="why")
POSTED_AGAIN: Final = NoticePosted(case=CASE, by="village:wu", until=date(2021, 7, 12))


@pytest.fixture
async def register(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "enrollment") as models:
        yield models


async def happens(register: ReadModels, story: tuple[Any, ...], *commands: AnyCommand, on: date) -> None:
    """What follows from this on a day, after everything of the story."""
    await register.write(HOUSEHOLD, *told(*commands, after=story)[len(story) :], on=on)


async def test_a_case_is_in_the_list_with_its_pack_and_episode(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *WITH_CLUE)
    assert await register.rows("TABLE cases") == []
    await happens(register, WITH_CLUE, authorise(), on=TODAY)
    assert [(CASE, HOUSEHOLD, 1, "example-national-2021", TODAY, "in", ["authorisation"], TODAY)] == await register.rows("TABLE cases")
    assert await register.difference() is None


async def test_the_steps_are_listed_in_the_order_in_which_they_were_done(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *AT_COUNTY, on=JANUARY[14])
    steps = ["authorisation", "verification", "comparison", "review", "notice", "township"]
    assert [("in", steps)] == await register.rows(WAY)
    assert await register.difference() is None


async def test_steps_that_were_sent_back_are_to_be_done_again(register: ReadModels) -> None:
    back = did.StepReturned(case=CASE, step="comparison", reason_code="review.returned", undone=("comparison", "review"))
    await register.write(HOUSEHOLD, *REVIEWED, back)
    assert [("in", ["authorisation", "verification"])] == await register.rows(WAY)
    assert await register.difference() is None


async def test_a_second_visit_is_one_step_still(register: ReadModels) -> None:
    (again,) = [event for event in VISITED if isinstance(event, did.StepCompleted) and event.step == "verification"]
    await register.write(HOUSEHOLD, *COMPARED, again)
    assert [("in", ["authorisation", "comparison", "verification"])] == await register.rows(WAY)
    assert await register.difference() is None


async def test_the_way_out_has_steps_of_its_own_and_may_be_taken_back(register: ReadModels) -> None:
    review = did.StepCompleted(**{**_fields(_step(REVIEWED, "review")), "evaluation": WELL_OFF})
    back = did.StepReturned(case=CASE, step="exit", reason_code="county.rejected")
    seen: list[tuple[object, ...]] = []
    for step in (HELPED, (PROPOSED,), (review,), (back,), (PROPOSED, review, LET_OUT)):
        await register.write(HOUSEHOLD, *step)
        seen += await register.rows(WAY)
    assert seen == [("enrolled", []), ("out", []), ("out", ["review"]), ("enrolled", []), ("exited", ["review"])]
    assert await register.difference() is None


async def test_a_recheck_of_an_enrolled_household_is_no_step(register: ReadModels) -> None:
    recheck = did.StepCompleted(**{**_fields(_step(VISITED, "verification")), "step": "recheck"})
    await register.write(HOUSEHOLD, *HELPED, recheck)
    assert [("enrolled", [])] == await register.rows(WAY)


async def test_a_rejected_case_goes_on_when_an_appeal_was_right(register: ReadModels) -> None:
    seen: list[tuple[object, ...]] = []
    reopened = CaseReopened(case=CASE, episode=1, undone=("review", "notice"))
    for step in ((*NOTICED, REJECTED), (reopened,), (CaseEnded(case=CASE, episode=1, reason="withdrawn"),)):
        await register.write(HOUSEHOLD, *step)
        seen += await register.rows(WAY)
    assert seen == [
        ("rejected", ["authorisation", "verification", "comparison", "review", "notice"]),
        ("in", ["authorisation", "verification", "comparison"]),
        ("ended", ["authorisation", "verification", "comparison"]),
    ]
    assert await register.difference() is None


async def test_a_notice_hangs_until_it_is_closed(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *POSTED, on=JANUARY[7])
    assert [("entry", JANUARY[7], JANUARY[12], None, None)] == await register.rows(NOTICES)
    await register.write(HOUSEHOLD, *NOTICED[len(POSTED) :], on=JANUARY[13])
    assert [("entry", JANUARY[7], JANUARY[12], JANUARY[13], "notice.closed")] == await register.rows(NOTICES)
    assert await register.difference() is None


async def test_a_notice_comes_down_the_day_after_its_last_and_stays_down_when_it_is_closed(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *POSTED, on=JANUARY[7])
    await happens(register, POSTED, morning(JANUARY[13]), on=JANUARY[13])
    await register.write(HOUSEHOLD, *NOTICED[len(POSTED) :], on=JANUARY[15])
    assert [("entry", JANUARY[7], JANUARY[12], JANUARY[13], "notice.ended")] == await register.rows(NOTICES)
    assert await register.difference() is None


async def test_a_notice_comes_down_with_an_objection_and_the_next_one_is_another(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *POSTED, on=JANUARY[7])
    await happens(register, POSTED, disagree(on=JANUARY[8]), on=JANUARY[8])
    again = NoticePosted(case=CASE, by="village:wu", until=JANUARY[15])
    await register.write(HOUSEHOLD, _step(REVIEWED, "review"), again, on=JANUARY[10])
    assert await register.rows(NOTICES) == [
        ("entry", JANUARY[7], JANUARY[12], JANUARY[8], "objection.raised"),
        ("entry", JANUARY[10], JANUARY[15], None, None),
    ]
    assert await register.difference() is None


async def test_a_notice_of_an_exit_is_told_from_one_of_an_entry(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *HELPED, PROPOSED, POSTED_AGAIN, on=date(2021, 7, 6))
    assert ("exit", None) in await register.rows("SELECT kind, taken_down_on FROM notices")
    assert await register.difference() is None


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (REJECTED, "township.rejected"),
        (CaseEnded(case=CASE, episode=1, reason="withdrawn"), "case.withdrawn"),
        (next(event for event in ENROLLED if isinstance(event, did.HouseholdEnrolled)), "county.approved"),
        (did.StepReturned(case=CASE, step="review", reason_code="county.returned", undone=("review", "notice")), "county.returned"),
    ],
)
async def test_whatever_ends_a_case_takes_its_notice_down(register: ReadModels, end: did.AnyEvent, why: str) -> None:
    await register.write(HOUSEHOLD, *POSTED, end)
    assert [(why,)] == await register.rows("SELECT why FROM notices")
    assert await register.difference() is None


async def test_a_notice_hangs_on_when_something_beside_it_is_done_again(register: ReadModels) -> None:
    beside = did.StepReturned(case=CASE, step="comparison", reason_code="township.returned", undone=("comparison",))
    await register.write(HOUSEHOLD, *POSTED, beside)
    assert [(None,)] == await register.rows("SELECT why FROM notices")


async def test_an_exit_that_is_decided_or_taken_back_takes_its_notice_down(register: ReadModels) -> None:
    back = did.StepReturned(case=CASE, step="exit", reason_code="facts.hold-again")
    await register.write(HOUSEHOLD, *HELPED, PROPOSED, POSTED_AGAIN, back, PROPOSED, POSTED_AGAIN, LET_OUT)
    assert await register.rows("SELECT kind, why FROM notices ORDER BY position") == [
        ("entry", "notice.closed"),
        ("exit", "facts.hold-again"),
        ("exit", "county.approved"),
    ]
    assert await register.difference() is None


async def test_a_paused_deadline_has_days_and_a_late_one_a_level(register: ReadModels) -> None:
    day, seen, missed = date(2021, 1, 12), [], date(2021, 1, 20)
    changes = (
        DeadlineStarted(kind="review", due=day),
        DeadlinePaused(kind="review", left=3),
        DeadlineResumed(kind="review", due=missed),
        DeadlineBreached(kind="review", due=missed),
        DeadlineEscalated(kind="review", level=1, to="township", until=date(2021, 1, 25)),
        DeadlineEscalated(kind="review", level=2, to="county", until=None),
        EscalationEnded(kind="review"),
        MinimumStarted(kind="before-exit", until=date(2021, 7, 1)),
    )
    for change in changes:
        await register.write(HOUSEHOLD, change)
        seen.append(await register.rows(DUE))
    assert seen == [
        [("review", "running", day, None, None, None)],
        [("review", "paused", None, 3, None, None)],
        [("review", "running", missed, None, None, None)],
        [("review", "breached", None, None, None, missed)],
        [("review", "escalated", date(2021, 1, 25), None, 1, missed)],
        [("review", "escalated", None, None, 2, missed)],
        [],
        [("before-exit", "minimum", date(2021, 7, 1), None, None, None)],
    ]
    assert await register.difference() is None


async def test_what_was_missed_before_this_release_is_known_by_what_the_log_says(register: ReadModels) -> None:
    """Of two that were missed one went up, and one of another household was done since."""
    missed = DeadlineBreached(kind="review", due=date(2021, 1, 20))
    up = (replace(missed, kind="compare"), DeadlineEscalated(kind="compare", level=1, to="township", until=date(2021, 1, 25)))
    await register.write(HOUSEHOLD, DeadlineStarted(kind="review", due=missed.due), missed, *up)
    await register.write(UUID(int=200), DeadlineStarted(kind="review", due=missed.due), missed, EscalationEnded(kind="review"))
    told = await register.rows(DUE)
    await register.rows("DELETE FROM deadlines WHERE state = 'breached'")
    await register.rows("UPDATE deadlines SET missed = NULL")
    _, insert, update, _ = (MIGRATIONS / "0016_missed.sql").read_text().format(schema="enrollment").split(";", 3)
    for statement in (insert, update):
        await register.rows(statement)
    assert ["breached", "escalated"] == sorted(row[1] for row in told)
    assert told == await register.rows(DUE)
    assert await register.difference() is None


async def test_the_worklist_has_everybody_for_whom_something_is_to_be_done(register: ReadModels) -> None:
    await register.write(UUID(int=200), *_as_neighbours(REGISTERED))
    await register.write(HOUSEHOLD, *POSTED)
    ((*case, deadlines),) = await register.rows("TABLE open_cases")
    done = ["authorisation", "verification", "comparison", "review"]
    assert [HOUSEHOLD, VILLAGE, "370323001", "case", CASE, 1, "example-national-2021", "in", done] == case
    assert orjson.loads(deadlines) == [
        {"kind": "whole-entry", "state": "running", "due": "2021-01-20", "days_left": None, "level": None, "missed": None}
    ]


async def test_a_clue_is_in_the_worklist_before_it_is_a_case(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *WITH_CLUE)
    ((stage, case, deadlines),) = await register.rows("SELECT stage, case_id, deadlines FROM open_cases")
    assert ("clue", None) == (stage, case)
    assert ["verify", "whole-entry"] == [one["kind"] for one in orjson.loads(deadlines)]


async def test_a_whole_procedure_in_one_commit_gives_the_same_rows_as_step_by_step(register: ReadModels) -> None:
    await register.write(HOUSEHOLD, *HELPED, on=JANUARY[15])
    assert [("enrolled", [])] == await register.rows(WAY)
    assert await register.difference() is None


def _step(history: tuple[Any, ...], step: str) -> did.StepCompleted:
    return next(event for event in history if isinstance(event, did.StepCompleted) and event.step == step)


def _fields(event: did.StepCompleted) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


def _as_neighbours(registered: tuple[did.AnyEvent, ...]) -> tuple[did.AnyEvent, ...]:
    (event,) = registered
    assert isinstance(event, did.HouseholdRegistered)
    return (did.HouseholdRegistered(household=UUID(int=200), village_code=event.village_code, category=event.category, members=()),)
