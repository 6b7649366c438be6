"""What the rules of data quality are told of a household's history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from msgspec.structs import replace

from audit.quality.reading import Reading
from audit.quality.row import Enrolment, Exit, Measure, Row
from pipeline.decider import Event
from services.enrollment.domain import events as did
from services.enrollment.domain.case.opening import TakenOver
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.discovery.discovery_events import ApplicationReceived
from tests.enrollment.zhang import (
    CASE,
    ENROLLED,
    EXITED,
    HELPED,
    HOUSEHOLD,
    LEAVING,
    LET_OUT,
    POLICIES,
    REGISTERED,
    TODAY,
    WITH_CLUE,
    applies,
    county,
    declared,
    delivered,
    fact,
    given,
    income,
    record,
    visit,
)

HEALTH: Final = Measure("health", frozenset({"illness"}), under_way=True)
NOTHING_WRITTEN: Final = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def row(*history: Event, plan: tuple[Measure, ...] = (), last: date = TODAY) -> Row | None:
    """Everything happened today but the last event."""
    reading = Reading(HOUSEHOLD, POLICIES)
    for event in history[:-1]:
        reading.take(event, TODAY)
    for event in history[-1:]:
        reading.take(event, last)
    return reading.row(plan)


def told(*asked: AnyCommand, after: tuple[Event, ...] = HELPED) -> Row:
    story = given(*after).when(*asked)
    found = row(*story.history, *story.happened)
    assert found is not None
    return found


def paid(kind: str, *, granted: bool = True) -> did.FactRecorded:
    return did.FactRecorded(
        fact=fact(f"{kind} {granted}", series=f"benefit:{kind}", signal="benefit-stopped", kind=kind, present=not granted)
    )


def test_who_is_not_in_the_register_has_no_row() -> None:
    assert row() is None
    assert row(did.FactUnmatched(fact=fact("waits", series="income"))) is None


def test_a_household_outside_is_not_watched() -> None:
    assert Row(household=HOUSEHOLD, pack="example-pilot", watched=False, labour=("full", "none")) == row(*REGISTERED)


def test_with_a_clue_it_is_watched_and_shows_its_signals() -> None:
    seen = Row(HOUSEHOLD, "example-pilot", watched=True, labour=("full", "none"), signals=frozenset({"inpatient"}))
    assert seen == row(*WITH_CLUE)


def test_enrolled_it_has_risks_a_plan_and_what_the_visit_found() -> None:
    now = Enrolment(date(2021, 1, 9), frozenset({"illness"}), 5, frozenset({"illness"}), (HEALTH,))
    seen = Row(HOUSEHOLD, "example-pilot", True, ("full", "none"), frozenset({"inpatient"}), frozenset(), 0, now)  # noqa: FBT003
    assert seen == row(*ENROLLED, plan=(HEALTH,), last=date(2021, 1, 9))


def test_a_household_that_left_has_no_plan_but_an_exit_with_all_that_was_known_then() -> None:
    left = Exit(
        pack="example-pilot",
        method="help",
        since=TODAY,
        on=date(2021, 1, 9),
        helped=True,
        net_fen=1_200_000,
        reference_fen=1_200_000,
        line_fen=600_000,
        members=2,
        visited=True,
        signals=frozenset({"inpatient"}),
    )
    found = row(*EXITED, plan=(HEALTH,), last=date(2021, 1, 9))
    assert found is not None
    assert ((left,), None, False) == (found.exits, found.enrolment, found.watched)


def test_an_exit_without_help_or_income_says_so() -> None:
    found = row(*REGISTERED, did.CaseOpened(case=CASE, episode=1, pack="example-pilot"), *ENROLLED[-1:], LET_OUT[-1])
    assert found is not None
    (left,) = found.exits
    assert (False, None, None, False) == (left.helped, left.net_fen, left.reference_fen, left.visited)


def test_an_exit_of_an_old_log_is_held_against_the_line_of_the_pack_on_its_day() -> None:
    old = replace(LET_OUT[-1], basis=None)
    lines = [row(*LEAVING, old, last=day) for day in (date(2020, 12, 31), date(2021, 1, 1))]
    assert [500_000, 600_000] == [found.exits[0].line_fen for found in lines if found is not None]


def test_each_episode_has_its_exit() -> None:
    later = TODAY + timedelta(days=3)
    again = told(
        record(declared(0, "poor again", told=later)), record(fact("roof", series="house", signal="house", present=True)),
        visit(income=None), county(), delivered(8), record(declared(1_200_000, "rich again", told=later + timedelta(days=1))), county(),
        after=EXITED,
    )  # fmt: skip
    assert 2 == len(again.exits)


def test_a_benefit_is_paid_until_it_is_stopped() -> None:
    allowance, old_age = paid("subsistence-allowance"), paid("old-age-allowance")
    known = row(*HELPED, allowance, old_age)
    assert known is not None
    assert frozenset({"subsistence-allowance", "old-age-allowance"}) == known.benefits
    stopped = replace(paid("subsistence-allowance", granted=False).fact, time=allowance.fact.time + timedelta(hours=1))
    gone = row(*HELPED, allowance, old_age, did.FactRecorded(fact=stopped))
    assert gone is not None
    assert frozenset({"old-age-allowance"}) == gone.benefits


def test_the_transfer_income_is_the_latest_one_that_was_told() -> None:
    found = told(visit(findings_sha256="seen again", income=income(300_000, transfer_fen=7)))
    assert 7 == found.transfer_fen


def test_a_risk_that_somebody_described_is_explained() -> None:
    now = told(applies(risks=("other",)), visit(), county(), after=REGISTERED).enrolment
    assert now is not None
    assert (frozenset({"other"}), frozenset({"other"})) == (now.risks, now.explained)


def test_a_risk_that_was_only_ticked_is_not() -> None:
    story = given(*REGISTERED).when(applies(risks=("other",)), visit(), county())
    wordless = [
        replace(event, difficulty_sha256=NOTHING_WRITTEN) if isinstance(event, ApplicationReceived) else event
        for event in (*story.history, *story.happened)
    ]
    found = row(*wordless)
    assert found is not None
    assert found.enrolment is not None
    assert (frozenset({"other"}), frozenset()) == (found.enrolment.risks, found.enrolment.explained)


def test_nobody_watches_a_household_that_is_no_more_nor_has_to() -> None:
    died = [record(fact(f"dies {person}", person=person, name="person-died", series="person-died")) for person in (uuid4(),)]
    assert not told(*died, after=REGISTERED).watched


def test_who_was_enrolled_before_this_log_is_enrolled_since_then() -> None:
    taken_over = replace(ENROLLED[-1], taken_over=TakenOver(date(2019, 5, 1)))
    found = row(*ENROLLED[:-1], taken_over)
    assert found is not None
    assert found.enrolment is not None
    assert date(2019, 5, 1) == found.enrolment.since
