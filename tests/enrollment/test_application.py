"""Somebody asks for help himself, or is found by a screening: a clue as by a fact, and an answer for whoever is turned down."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineMet, DeadlineStarted
from services.enrollment.domain.commands import Apply, ReportScreening
from services.enrollment.domain.discovery.discovery_events import ApplicationReceived, CaseJoined, ClueJoined, ScreeningReported
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stages import ClueOpen
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.members.change_events import HouseholdEnded
from tests.enrollment.zhang import (
    CASE,
    ENROLLED,
    EXITED,
    HOUSEHOLD,
    ILL,
    MOTHER,
    REGISTERED,
    TODAY,
    WITH_CASE,
    WITH_CLUE,
    applies,
    county,
    declared,
    dismiss,
    fact,
    given,
    hospital,
    income,
    joined,
    noon,
    record,
    refused,
    register,
    screens,
    source_ended,
    visit,
    withdraw,
)

APPLICATION, SCREENING = uuid5(HOUSEHOLD, "applies"), uuid5(HOUSEHOLD, "screens")
RECEIVED = ApplicationReceived(
    application=APPLICATION, applicant=MOTHER, by="clerk", risks=("illness", "other"), difficulty_sha256="what she said"
)
REPORTED = ScreeningReported(
    screening=SCREENING, by="grid worker", risks=("housing",), findings_sha256="what he saw", source="/grid", reference="screens"
)
DUE = date(2021, 1, 8)
RAISED = uuid5(APPLICATION, "clue applies")


def source(request: UUID, name: str, sender: str, person: UUID | None, reference: str) -> Fact:
    said = {"source": sender, "reference": reference, "name": name, "series": name}
    return Fact(id=request, person=person, time=noon(TODAY), valid_on=TODAY, present=True, **said)


TOMORROW = TODAY + timedelta(days=1)
ASKED = source(APPLICATION, "application", "/clerk", MOTHER, "applies")
SEEN = source(SCREENING, "screening", "/grid", None, "screens")
CLUE_OF_IT = (did.ClueRaised(clue=RAISED, risk="illness", fact=ASKED, due=DUE), DeadlineStarted(kind="verify", due=DUE))
BY_HERSELF = (*REGISTERED, RECEIVED, *CLUE_OF_IT)


def test_an_application_raises_a_clue_to_be_visited_in_three_days() -> None:
    given(*REGISTERED).when(applies()).then(RECEIVED, *CLUE_OF_IT)


def test_a_screening_raises_a_clue() -> None:
    clue = did.ClueRaised(clue=uuid5(SCREENING, "clue screens"), risk="housing", fact=SEEN, due=DUE)
    given(*REGISTERED).when(screens()).then(REPORTED, clue, DeadlineStarted(kind="verify", due=DUE))


def test_what_a_home_visit_found_raises_a_clue_as_a_screening_does_and_joins_an_open_one() -> None:
    told = replace(screens(), at_visit=True)
    clue = did.ClueRaised(clue=uuid5(SCREENING, "clue screens"), risk="housing", fact=SEEN, due=DUE)
    given(*REGISTERED).when(told).then(REPORTED, clue, DeadlineStarted(kind="verify", due=DUE))
    given(*WITH_CLUE).when(told).then(REPORTED, joined(SEEN, "housing"))
    given(*REGISTERED).when(told, told).then()


def test_what_a_home_visit_found_counts_in_the_open_case_and_is_looked_at_if_nobody_saw_it_there() -> None:
    story = given(*WITH_CASE).when(replace(screens(on=date(2021, 1, 7)), at_visit=True))
    story.then(
        REPORTED,
        CaseJoined(
            case=CASE, risk="housing", fact=replace(SEEN, time=noon(date(2021, 1, 7)), valid_on=date(2021, 1, 7)), claimed=("housing",)
        ),
    )
    clue = next(event for event in story.when(county("rejected", on=date(2021, 1, 8))).happened if isinstance(event, did.ClueRaised))
    assert (SCREENING, ("housing",)) == (clue.fact.id, clue.claimed)
    seen = story.when(visit(on=date(2021, 1, 8)), county("rejected", on=date(2021, 1, 9)))
    assert not any(isinstance(event, did.ClueRaised) for event in seen.happened)


def test_what_a_home_visit_found_is_a_risk_of_the_enrolled() -> None:
    told = replace(screens(), at_visit=True)
    joined_by_it = CaseJoined(case=CASE, risk="housing", fact=SEEN, claimed=("housing",))
    given(*ENROLLED).when(told).then(REPORTED, joined_by_it, did.RiskAdded(risk="housing"))
    given(*ENROLLED).when(told, told).then()


def test_an_application_joins_the_open_clue() -> None:
    given(*WITH_CLUE).when(applies()).then(RECEIVED, joined(ASKED, "illness"))


def test_a_screening_joins_the_open_clue() -> None:
    given(*WITH_CLUE).when(screens()).then(REPORTED, joined(SEEN, "housing"))


def test_the_same_application_twice_changes_nothing() -> None:
    given(*BY_HERSELF).when(applies()).then()


def test_the_same_application_after_its_dismissal_changes_nothing() -> None:
    given(*BY_HERSELF).when(dismiss(), applies()).then()


def test_another_application_after_a_dismissal_raises_a_clue() -> None:
    happened = given(*BY_HERSELF).when(dismiss(), applies("again")).happened
    assert [ApplicationReceived, did.ClueRaised, DeadlineStarted] == [type(event) for event in happened]


def test_what_somebody_asked_for_is_visited_whatever_the_facts_say() -> None:
    lower = hospital(100, "lower", told=date(2021, 1, 6))
    story = given(*WITH_CLUE).when(applies(), record(lower))
    story.then(did.FactRecorded(fact=lower), source_ended(ILL, "illness"))
    story.when(withdraw(lower)).then(
        did.FactWithdrawn(fact=lower.id, source="/department", reference="lower"), joined(ILL, "illness")
    )  # fmt: skip


def test_a_fact_that_crosses_joins_the_clue_of_an_application() -> None:
    house = fact("house", signal="house", present=True)
    given(*BY_HERSELF).when(record(house)).then(did.FactRecorded(fact=house), joined(house, "housing", RAISED))


def test_a_signal_that_was_dismissed_does_not_come_back_with_an_application() -> None:
    story = given(*WITH_CLUE).when(dismiss(), applies())
    answered = did.ClueRaised(clue=RAISED, risk="illness", fact=ASKED, due=DUE, answered=(ILL.id,))
    story.then(RECEIVED, answered, DeadlineStarted(kind="verify", due=DUE))


def test_a_visit_that_confirms_an_application_opens_a_case() -> None:
    happened = given(*BY_HERSELF).when(visit()).happened
    assert did.ClueClosed(clue=RAISED, reason="case-opened") in happened


def test_what_a_visit_confirmed_is_a_risk_though_no_department_reported_it() -> None:
    happened = given(*BY_HERSELF).when(visit(), county()).happened
    assert [("illness", "other")] == [event.risks for event in happened if isinstance(event, did.HouseholdEnrolled)]


def test_a_confirmed_risk_stays_whatever_the_facts_say() -> None:
    house = fact("house", signal="house", present=True)
    story = given(*BY_HERSELF).when(visit(), county(), record(house))
    story.then(did.FactRecorded(fact=house), did.RiskAdded(risk="housing"))


def test_what_was_dismissed_is_no_risk_of_a_later_case() -> None:
    house = fact("house", signal="house", present=True)
    happened = given(*BY_HERSELF).when(dismiss(), record(house), visit(), county()).happened
    assert [("housing",)] == [event.risks for event in happened if isinstance(event, did.HouseholdEnrolled)]


def test_a_visit_that_does_not_confirm_an_application_closes_it_with_a_reason() -> None:
    closed = did.ClueClosed(clue=RAISED, reason="not-confirmed", reason_sha256="findings")
    given(*BY_HERSELF).when(visit("rejected")).then(DeadlineMet(kind="verify"), closed)


@pytest.mark.parametrize("command", [applies(by=""), screens(by=""), applies(by="officer:"), screens(by="officer:")])
def test_nobody_without_a_name_takes_down_an_application(command: Apply | ReportScreening) -> None:
    given(*REGISTERED).when(command).then(refused("application.unnamed", command.id))


@pytest.mark.parametrize("command", [applies(), screens()])
def test_a_household_is_registered_before_it_applies(command: Apply | ReportScreening) -> None:
    given().when(command).then(refused("household.unknown", command.id))


AT_VISIT = replace(screens(), at_visit=True)


def test_what_a_visitor_found_before_the_registration_waits_for_it_and_raises_a_clue() -> None:
    given().when(AT_VISIT).then(REPORTED)
    given(REPORTED).when(AT_VISIT).then()
    clue = did.ClueRaised(clue=uuid5(SCREENING, "clue message"), risk="housing", fact=SEEN, due=DUE)
    given(REPORTED).when(register()).then(*REGISTERED, clue, DeadlineStarted(kind="verify", due=DUE))


def test_each_thing_that_was_found_before_the_registration_is_in_the_clue() -> None:
    other = replace(screens("other"), at_visit=True)
    *_, seen = given().when(AT_VISIT, other, register()).happened
    assert isinstance(seen, ClueJoined)
    assert ("housing", uuid5(HOUSEHOLD, "other")) == (seen.risk, seen.fact.id)


def test_a_clue_of_what_was_found_before_the_registration_stays_when_nothing_crosses() -> None:
    state = given(REPORTED).when(register(), record(hospital(1))).state
    assert isinstance(state, Household)
    assert isinstance(state.stage, ClueOpen)


@pytest.mark.parametrize("by", ["", "cadre:"])
def test_who_found_something_before_the_registration_has_a_name(by: str) -> None:
    given().when(replace(AT_VISIT, by=by)).then(refused("application.unnamed", AT_VISIT.id))


@pytest.mark.parametrize("command", [applies(), screens()])
@pytest.mark.parametrize(("history", "code"), [(WITH_CASE, "application.case-open"), (ENROLLED, "application.enrolled")])
def test_there_is_nothing_to_apply_for_while_a_case_is_open(
    command: Apply | ReportScreening, history: tuple[did.AnyEvent, ...], code: str
) -> None:
    given(*history).when(command).then(refused(code, command.id))


def test_a_household_that_left_may_apply_again() -> None:
    happened = given(*EXITED).when(applies()).happened
    assert RECEIVED == happened[0]
    assert [did.ClueRaised, DeadlineStarted] == [type(event) for event in happened[1:]]


def test_what_two_applications_name_are_risks_of_the_case_both() -> None:
    enrolled = (
        given(*REGISTERED).when(applies("one", risks=("illness",)), applies("two", risks=("housing",)), visit(), county()).happened[-1]
    )
    assert isinstance(enrolled, did.HouseholdEnrolled)
    assert ("housing", "illness") == enrolled.risks


def test_what_an_application_named_that_was_dismissed_is_no_risk_of_the_next_one() -> None:
    asked_again = given(*REGISTERED).when(applies("one", risks=("illness",)), dismiss(), applies("two", risks=("housing",)))
    enrolled = asked_again.when(visit(), county()).happened[-1]
    assert isinstance(enrolled, did.HouseholdEnrolled)
    assert ("housing",) == enrolled.risks


@pytest.mark.parametrize(("asks", "risk"), [(applies(risks=("illness",)), "illness"), (screens(), "housing")])
def test_who_was_found_by_asking_and_turned_down_is_found_again_by_what_he_named_when_he_qualifies(
    asks: Apply | ReportScreening, risk: str
) -> None:
    turned_down = given(*REGISTERED).when(asks, visit(income=income(5_000_000)), county("rejected"))
    fallen = declared(100_000, "fallen", TOMORROW, TOMORROW)
    told, clue, started = turned_down.when(record(fallen, TOMORROW)).happened
    assert did.FactRecorded(fact=fallen) == told
    assert isinstance(clue, did.ClueRaised)
    assert (risk, asks.request) == (clue.risk, clue.fact.id)
    assert isinstance(started, DeadlineStarted)
    enrolled = turned_down.when(record(fallen, TOMORROW), visit(on=TOMORROW), county(on=TOMORROW)).happened[-1]
    assert isinstance(enrolled, did.HouseholdEnrolled)
    assert (risk,) == enrolled.risks


@pytest.mark.parametrize("asks", [applies(), screens()])
def test_nobody_asks_for_help_for_a_household_in_which_everybody_has_died(asks: Apply | ReportScreening) -> None:
    dead = (*REGISTERED, HouseholdEnded(reason="died", on=TODAY))
    given(*dead).when(asks).then(did.CommandRefused(command=asks.id, reason_code="household.ended"))
