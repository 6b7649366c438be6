"""Out at once: proposed the moment the facts no longer hold, taken back when they hold again, decided by a person."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec.structs import replace

from services.enrollment.domain import events as did
from services.enrollment.domain.clocks.deadline_events import DeadlineMet, DeadlineStarted
from services.enrollment.domain.commands import Member
from services.enrollment.domain.fact import Fact
from tests.enrollment.national import propose
from tests.enrollment.zhang import (
    CASE,
    ENOUGH,
    ENROLLED,
    EXITED,
    FATHER,
    HELPED,
    ILL,
    LEAVING,
    LET_OUT,
    MOTHER,
    PROPOSED,
    TODAY,
    WITH_CLUE,
    case_of,
    clue_of,
    county,
    declared,
    delivered,
    dropped,
    evaluation,
    fact,
    given,
    hospital,
    income,
    income_is,
    raised,
    record,
    refused,
    seen,
    started,
    visit,
    withdraw,
)
from tests.specification import Specification

TOMORROW, FEBRUARY = TODAY + timedelta(days=1), date(2021, 2, 1)
RECOVERED = hospital(100, "recovered", told=TOMORROW)
HEALTHY = evaluation("false", income=income_is("true", 300_000))
HOUSE = fact("house", signal="house", present=True)
DUE = date(2021, 1, 10)
STARTED = DeadlineStarted(kind="exit-decision", due=DUE)
MET = DeadlineMet(kind="exit-decision")
OVER = dropped("exit-decision", DUE, "facts.hold-again")


def told(*facts: Fact) -> list[did.FactRecorded]:
    return [did.FactRecorded(fact=one) for one in facts]


def proposed(judged: did.Evaluation) -> tuple[did.AnyEvent, ...]:
    return did.ExitProposed(case=CASE, episode=1, method="help", due=DUE, evaluation=judged, on=TODAY), STARTED


def back(judged: did.Evaluation) -> did.StepReturned:
    return did.StepReturned(case=CASE, step="exit", reason_code="facts.hold-again", evaluation=judged)


def without_labour(*history: did.AnyEvent) -> tuple[did.AnyEvent, ...]:
    members = tuple(Member(person=person, relation="head", labour_capacity="none") for person in (FATHER, MOTHER))
    return replace(history[0], members=members), *history[1:]


def test_the_first_measure_is_counted_once() -> None:
    given(*ENROLLED).when(delivered()).then(did.MeasureCounted(measure=UUID(int=7)))
    begun = did.MeasureBegun(measure=UUID(int=7))
    given(*ENROLLED).when(started()).then(begun)
    given(*ENROLLED, begun).when(started()).then()
    given(*ENROLLED, begun).when(delivered()).then(did.MeasureCounted(measure=UUID(int=7)))
    given(*HELPED).when(delivered()).then()


def test_an_income_at_the_line_proposes_an_exit_at_once() -> None:
    given(*HELPED).when(record(ENOUGH)).then(*told(ENOUGH), *PROPOSED)


def test_an_income_one_fen_below_the_line_proposes_nothing() -> None:
    almost = declared(1_199_999)
    given(*HELPED).when(record(almost)).then(*told(almost))


def test_the_end_of_the_only_risk_proposes_an_exit() -> None:
    given(*HELPED).when(record(RECOVERED)).then(*told(RECOVERED), did.RiskResolved(risk="illness"), *proposed(HEALTHY))


def test_the_withdrawal_of_the_only_risk_proposes_an_exit() -> None:
    gone = did.FactWithdrawn(fact=ILL.id, source="/department", reference="ill")
    given(*HELPED).when(withdraw(ILL)).then(gone, did.RiskResolved(risk="illness"), *proposed(HEALTHY))


def test_another_risk_is_added_once() -> None:
    story = given(*HELPED).when(record(HOUSE))
    story.then(*told(HOUSE), did.RiskAdded(risk="housing"))
    again = fact("again", TOMORROW, signal="house", present=True)
    story.when(record(again)).then(*told(again))


def test_one_risk_over_proposes_nothing_while_another_remains() -> None:
    given(*HELPED).when(record(HOUSE), record(RECOVERED)).then(*told(RECOVERED), did.RiskResolved(risk="illness"))


def test_nobody_leaves_before_a_measure_was_delivered() -> None:
    story = given(*ENROLLED).when(record(ENOUGH))
    story.then(*told(ENOUGH))
    story.when(delivered()).then(did.MeasureCounted(measure=UUID(int=7)), *PROPOSED)


def test_a_visit_that_finds_enough_proposes_an_exit() -> None:
    rich = visit(income=income(1_200_000), by="inspector")
    well_off = evaluation("false", ILL, income=income_is("false", 1_200_000))
    found = seen(CASE, well_off, "recheck", by="inspector", income=income(1_200_000))
    given(*HELPED).when(rich).then(found, *proposed(well_off))


def test_the_same_visit_told_twice_changes_nothing() -> None:
    rich = visit(income=income(1_200_000), by="inspector")
    given(*HELPED).when(rich, rich).then()


def test_a_visit_that_finds_a_guarantee_unmet_keeps_the_household() -> None:
    given(*HELPED).when(visit(unmet=("water",), by="inspector"), record(ENOUGH)).then(*told(ENOUGH))


def test_an_income_that_was_taken_back_leaves_the_older_one() -> None:
    gone = did.FactWithdrawn(fact=ENOUGH.id, source="/department", reference="enough")
    given(*LEAVING).when(withdraw(ENOUGH)).then(gone, OVER, back(evaluation("true", ILL, income=income_is("true", 300_000))))


def test_a_household_without_labour_stays() -> None:
    given(*without_labour(*HELPED)).when(record(ENOUGH)).then(*told(ENOUGH))


def test_an_exit_is_proposed_once() -> None:
    more = declared(1_300_000, "more", until=TOMORROW)
    given(*LEAVING).when(record(more)).then(*told(more))


def test_the_exit_is_taken_back_when_the_facts_hold_again() -> None:
    poor = declared(100, "poor", told=TOMORROW)
    given(*LEAVING).when(record(poor)).then(*told(poor), OVER, back(evaluation("true", ILL, income=income_is("true", 100, poor))))


def test_an_exit_taken_back_is_proposed_again_when_the_facts_no_longer_hold() -> None:
    poor, rich = declared(100, "poor", told=TOMORROW), declared(1_200_000, "rich", told=date(2021, 1, 7))
    judged = evaluation("false", ILL, income=income_is("false", 1_200_000, rich))
    given(*LEAVING).when(record(poor), record(rich)).then(*told(rich), *proposed(judged))


def test_a_named_person_lets_the_household_out() -> None:
    given(*LEAVING).when(county()).then(*LET_OUT)


@pytest.mark.parametrize("outcome", ["approved", "rejected", "returned"])
def test_what_was_decided_before_the_exit_was_proposed_is_about_the_entry(outcome: str) -> None:
    """A second approval of the entry that is read too late lets nobody out; a log of before does not tell the day of a proposal."""
    entry = county(outcome, on=TODAY - timedelta(days=1))
    given(*LEAVING).when(entry).then(refused("exit.proposed-later", "decision", "decide-at-county"))
    proposed_then, started = PROPOSED
    assert isinstance(proposed_then, did.ExitProposed)
    of_before = given(*HELPED, did.FactRecorded(fact=ENOUGH), replace(proposed_then, on=None), started)
    assert "exit.proposed-later" not in [getattr(event, "reason_code", "") for event in of_before.when(entry).happened]


def test_what_a_message_proposed_that_came_late_is_decided_as_of_its_day() -> None:
    """Others hear the proposal as of that day, and date their answer so."""
    yesterday = TODAY - timedelta(days=1)
    story = given(*HELPED).when(replace(record(ENOUGH, yesterday), today=TOMORROW))
    assert "enrollment.household-exited" in [event.TOPIC for event in story.when(county(on=yesterday)).happened]


@pytest.mark.parametrize("named", [{"type": "immediate-assistance"}, {"risks": ("illness",)}])
@pytest.mark.parametrize("outcome", ["approved", "rejected", "returned"])
def test_who_decides_on_an_exit_names_no_type_and_no_risk(outcome: str, named: dict[str, Any]) -> None:
    decision = replace(county(outcome), **named)
    given(*LEAVING).when(decision).then(refused("exit.names-a-type", "decision", "decide-at-county"))


def test_a_named_person_keeps_the_household() -> None:
    stays = did.StepReturned(case=CASE, step="exit", reason_code="county.rejected", by="officer", reason_sha256="why", command="decision")
    given(*LEAVING).when(county("rejected")).then(MET, stays)


def test_a_household_kept_is_not_let_out_by_the_next_decision() -> None:
    given(*LEAVING).when(county("rejected"), county()).then(refused("state.does-not-fit", "decision", "propose-exit"))


def test_a_returned_exit_is_refused() -> None:
    given(*LEAVING).when(county("returned")).then(refused("return.not-done", "decision", "decide-at-county"))


@pytest.mark.parametrize("outcome", ["approved", "rejected", "returned"])
def test_who_visited_last_may_not_decide(outcome: str) -> None:
    given(*LEAVING).when(county(outcome, by="visitor")).then(refused("decision.same-person", "decision"))


def test_nobody_in_particular_may_not_decide() -> None:
    given(*LEAVING).when(county(by="")).then(refused("decision.unnamed", "decision"))


def test_a_visit_before_the_exit_needs_a_named_person_too() -> None:
    given(*HELPED).when(visit(by="")).then(refused("visit.unnamed", "visit"))


def test_nobody_is_let_out_without_a_proposal() -> None:
    given(*HELPED).when(county()).then(refused("state.does-not-fit", "decision", "propose-exit"))


def test_a_household_is_let_out_once() -> None:
    given(*LEAVING).when(county(), county()).then(refused("state.does-not-fit", "decision"))


def test_after_the_exit_the_same_signal_raises_nothing_and_another_does() -> None:
    again = hospital(2_600_000, "again", told=TOMORROW)
    story = given(*EXITED).when(record(again))
    story.then(*told(again))
    story.when(record(HOUSE)).then(*told(HOUSE), *raised(HOUSE, "housing", answered=(again.id,)))


def test_a_visit_that_tells_no_income_leaves_what_another_one_found() -> None:
    """What is known stays known: neither is the proposal taken back, nor does the county have to ask again."""
    rich = given(*HELPED).when(visit(income=income(1_200_000), by="inspector", on=TOMORROW))
    assert "enrollment.exit-proposed" in [event.TOPIC for event in rich.happened]
    looked = rich.when(visit(income=None, by="inspector", on=date(2021, 1, 7)))
    (completed,) = looked.happened
    assert isinstance(completed, did.StepCompleted)
    assert "false" == completed.evaluation.outcome
    assert "enrollment.household-exited" in [event.TOPIC for event in looked.when(county(on=date(2021, 1, 8))).happened]


def test_the_way_back_in_is_a_second_episode_with_a_case_of_its_own() -> None:
    found = visit(on=TOMORROW, income=income(0, TOMORROW))
    entered = given(*EXITED).when(record(HOUSE), found, county(on=TOMORROW)).happened[1]
    assert isinstance(entered, did.HouseholdEnrolled)
    assert (case_of(clue_of(HOUSE)), 2, ("housing", "illness")) == (entered.case, entered.episode, tuple(sorted(entered.risks)))


def test_the_same_fact_standing_again_opens_another_case() -> None:
    story = given(*HELPED).when(record(RECOVERED), county(), withdraw(RECOVERED), visit())
    opened = [event for event in story.happened if isinstance(event, did.CaseOpened)]
    assert [(event.episode, event.pack) for event in opened] == [(2, "example-pilot")]
    assert uuid5(uuid5(ILL.id, "clue withdraws recovered"), "case") == opened[0].case != CASE


def test_help_of_an_earlier_episode_does_not_count_for_the_next() -> None:
    again = given(*EXITED).when(record(HOUSE), visit(on=TOMORROW, income=income(0, TOMORROW)), county(on=TOMORROW))
    rich = declared(1_200_000, "rich", told=date(2021, 1, 7))
    again.when(record(rich)).then(*told(rich))


def test_whatever_forbids_an_exit_forbids_it_until_the_county_has_decided() -> None:
    """Who could work died after the proposal."""
    gone = fact("gone", TOMORROW, name="person-died", series="person-died")
    story = given(*LEAVING).when(record(gone, TOMORROW), county(on=TOMORROW))
    story.then(refused("exit.without-labour", "decision"))


def test_who_proposes_an_exit_of_which_the_facts_say_nothing_is_asked_for_them() -> None:
    low = declared(100, "low")
    enrolled = given(*WITH_CLUE).when(visit(income=None), record(low), county(), withdraw(low))
    (no,) = enrolled.when(propose(TODAY, by="officer")).happened
    assert isinstance(no, did.CommandRefused)
    assert ("evaluation.unknown", ("record-verification",), "income") == (no.reason_code, no.fits, no.asks[0].what)


def test_a_household_that_left_is_looked_at_again_when_its_income_collapses() -> None:
    """Its illness still stands, as it did when it left: the income is what changed."""
    poor = declared(1_000, "poor", until=FEBRUARY, told=FEBRUARY)
    rich = declared(9_000_000, "rich", until=FEBRUARY, told=FEBRUARY)
    again = given(*EXITED).when(record(poor, FEBRUARY))
    _, clue, *_ = again.happened
    assert isinstance(clue, did.ClueRaised)
    assert (ILL, "illness", date(2021, 2, 4)) == (clue.fact, clue.risk, clue.due)
    given(*EXITED).when(record(rich, FEBRUARY)).then(did.FactRecorded(fact=rich))
    again.when(record(replace(poor, id=UUID(int=9)), FEBRUARY)).then(did.FactRecorded(fact=replace(poor, id=UUID(int=9))))


def test_so_it_is_when_the_income_by_which_it_left_was_none() -> None:
    """What was told before counts again: 3,000 yuan of a visit, and before that nothing else."""
    assert ["enrollment.fact-withdrawn", "enrollment.clue-raised", "enrollment.deadline-started"] == [
        event.TOPIC for event in given(*EXITED).when(withdraw(ENOUGH)).happened
    ]


def test_help_that_began_or_arrived_in_an_earlier_episode_is_none_of_this_one() -> None:
    """Whether or not it was the first."""
    enrolled = enrolled_again(given(*HELPED).when(started(8), delivered(9), record(ENOUGH), county()))
    for measure in (7, 8, 9):
        enrolled.when(delivered(measure)).then()
    assert ["enrollment.measure-counted"] == [one.TOPIC for one in enrolled.when(delivered(10)).happened if one.TOPIC.endswith("-counted")]


def test_help_of_an_earlier_episode_that_began_unheard_is_none_of_this_one() -> None:
    """The post began before the exit, and that was told after it; assistance says of which plan a measure is."""
    enrolled = enrolled_again(given(*LEAVING).when(county(), started(8, episode=1)))
    enrolled.when(started(8, episode=1)).then()
    enrolled.when(delivered(8, episode=1)).then()
    assert did.MeasureBegun(measure=UUID(int=9)) == enrolled.when(started(9, episode=2)).happened[0]
    assert did.MeasureCounted(measure=UUID(int=9)) == enrolled.when(delivered(9, episode=2)).happened[0]


def enrolled_again(out: Specification[Any, Any, Any]) -> Specification[Any, Any, Any]:
    worse, back = hospital(2_600_000, "worse", month="2022-01", told=date(2022, 1, 5)), date(2022, 1, 5)
    visited = visit(on=back, by="visitor:li", income=income(1_000, date(2021, 12, 31)))
    enrolled = out.when(record(worse, back), visited, county(on=back, by="officer:wang"))
    assert "enrollment.household-enrolled" in [event.TOPIC for event in enrolled.happened]
    return enrolled


def test_a_household_that_the_county_kept_is_proposed_again_by_no_trifle_but_by_other_figures() -> None:
    kept = given(*LEAVING).when(county("rejected"))
    trifle = fact("trifle", TOMORROW, series="asset:vehicle", name="asset-reported", kind="vehicle")
    assert ["enrollment.fact-recorded"] == [event.TOPIC for event in kept.when(record(trifle, TOMORROW)).happened]
    more = declared(2_400_000, "more", TOMORROW, TOMORROW)
    assert "enrollment.exit-proposed" in [event.TOPIC for event in kept.when(record(more, TOMORROW)).happened]
