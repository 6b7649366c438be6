"""Deadlines in working days, what is late goes up level by level, and days that were skipped tell all of it once and in order."""

from dataclasses import replace as changed
from datetime import date, timedelta

from msgspec.structs import replace

from services.enrollment.domain import DECIDER
from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineEscalated,
    DeadlineMet,
    DeadlineStarted,
    EscalationEnded,
)
from services.enrollment.domain.pack.lines import Assignment, Published
from tests.enrollment.national import (
    AT_COUNTY,
    COMPARED,
    ENROLLED,
    HELPED,
    JANUARY,
    POLICIES,
    POSTED,
    WITH_CLUE,
    authorise,
    county,
    disagree,
    given,
    kinds,
    told,
    visit,
)
from tests.enrollment.short import PILOT
from tests.enrollment.zhang import REGISTERED, declared, delivered, hospital, morning, record
from tests.specification import Specification

FRIDAY, MONDAY, TUESDAY = JANUARY[8], JANUARY[11], JANUARY[12]
LATE = DeadlineBreached(kind="whole-entry", due=JANUARY[20])
TO_THE_TOWN = DeadlineEscalated(kind="whole-entry", level=1, to="township", until=JANUARY[25])
TO_THE_COUNTY = DeadlineEscalated(kind="whole-entry", level=2, to="county", until=None)


def started(history: tuple[did.AnyEvent, ...], kind: str) -> DeadlineStarted:
    (found,) = [event for event in history if isinstance(event, DeadlineStarted) and event.kind == kind]
    return found


def test_two_working_days_from_a_friday_end_on_a_tuesday() -> None:
    history = told(record(hospital(2_500_000, "friday", told=FRIDAY), FRIDAY), after=REGISTERED)
    assert DeadlineStarted(kind="verify", due=TUESDAY) == started(history, "verify")
    given(*history).when(morning(TUESDAY)).then()
    given(*history).when(morning(JANUARY[13])).then(DeadlineBreached(kind="verify", due=TUESDAY))


def test_a_year_that_nobody_announced_is_named_with_the_deadline() -> None:
    new_year_s_eve = date(2030, 12, 31)
    history = told(record(hospital(2_500_000, "later", "2030-12", new_year_s_eve), new_year_s_eve), after=REGISTERED)
    assert DeadlineStarted(kind="verify", due=date(2031, 1, 2), unknown_years=(2030, 2031)) == started(history, "verify")


def test_what_is_late_goes_to_the_township_and_then_to_the_county() -> None:
    given(*AT_COUNTY).when(morning(JANUARY[20])).then()
    story = given(*AT_COUNTY).when(morning(JANUARY[21]))
    story.then(LATE, TO_THE_TOWN)
    story.when(morning(JANUARY[25])).then()
    highest = story.when(morning(JANUARY[26]))
    highest.then(TO_THE_COUNTY)
    highest.when(morning(date(2022, 1, 1))).then()


def test_days_that_were_skipped_tell_it_once_and_in_order() -> None:
    told_late = (
        DeadlineBreached(kind="verify", due=JANUARY[7]),
        LATE,
        TO_THE_TOWN,
        TO_THE_COUNTY,
    )
    story = given(*WITH_CLUE).when(morning(date(2021, 2, 10)))
    story.then(*told_late)
    story.when(morning(date(2021, 2, 11))).then()


def test_every_day_told_or_many_at_once_is_the_same() -> None:
    story = given(*COMPARED)
    each: list[did.Event] = []
    for number in range(40):
        story = story.when(morning(JANUARY[6] + timedelta(days=number)))
        each += story.happened
    assert tuple(each) == given(*COMPARED).when(morning(JANUARY[6] + timedelta(days=39))).happened


def test_a_late_decision_ends_the_escalation() -> None:
    happened = given(*AT_COUNTY).when(morning(JANUARY[21]), county(on=JANUARY[22])).happened
    assert EscalationEnded(kind="whole-entry") == happened[0]
    assert "deadline-met" not in kinds(*happened)


def test_a_household_without_a_measure_is_told_after_ten_days_and_again_after_a_month() -> None:
    story = given(*ENROLLED).when(morning(JANUARY[26]))
    story.then(
        DeadlineBreached(kind="first-measure", due=JANUARY[25]),
        DeadlineEscalated(kind="first-measure", level=1, to="township", until=date(2021, 2, 14)),
    )
    assert ["escalation-ended", "measure-counted"] == kinds(*story.when(delivered()).happened)
    story.when(morning(date(2021, 2, 15))).then(DeadlineEscalated(kind="first-measure", level=2, to="county", until=None))


def test_a_deadline_that_stands_still_is_not_breached() -> None:
    objected = told(disagree(on=FRIDAY), after=POSTED)
    given(*objected).when(morning(JANUARY[21])).then(DeadlineBreached(kind="review", due=JANUARY[13]))


def test_what_was_late_before_the_clock_stopped_is_told_all_the_same() -> None:
    late = told(disagree(on=JANUARY[22]), after=POSTED)
    assert LATE in given(*late).when(morning(JANUARY[23])).happened


def test_an_authorisation_starts_the_comparison_and_a_visit_ends_its_own() -> None:
    story = given(*WITH_CLUE).when(authorise())
    assert DeadlineStarted(kind="compare", due=JANUARY[10]) == story.happened[-1]
    assert DeadlineMet(kind="verify") == story.when(visit()).happened[0]


def test_an_income_is_good_for_a_year() -> None:
    assert DeadlineStarted(kind="income-staleness", due=date(2022, 1, 15)) == started(ENROLLED, "income-staleness")
    newer = declared(1, "newer", until=date(2021, 3, 1), told=date(2021, 3, 1))
    happened = given(*HELPED).when(record(newer, date(2021, 3, 1))).happened
    assert DeadlineMet(kind="income-staleness") in happened
    assert DeadlineStarted(kind="income-staleness", due=date(2022, 3, 1)) in happened


def test_a_deadline_that_the_pack_of_today_does_not_know_is_late_without_going_up() -> None:
    short = Published(assignments=(Assignment("370323", JANUARY[6], PILOT.name),))
    clue = Specification(DECIDER, changed(POLICIES, packs={**POLICIES.packs, PILOT.name: PILOT})).given(*WITH_CLUE)
    clue.when(replace(morning(JANUARY[8]), published=short), replace(morning(JANUARY[21]), published=short)).then(LATE)
