"""From an open clue to the county's decision."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineMet, DeadlineStarted
from services.enrollment.domain.pack.explanations import Ask
from tests.enrollment.zhang import (
    CASE,
    CLUE,
    ILL,
    OPENED,
    POOR,
    REGISTERED,
    TAKEN_IN,
    VISIT,
    WITH_CASE,
    WITH_CLUE,
    county,
    declared,
    dismiss,
    dropped,
    evaluation,
    given,
    hospital,
    income,
    income_is,
    record,
    refused,
    seen,
    unmet,
    visit,
    withdraw,
)

UNKNOWN = evaluation("unknown", ILL, income=income_is("unknown", None))
BLIND = (*WITH_CLUE, *OPENED[:3], seen(CASE, UNKNOWN, income=None), OPENED[4])
MET = DeadlineMet(kind="county-decision")
STILL_FITS = "record-verification decide-at-county"


def test_a_visit_that_confirms_a_clue_opens_a_case() -> None:
    given(*WITH_CLUE).when(visit()).then(*OPENED)


def test_a_visit_that_does_not_confirm_closes_the_clue() -> None:
    closed = did.ClueClosed(clue=CLUE, reason="not-confirmed", reason_sha256="findings")
    given(*WITH_CLUE).when(visit("rejected")).then(DeadlineMet(kind="verify"), closed)


def test_a_visit_to_be_repeated_decides_nothing() -> None:
    given(*WITH_CLUE).when(visit("returned")).then(refused("return.not-done", "visit", "record-verification dismiss-clue"))


def test_a_visit_without_a_clue_is_refused() -> None:
    given(*REGISTERED).when(visit()).then(refused("state.does-not-fit", "visit"))


def test_a_clue_that_nobody_in_particular_dismisses_stays_open() -> None:
    given(*WITH_CLUE).when(dismiss(by="")).then(refused("visit.unnamed"))


@pytest.mark.parametrize("history", [WITH_CLUE, BLIND])
@pytest.mark.parametrize("outcome", ["approved", "rejected", "returned"])
def test_a_visit_that_nobody_in_particular_reports_is_refused(history: tuple[did.AnyEvent, ...], outcome: str) -> None:
    given(*history).when(visit(outcome, by="")).then(refused("visit.unnamed", "visit"))


def test_the_same_visit_told_twice_changes_nothing() -> None:
    given(*WITH_CLUE).when(visit(), visit()).then()


@pytest.mark.parametrize("other", [{"income": income(5_000_000)}, {"unmet": ("water",)}])
def test_whoever_tells_the_same_visit_with_something_else_in_it_is_heard(other: dict[str, Any]) -> None:
    seen = given(*WITH_CLUE).when(visit(income=income(300_000)), visit(**{"income": income(300_000), **other})).happened[-1]
    assert isinstance(seen, did.StepCompleted)
    assert (other.get("income", income(300_000)), other.get("unmet", ())) == (seen.income, seen.unmet)


def test_a_second_visit_completes_what_the_first_left_unknown() -> None:
    given(*BLIND).when(visit(by="another visitor")).then(seen(CASE, POOR, by="another visitor"))


def test_the_visit_is_named_by_what_rests_on_it() -> None:
    found = [event for event in given(*WITH_CLUE).when(visit()).happened if isinstance(event, did.StepCompleted)]
    assert [VISIT] == [event.visit for event in found]
    named = {criterion.id: criterion.facts for criterion in found[0].evaluation.criteria}
    assert {"risk.present": (ILL.id,), "income.reference-below-line": (VISIT,), "guarantees.unmet": (VISIT,)} == named


def test_a_visit_of_an_older_log_has_no_name_and_counts_all_the_same() -> None:
    enrolled = given(*WITH_CLUE, *OPENED[:3], seen(CASE, POOR, visit=None), OPENED[4]).when(county()).happened[1]
    assert isinstance(enrolled, did.HouseholdEnrolled)
    assert [("income.reference-below-line", 300_000, ()), ("guarantees.unmet", 0, ())] == [
        (criterion.id, criterion.value, criterion.facts) for criterion in enrolled.evaluation.criteria[1:]
    ]


def test_a_household_below_the_line_with_a_risk_is_enrolled() -> None:
    given(*WITH_CASE).when(county()).then(*TAKEN_IN)


def test_the_county_may_name_a_type_of_the_pack() -> None:
    given(*WITH_CASE).when(county(kind="immediate-assistance")).then(*TAKEN_IN)


def test_a_type_that_the_pack_does_not_have_is_refused() -> None:
    given(*WITH_CASE).when(county(kind="sudden-difficulty")).then(refused("type.not-in-pack", "decision", "decide-at-county"))


def test_a_household_above_the_line_is_not_enrolled() -> None:
    above = visit(income=income(1_200_000))
    given(*WITH_CLUE).when(above, county()).then(refused("evaluation.false", "decision", STILL_FITS))


def test_a_household_above_the_line_is_enrolled_when_a_guarantee_is_not_met() -> None:
    judged = evaluation("true", ILL, income=income_is("false", 1_200_000), guarantees=unmet("true", 1))
    enrolled = replace(TAKEN_IN[1], evaluation=judged)
    given(*WITH_CLUE).when(visit(income=income(1_200_000), unmet=("water",)), county()).then(MET, enrolled)


def test_an_unknown_income_is_never_taken_for_none() -> None:
    given(*BLIND).when(county()).then(
        replace(refused("evaluation.unknown", "decision", STILL_FITS), asks=(Ask("income", ("visit", "civil-affairs")),))
    )


def test_a_household_whose_facts_were_withdrawn_meanwhile_is_not_enrolled() -> None:
    given(*WITH_CASE).when(withdraw(ILL), county()).then(refused("evaluation.false", "decision", STILL_FITS))


def test_a_household_that_declared_enough_meanwhile_is_not_enrolled() -> None:
    given(*WITH_CASE).when(record(declared(1_200_000)), county()).then(refused("evaluation.false", "decision", STILL_FITS))


def test_facts_told_during_a_case_are_decided_with_it() -> None:
    house = hospital(2_000_000, "relapse", "2022-01")
    judged = evaluation("true", ILL, house, income=income_is("true", 300_000))
    given(*WITH_CASE).when(record(house), county()).then(MET, replace(TAKEN_IN[1], evaluation=judged))


def test_the_county_may_reject() -> None:
    no = did.EnrollmentRejected(case=CASE, reason_code="county.rejected", reason_sha256="why", evaluation=POOR, by="officer")
    given(*WITH_CASE).when(county("rejected")).then(MET, no)


def test_after_a_rejection_the_same_facts_raise_no_clue() -> None:
    given(*WITH_CASE).when(county("rejected"), record(hospital(2_600_000, "again"))).then(
        did.FactRecorded(fact=hospital(2_600_000, "again"))
    )


def test_a_decision_that_returns_a_case_wants_another_visit_in_time() -> None:
    back = did.StepReturned(
        case=CASE,
        step="verification",
        reason_code="county.returned",
        undone=("verification",),
        by="officer",
        reason_sha256="why",
        command="decision",
    )
    again = DeadlineStarted(kind="verify", due=date(2021, 1, 8))
    story = given(*WITH_CASE).when(county("returned"))
    story.then(dropped("county-decision", date(2021, 1, 20), "county.returned"), back, again)
    story.when(county("returned")).then()


def test_a_case_sent_back_is_not_decided_before_the_next_visit() -> None:
    story = given(*WITH_CASE).when(county("returned"), county())
    story.then(refused("step.too-early", "decision", "record-verification"))
    again = story.when(visit(by="another visitor"), county()).happened
    assert [DeadlineMet, did.HouseholdEnrolled] == [type(event) for event in again]


def test_a_visit_during_a_case_may_reject_it() -> None:
    no = did.EnrollmentRejected(case=CASE, reason_code="verification.rejected", reason_sha256="findings", evaluation=POOR, by="visitor")
    given(*WITH_CASE).when(visit("rejected")).then(MET, no)


@pytest.mark.parametrize("outcome", ["approved", "rejected", "returned"])
def test_who_visited_may_not_decide(outcome: str) -> None:
    given(*WITH_CASE).when(county(outcome, by="visitor")).then(refused("decision.same-person", "decision"))


def test_who_visited_last_may_not_decide() -> None:
    given(*BLIND).when(visit(by="officer"), county(by="officer")).then(refused("decision.same-person", "decision"))


@pytest.mark.parametrize("outcome", ["approved", "rejected", "returned"])
def test_nobody_in_particular_may_not_decide(outcome: str) -> None:
    given(*WITH_CASE).when(county(outcome, by="")).then(refused("decision.unnamed", "decision"))


def test_a_decision_repeated_takes_nobody_in_twice() -> None:
    given(*WITH_CASE).when(county(), county()).then(refused("state.does-not-fit", "decision", "propose-exit"))


def test_a_case_of_2020_is_decided_in_2021_by_the_new_line() -> None:
    poor_by_the_new_line = visit(on=date(2020, 12, 31), income=income(1_100_000, date(2020, 11, 30)))
    judged = evaluation("true", ILL, income=income_is("true", 1_100_000))
    story = given(*WITH_CLUE).when(poor_by_the_new_line, county(on=date(2020, 12, 31)))
    story.then(refused("evaluation.false", "decision", STILL_FITS))
    story.when(county(on=date(2021, 1, 1))).then(MET, replace(TAKEN_IN[1], evaluation=judged))
