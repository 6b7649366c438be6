"""Today is the last day that was told: what comes late has all its days, and nobody dates himself back into time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeVar

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from msgspec.structs import replace

from services.enrollment.domain import DECIDER
from services.enrollment.domain import events as did
from services.enrollment.domain.asked import Command
from services.enrollment.domain.case.procedure_events import NoticePosted
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
    MinimumStarted,
)
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.commands import AnyCommand, PublishLine, PublishPack, TellDay
from services.enrollment.domain.pack.lines import Assignment, Line
from tests.enrollment import national
from tests.enrollment.national import JANUARY
from tests.enrollment.zhang import (
    CASE,
    ENOUGH,
    HELPED,
    ILL,
    LEAVING,
    POLICIES,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    applies,
    asked,
    county,
    declared,
    dropped,
    given,
    hospital,
    morning,
    noon,
    raised,
    record,
    refused,
    screens,
    visit,
)
from tests.specification import Specification

C = TypeVar("C", bound=Command)
ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(2020, 12, 1), date(2021, 6, 30))


def knowing(command: C, today: date | None) -> C:
    """The same command, come after this day was told."""
    return replace(command, today=today)


def due(*happened: object) -> dict[str, date]:
    return {event.kind: event.due for event in happened if isinstance(event, DeadlineStarted)}


# --- What comes late starts its deadline on the day on which it came ---


def test_a_fact_that_comes_late_is_to_be_visited_in_three_days_from_then() -> None:
    late = given(*REGISTERED).when(knowing(record(ILL), JANUARY[20]))
    late.then(did.FactRecorded(fact=ILL), *raised(ILL, due=JANUARY[23]))


@pytest.mark.parametrize("asks", [applies(), screens()])
def test_so_is_whoever_asked_for_help_long_ago(asks: AnyCommand) -> None:
    assert {"verify": JANUARY[23]} == due(*given(*REGISTERED).when(knowing(asks, JANUARY[20])).happened)


def test_an_exit_that_a_late_fact_proposes_is_to_be_decided_in_five_days_from_then() -> None:
    happened = given(*HELPED).when(knowing(record(ENOUGH), JANUARY[20])).happened
    assert {"exit-decision": JANUARY[25]} == due(*happened)
    assert [JANUARY[25]] == [event.due for event in happened if isinstance(event, did.ExitProposed)]


def test_an_exit_that_somebody_proposes_late_as_well() -> None:
    kept = given(*LEAVING).when(county("rejected"))
    happened = kept.when(knowing(national.propose(), JANUARY[20])).happened
    assert {"exit-decision": JANUARY[25]} == due(*happened)
    assert [JANUARY[25]] == [event.due for event in happened if isinstance(event, did.ExitProposed)]


def test_an_income_that_is_told_late_is_believed_anew_from_then() -> None:
    enrolled = national.given(*national.HELPED)
    happened = enrolled.when(knowing(record(declared(100, until=JANUARY[1])), date(2021, 3, 1))).happened
    assert {"income-staleness": date(2022, 3, 1)} == due(*happened)


def test_a_message_of_tomorrow_counts_from_its_own_day() -> None:
    tomorrow = TODAY + ONE_DAY
    assert {"verify": JANUARY[9]} == due(*given(*REGISTERED).when(knowing(record(ILL, tomorrow), TODAY)).happened)


def test_before_any_day_was_told_a_message_counts_from_its_own_day() -> None:
    assert {"verify": JANUARY[8]} == due(*given(*REGISTERED).when(knowing(record(ILL), None)).happened)


@for_all(on=DAYS, today=DAYS)
def test_no_deadline_is_over_before_it_begins(on: date, today: date) -> None:
    story = given(*REGISTERED).when(knowing(record(hospital(2_500_000, told=on), on), today), morning(today))
    story.then()
    assert min(story.state.deadlines.values()) >= today


# --- Whoever acts writes his own date, and meets a deadline by the day on which it came ---


def test_a_visit_dated_back_to_the_last_day_is_late_and_keeps_its_date() -> None:
    late, *_, seen, started = given(*WITH_CLUE).when(knowing(visit(on=JANUARY[8]), JANUARY[9])).happened
    assert DeadlineBreached(kind="verify", due=JANUARY[8]) == late
    assert isinstance(seen, did.StepCompleted)
    assert noon(JANUARY[8]) == seen.at
    assert DeadlineStarted(kind="county-decision", due=JANUARY[24]) == started


def test_a_visit_that_came_on_the_last_day_is_in_time_whenever_it_was() -> None:
    assert DeadlineMet(kind="verify") == given(*WITH_CLUE).when(knowing(visit(on=JANUARY[6]), JANUARY[8])).happened[0]


def test_a_decision_dated_back_does_not_meet_a_deadline_that_is_over() -> None:
    late = given(*WITH_CASE).when(knowing(county(on=JANUARY[20]), JANUARY[21])).happened[0]
    assert DeadlineBreached(kind="county-decision", due=JANUARY[20]) == late


def test_what_is_dated_back_drops_nothing_that_is_over() -> None:
    backdated = knowing(national.withdraw(on=JANUARY[8]), JANUARY[9])
    assert DeadlineBreached(kind="verify", due=JANUARY[8]) == given(*WITH_CLUE).when(backdated).happened[0]
    in_time = knowing(national.withdraw(on=JANUARY[6]), JANUARY[8])
    assert dropped("verify", JANUARY[8], "withdrawn", JANUARY[8]) == given(*WITH_CLUE).when(in_time).happened[0]


def test_an_appeal_dated_back_leaves_no_days_that_are_gone() -> None:
    appealed = national.given(*national.AT_COUNTY).when(knowing(national.appeal(on=JANUARY[14]), JANUARY[18]))
    assert DeadlinePaused(kind="whole-entry", left=2) in appealed.happened
    answered = appealed.when(knowing(national.answer("rejected", on=JANUARY[18]), JANUARY[25]))
    assert DeadlineResumed(kind="whole-entry", due=JANUARY[27]) in answered.happened


def test_an_objection_dated_back_leaves_no_days_that_are_gone() -> None:
    objected = national.given(*national.POSTED).when(knowing(national.disagree(on=JANUARY[8]), JANUARY[10]))
    assert DeadlinePaused(kind="whole-entry", left=10) in objected.happened
    reviewed = objected.when(knowing(national.review(on=JANUARY[10], name="again"), JANUARY[12]))
    assert DeadlineResumed(kind="whole-entry", due=JANUARY[22]) in reviewed.happened


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (PublishLine(**asked("officer"), line=Line("370323", JANUARY[7], 650_000), document_sha256="text"), "line.in-the-past"),
        (
            PublishPack(**asked("officer"), assignment=Assignment("370323", JANUARY[7], "example-pilot"), document_sha256="text"),
            "pack.in-the-past",
        ),
    ],
)
def test_a_publication_dated_back_begins_on_no_day_that_has_begun(command: PublishLine | PublishPack, code: str) -> None:
    given().when(knowing(command, JANUARY[7])).then(refused(code))
    assert "command-refused" not in national.kinds(*given().when(knowing(command, JANUARY[6])).happened)


# --- The days themselves ---


def tell(day: date) -> TellDay:
    return TellDay(**asked("clock", day))


def test_a_day_is_told_once_and_none_after_a_later_one() -> None:
    story = Specification(DECIDER, POLICIES).given().when(tell(JANUARY[5]))
    story.then(DayTold(day=JANUARY[5]))
    story.when(tell(JANUARY[5])).then()
    story.when(tell(JANUARY[4])).then()
    story.when(tell(JANUARY[9])).then(DayTold(day=JANUARY[9]))


def test_a_day_among_what_waits_for_nobody_changes_nothing() -> None:
    story = given().when(tell(JANUARY[5]))
    story.when(record(ILL)).then()


# --- A minimum is as long as it says, whatever a sender writes ---


def test_a_decision_that_is_dated_back_shortens_no_half_year() -> None:
    enrolled = given(*national.AT_COUNTY).when(knowing(national.county(on=JANUARY[15]), date(2021, 12, 1))).happened
    assert MinimumStarted(kind="before-exit", until=date(2022, 6, 1)) in enrolled


def test_a_notice_that_is_dated_back_hangs_all_its_days_from_then() -> None:
    posted = national.given(*national.REVIEWED).when(knowing(national.post(on=JANUARY[7]), JANUARY[12]))
    posted.then(NoticePosted(case=CASE, by="village:wu", until=date(2021, 1, 17), type="marginal"))
    posted.when(national.take_down(on=JANUARY[17])).then(refused("notice.too-early", "close", "raise-objection", until=JANUARY[17]))
