"""What was so on a day, and what was known of it at an instant, are two questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from audit.as_of.household import household_as_of
from pipeline.decider import Event
from pipeline.store import Metadata, Recorded
from services.enrollment.domain import events as did
from services.enrollment.domain.case.opening import TakenOver
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineEscalated, DeadlineStarted, EscalationEnded
from services.enrollment.domain.commands import Member
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.members.change_events import MembersLeft
from services.enrollment.domain.pack.explanations import Evaluation

HOUSEHOLD, HEAD, CHILD, CLUE, CASE = (UUID(int=number) for number in (100, 1, 2, 3, 4))
AN_HOUR: Final = timedelta(hours=1)
JUDGED: Final = Evaluation(outcome="true", line_fen=600_000, criteria=())


def day(text: str) -> date:
    return date.fromisoformat(f"2021-{text}")


def noon(text: str) -> datetime:
    return datetime.fromisoformat(f"2021-{text}T12:00:00+08:00").astimezone(UTC)


def illness(valid_on: str, told_on: str, yuan: int = 25_000) -> Fact:
    return Fact(
        id=uuid5(HOUSEHOLD, f"{valid_on} {told_on}"), source="/hospital", reference=told_on, name="medical-expense-reported", person=HEAD,
        series="inpatient:2021", time=noon(told_on), valid_on=day(valid_on), amount_fen=yuan * 100,
    )  # fmt: skip


def log(*happened: tuple[str, str, Event]) -> list[Recorded]:
    """Of (local date from which it holds, day on which it was recorded, event), in the order of the stream."""
    return [
        Recorded(number, HOUSEHOLD, number, event, UUID(int=1000 + number), Metadata("", at, "", "", day(on), noon(at)), noon(at))
        for number, (on, at, event) in enumerate(happened, 1)
    ]


MEMBERS: Final = (Member(person=HEAD, relation="head"), Member(person=CHILD, relation="child"))
REGISTERED: Final = did.HouseholdRegistered(household=HOUSEHOLD, village_code="370323001001", category="never_registered", members=MEMBERS)
ENROLLED: Final = did.HouseholdEnrolled(
    case=CASE, episode=1, type="marginal", risks=("illness",), pack="example-pilot", reason_sha256="", evaluation=JUDGED
)
IN_AND_OUT: Final = log(
    ("01-05", "01-05", REGISTERED),
    ("01-08", "01-10", did.FactRecorded(fact=illness("01-08", "01-10"))),
    ("01-08", "01-10", did.ClueRaised(clue=CLUE, risk="illness", fact=illness("01-08", "01-10"), due=day("01-12"))),
    ("01-12", "01-12", did.CaseOpened(case=CASE, episode=1, pack="example-pilot")),
    ("01-20", "01-20", ENROLLED),
    ("02-25", "02-25", did.HouseholdExited(case=CASE, episode=1, method="help", reason_sha256="")),
    ("02-01", "03-03", MembersLeft(fact=UUID(int=9), members=(MEMBERS[1],), on=day("02-01"), reason="died")),
)  # fmt: skip
TAKEN_OVER: Final = log(
    ("03-01", "03-01", replace(REGISTERED, opening=True)),
    ("03-01", "03-01", did.CaseOpened(case=CASE, episode=1, pack="example-pilot")),
    ("03-01", "03-01", replace(ENROLLED, taken_over=TakenOver(since=day("01-02")))),
    ("03-01", "03-01", DeadlineStarted(kind="first-measure", due=day("03-11"))),
)


def seen(recorded: list[Recorded], on: str, known: str) -> dict[str, list[str]]:
    """The values of each kind of statement."""
    found: dict[str, list[str]] = {}
    for one in household_as_of(recorded, day(on), noon(known) + AN_HOUR):
        found.setdefault(one.what, []).append(one.value)
    return found


@pytest.mark.parametrize(
    ("on", "known", "stage"),
    [
        ("01-04", "06-30", None),  # not in the register yet
        ("01-07", "06-30", ["outside"]),
        ("01-08", "01-09", ["outside"]),  # the hospital had not said so
        ("01-09", "01-10", ["outside"]),  # it said so on the tenth
        ("01-10", "01-10", ["clue"]),
        ("01-12", "06-30", ["case"]),
        ("01-19", "06-30", ["case"]),
        ("01-20", "06-30", ["enrolled"]),
        ("02-24", "06-30", ["enrolled"]),
        ("02-25", "06-30", ["outside"]),
        ("02-25", "02-24", ["enrolled"]),  # nobody had decided otherwise
    ],
)
def test_a_household_stands_where_it_stood_on_the_day_as_far_as_was_known(on: str, known: str, stage: list[str] | None) -> None:
    assert stage == seen(IN_AND_OUT, on, known).get("stage")


@pytest.mark.parametrize(
    ("on", "known", "members"),
    [
        ("01-31", "06-30", ["head", "child"]),
        ("02-01", "06-30", ["head"]),
        ("02-01", "03-02", ["head", "child"]),  # nobody had told the death yet
    ],
)
def test_a_death_told_late_changes_the_days_since_for_those_who_ask_afterwards(on: str, known: str, members: list[str]) -> None:
    assert members == seen(IN_AND_OUT, on, known)["member"]


def test_each_statement_names_the_event_that_made_it_so() -> None:
    found = {(one.what, one.value): (one.position, one.since) for one in household_as_of(IN_AND_OUT, day("02-10"), noon("06-30"))}
    assert {
        ("stage", "enrolled"): (5, day("01-20")),
        ("type", "marginal"): (5, day("01-20")),
        ("risk", "illness"): (5, day("01-20")),
        ("episode", "1"): (4, day("01-12")),
        ("pack", "example-pilot"): (4, day("01-12")),
        ("village", "370323001001"): (1, day("01-05")),
        ("category", "never_registered"): (1, day("01-05")),
        ("member", "head"): (1, day("01-05")),
        ("fact", "medical-expense-reported inpatient:2021 25,000.00 yuan"): (2, day("01-08")),
    } == found


def test_a_decision_counts_from_its_day_and_never_before_the_one_that_it_follows() -> None:
    """A fact of January, told in March, raises a clue in March: nobody had one in January."""
    late = illness("01-25", "03-03")
    told = log(
        ("01-05", "01-05", REGISTERED),
        ("02-01", "02-01", did.CaseOpened(case=CASE, episode=1, pack="example-pilot")),
        ("02-20", "02-20", did.EnrollmentRejected(case=CASE, reason_code="not-below-line", reason_sha256="", evaluation=JUDGED)),
        ("01-25", "03-03", did.FactRecorded(fact=late)),
        ("01-25", "03-03", did.ClueRaised(clue=CLUE, risk="illness", fact=late, due=day("03-05"))),
    )
    assert ["outside", "case", "outside", "clue"] == [
        stage for on in ("01-26", "02-10", "03-02", "03-03") for stage in seen(told, on, "06-30")["stage"]
    ]
    assert ["medical-expense-reported inpatient:2021 25,000.00 yuan"] == seen(told, "01-26", "06-30")["fact"]


def test_a_register_that_was_taken_over_counts_from_the_days_that_it_names() -> None:
    assert [["outside"], ["enrolled"]] == [seen(TAKEN_OVER, on, "06-30")["stage"] for on in ("01-01", "01-02")]
    assert {} == seen(TAKEN_OVER, "03-01", "02-28")


def test_a_deadline_of_who_was_taken_over_runs_from_the_day_of_the_import() -> None:
    assert "deadline" not in seen(TAKEN_OVER, "02-28", "06-30")
    (runs,) = (one for one in household_as_of(TAKEN_OVER, day("03-01"), noon("06-30")) if one.what == "deadline")
    assert ("first-measure", "2021-03-11", day("03-01")) == (runs.subject, runs.value, runs.since)


def test_what_was_so_before_the_opening_balance_says_since_no_day() -> None:
    since = {one.what: one.since for one in household_as_of(TAKEN_OVER, day("01-02"), noon("06-30"))}
    assert {None} == {since[what] for what in ("village", "category", "member")}
    assert {day("01-02")} == {since[what] for what in ("stage", "type", "risk", "episode", "pack")}


@given(on=st.dates(day("01-01"), day("06-30")), known=st.integers(0, 180))
def test_what_is_recorded_later_changes_nothing_that_was_known(on: date, known: int) -> None:
    instant = noon("01-01") + timedelta(days=known)
    by_then = [one for one in IN_AND_OUT if one.recorded_at <= instant]
    assert household_as_of(by_then, on, noon("12-31")) == household_as_of(IN_AND_OUT, on, instant)


def test_who_somebody_is_to_the_head_is_told_by_its_code_whichever_language_it_was_written_in() -> None:
    members = (Member(person=HEAD, relation="户主"), Member(person=CHILD, relation="堂兄"))
    assert ["head", "堂兄"] == seen(log(("01-05", "01-05", replace(REGISTERED, members=members))), "01-06", "06-30")["member"]


def test_what_a_decision_rests_on_is_told_with_the_visit_the_measures_and_what_was_late() -> None:
    told = Income(date(2020, 1, 1), date(2020, 12, 31), 500_000, 0, 0, 0, 100_000, 30_000, 5_000)
    visit = did.StepCompleted(
        case=CASE, step="verification", by="wang", at=noon("01-13"), income=told, unmet=("medical", "housing"), findings_sha256="",
        evaluation=JUDGED, visit=UUID(int=7),
    )  # fmt: skip
    recheck = replace(visit, step="recheck", at=noon("02-10"), income=None, unmet=("medical",), visit=UUID(int=8))
    household = log(
        ("01-05", "01-05", REGISTERED),
        ("01-12", "01-12", did.CaseOpened(case=CASE, episode=1, pack="example-pilot")),
        ("01-13", "01-13", visit),
        ("01-20", "01-20", ENROLLED),
        ("01-31", "01-31", DeadlineBreached(kind="first-measure", due=day("01-30"))),
        ("01-31", "01-31", DeadlineEscalated(kind="first-measure", level=1, to="town", until=day("02-05"))),
        ("02-05", "02-05", DeadlineEscalated(kind="first-measure", level=2, to="county", until=None)),
        ("02-06", "02-06", did.MeasureBegun(measure=UUID(int=9))),
        ("02-06", "02-06", EscalationEnded(kind="first-measure")),
        ("02-08", "02-08", did.MeasureCounted(measure=UUID(int=9))),
        ("02-10", "02-10", recheck),
    )

    def on(text: str) -> dict[tuple[str, ...], int]:
        wanted = ("income", "unmet", "measure", "missed", "escalated")
        return {
            (one.what, one.subject, one.value): one.position
            for one in household_as_of(household, day(text), noon("06-30")) if one.what in wanted
        }  # fmt: skip

    income = ("income", str(UUID(int=7)), "net 6,000.00 yuan reference 6,250.00 yuan 2020-01-01/2020-12-31")
    found = {income: 3, ("unmet", "", "medical"): 3, ("unmet", "", "housing"): 3}
    helped = {("measure", "", "started"): 8, ("measure", "", "delivered"): 10}
    missed = {("missed", "first-measure", "2021-01-30"): 5}
    assert {} == on("01-12")
    assert found == on("01-20")
    assert found | missed | {("escalated", "first-measure", "level 1 until 2021-02-05"): 6} == on("02-04")
    assert found | missed | {("escalated", "first-measure", "level 2"): 7} == on("02-05")
    assert {income: 3, ("unmet", "", "medical"): 3, **helped} == on("02-10")
