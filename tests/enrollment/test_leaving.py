"""The way out under the national pack: half a year in, half a year stable, and the whole procedure again."""

from dataclasses import replace as changed
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from services.enrollment.domain import DECIDER
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import NoticeEnded
from services.enrollment.domain.clocks.deadline_events import DeadlineDropped, DeadlineMet, MinimumDropped, MinimumReached, MinimumStarted
from services.enrollment.domain.commands import AnyCommand, Member
from tests.enrollment import national, zhang
from tests.enrollment.national import (
    ENROLLED,
    HELPED,
    appeal,
    county,
    disagree,
    given,
    kinds,
    post,
    propose,
    review,
    take_down,
    told,
    township,
    visit,
    withdraw,
)
from tests.enrollment.zhang import CASE, declared, fact, income, morning, record, refused
from tests.specification import Specification

ONE_DAY = timedelta(days=1)
FEBRUARY, STABLE, LATER = date(2021, 2, 1), date(2021, 8, 1), date(2021, 8, 2)
RICH = declared(4_000_000, "rich", until=FEBRUARY, told=FEBRUARY)
POOR = declared(100, "poor", until=FEBRUARY + ONE_DAY, told=FEBRUARY + ONE_DAY)
BETTER = told(record(RICH, FEBRUARY), after=HELPED)
WAITED = told(morning(date(2021, 7, 16)), after=BETTER)
LEAVING = told(morning(LATER), after=WAITED)
VISITED = told(visit(on=LATER, income=zhang.income(4_000_000, LATER)), after=LEAVING)
REVIEWED = told(review(on=LATER, name="exit review"), after=VISITED)
POSTED = told(post(on=LATER), after=REVIEWED)
NOTICED = told(take_down(on=date(2021, 8, 8)), after=POSTED)
AT_COUNTY = told(township(on=date(2021, 8, 9)), after=NOTICED)
History = tuple[did.AnyEvent, ...]


def proposal_of(history: History) -> did.ExitProposed:
    (proposal,) = [event for event in history if isinstance(event, did.ExitProposed)]
    return proposal


def test_one_good_fact_swings_no_household_out() -> None:
    happened = given(*HELPED).when(record(RICH, FEBRUARY)).happened
    assert ["fact-recorded", "deadline-met", "deadline-started", "minimum-started"] == kinds(*happened)
    assert MinimumStarted(kind="income-stable", until=STABLE) == happened[-1]


def test_what_did_not_stay_so_would_have_to_start_anew() -> None:
    story = given(*BETTER).when(record(POOR, FEBRUARY + ONE_DAY))
    assert MinimumDropped(kind="income-stable") == story.happened[-1]
    again = declared(4_000_000, "again", until=date(2021, 3, 1), told=date(2021, 3, 1))
    assert MinimumStarted(kind="income-stable", until=date(2021, 9, 1)) == story.when(record(again, date(2021, 3, 1))).happened[-1]


def test_the_machine_proposes_on_the_day_after_both_times_are_over() -> None:
    given(*BETTER).when(morning(date(2021, 7, 15))).then()
    given(*BETTER).when(morning(date(2021, 7, 16))).then(MinimumReached(kind="before-exit"))
    given(*WAITED).when(morning(STABLE)).then()
    assert ["minimum-reached", "exit-proposed", "deadline-started"] == kinds(*given(*WAITED).when(morning(LATER)).happened)
    assert (CASE, "help", "") == (proposal_of(LEAVING).case, proposal_of(LEAVING).method, proposal_of(LEAVING).by)


def test_days_that_were_skipped_propose_all_the_same() -> None:
    happened = given(*BETTER).when(morning(date(2021, 9, 1))).happened
    assert ["minimum-reached", "minimum-reached", "exit-proposed", "deadline-started"] == kinds(*happened)


@pytest.mark.parametrize(
    ("history", "on", "code", "until"),
    [
        pytest.param(BETTER, date(2021, 7, 1), "exit.too-early", date(2021, 7, 15), id="enrolled for less than half a year"),
        pytest.param(WAITED, date(2021, 7, 20), "exit.income-not-stable", STABLE, id="stable for less than half a year"),
        pytest.param(WAITED, STABLE, "exit.income-not-stable", STABLE, id="stable for half a year but a day"),
        pytest.param(told(record(RICH, FEBRUARY), after=ENROLLED), LATER, "exit.no-measure", None, id="no measure delivered"),
        pytest.param(told(appeal(on=FEBRUARY), after=WAITED), LATER, "exit.appeal-open", None, id="an appeal is open"),
    ],
)
def test_a_person_proposes_no_exit_that_is_forbidden(history: History, on: date, code: str, until: date | None) -> None:
    """Where a time has to pass first he reads its last day."""
    given(*history).when(propose(on)).then(refused(code, "proposal", until=until))


def test_nobody_leaves_whose_facts_hold() -> None:
    given(*HELPED).when(propose(LATER)).then(refused("exit.facts-hold", "proposal", "record-verification"))


def test_a_natural_exit_needs_no_measure() -> None:
    history = told(record(RICH, FEBRUARY), after=ENROLLED)
    happened = given(*history).when(propose(LATER, method="natural")).happened
    assert ["exit-proposed", "deadline-started"] == kinds(*happened)
    assert ("natural", "town:sun", "proposal") == (
        proposal_of(happened).method,
        proposal_of(happened).by,
        proposal_of(happened).reason_sha256,
    )  # fmt: skip


def test_a_household_without_labour_stays() -> None:
    registered = HELPED[0]
    assert isinstance(registered, did.HouseholdRegistered)
    frail = tuple(Member(person=one.person, relation=one.relation, labour_capacity="none") for one in registered.members)
    history = (replace(registered, members=frail), *WAITED[1:])
    assert ["minimum-reached"] == kinds(*given(*history).when(morning(LATER)).happened)
    given(*history).when(propose(LATER)).then(refused("exit.without-labour", "proposal"))


def test_an_open_guarantee_keeps_the_household_until_it_is_mended() -> None:
    healthy = zhang.hospital(100, "healthy", told=FEBRUARY)
    dry = visit(by="visitor:wu", on=FEBRUARY, unmet=("water",), income=None)
    history = told(dry, record(healthy, FEBRUARY), morning(LATER), after=HELPED)
    assert "exit-proposed" not in kinds(*history)
    given(*history).when(propose(LATER)).then(refused("exit.guarantee-open", "proposal"))
    mended = fact("well", LATER, signal="water", person=None, present=False)
    assert "exit-proposed" in kinds(*given(*history).when(record(mended, LATER)).happened)


def test_the_whole_procedure_is_walked_again() -> None:
    given(*LEAVING).when(county(on=LATER)).then(refused("step.too-early", "decision", "record-verification"))
    given(*VISITED).when(township(on=LATER)).then(refused("step.too-early", "township", "record-review"))
    happened = given(*AT_COUNTY).when(county(on=date(2021, 8, 10))).happened
    assert ["deadline-met", "deadline-dropped", "household-exited"] == kinds(*happened)
    gone = happened[-1]
    assert isinstance(gone, did.HouseholdExited)
    assert (CASE, "help", "officer:zhou") == (gone.case, gone.method, gone.by)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        pytest.param(REVIEWED, review("rejected", on=LATER), "step.already-done", id="a second review"),
        pytest.param(LEAVING, review(on=LATER), "step.too-early", id="no review before the visit"),
    ],
)
def test_the_order_holds_on_the_way_out(history: History, command: AnyCommand, code: str) -> None:
    (no,) = given(*history).when(command).happened
    assert isinstance(no, did.CommandRefused)
    assert code == no.reason_code


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        pytest.param(VISITED, review("rejected", on=LATER), "review.rejected", id="the review"),
        pytest.param(NOTICED, township("rejected", on=LATER), "township.rejected", id="the township"),
        pytest.param(AT_COUNTY, county("rejected", on=LATER), "county.rejected", id="the county"),
    ],
)
def test_whoever_rejects_an_exit_keeps_the_household(history: History, command: AnyCommand, code: str) -> None:
    story = given(*history).when(command)
    met, stays = story.happened
    assert DeadlineMet(kind="exit-decision") == met
    assert isinstance(stays, did.StepReturned)
    assert ("exit", code) == (stays.step, stays.reason_code)
    story.when(county(on=LATER)).then(refused("state.does-not-fit", "decision", "propose-exit"))


@pytest.mark.parametrize(
    ("history", "command", "fits"),
    [
        pytest.param(LEAVING, visit("rejected", on=STABLE), "record-verification", id="a visit that found nothing"),
        pytest.param(VISITED, review(on=STABLE), "record-review", id="a review"),
        pytest.param(VISITED, review("rejected", on=STABLE), "record-review", id="a review that did not pass"),
        pytest.param(REVIEWED, post(on=STABLE), "post-notice", id="a notice"),
        pytest.param(POSTED, take_down(on=STABLE), "close-notice", id="the end of a notice"),
        pytest.param(POSTED, disagree(on=STABLE), "close-notice", id="an objection"),
        pytest.param(NOTICED, withdraw(on=STABLE), "decide-at-township", id="a withdrawal"),
        pytest.param(NOTICED, township(on=STABLE), "decide-at-township", id="an approval of the township"),
        pytest.param(NOTICED, township("returned", on=STABLE), "decide-at-township", id="a return by the township"),
        pytest.param(AT_COUNTY, county(on=STABLE), "decide-at-county", id="the county's"),
    ],
)
def test_a_step_that_is_dated_before_the_proposal_is_none_of_the_way_out(history: History, command: AnyCommand, fits: str) -> None:
    given(*history).when(command).then(refused("exit.proposed-later", command.id, fits))


def test_what_a_visit_found_before_the_proposal_counts_and_is_no_step_of_the_way_out() -> None:
    seen = given(*LEAVING).when(visit(on=STABLE, income=zhang.income(4_000_000, STABLE)))
    assert ["recheck"] == [event.step for event in seen.happened if isinstance(event, did.StepCompleted)]
    seen.when(review(on=LATER)).then(refused("step.too-early", "review", "record-verification"))
    leaks = given(*LEAVING).when(visit(on=STABLE, income=zhang.income(4_000_000, STABLE), unmet=("housing",)))
    assert ["facts.hold-again"] == [event.reason_code for event in leaks.happened if isinstance(event, did.StepReturned)]


def test_a_visit_that_keeps_the_household_counts_with_what_it_found_and_no_trifle_proposes_its_exit_again() -> None:
    found = visit("rejected", on=LATER, income=income(100_000, LATER), unmet=("water",))
    story = given(*LEAVING).when(found)
    met, seen, stays = story.happened
    assert DeadlineMet(kind="exit-decision") == met
    assert isinstance(seen, did.StepCompleted)
    assert ("recheck", ("water",)) == (seen.step, seen.unmet)
    assert isinstance(stays, did.StepReturned)
    assert ("exit", "verification.rejected") == (stays.step, stays.reason_code)
    story.when(county(on=LATER)).then(refused("state.does-not-fit", "decision", "propose-exit"))
    trifle = fact("trifle", LATER, series="asset:vehicle", name="asset-reported", kind="vehicle")
    assert "exit-proposed" not in kinds(*story.when(record(trifle, LATER)).happened)


def test_whoever_takes_a_proposal_back_has_not_decided_it() -> None:
    over, stays = given(*REVIEWED).when(withdraw(on=LATER)).happened
    assert isinstance(over, DeadlineDropped)
    assert ("exit-decision", "exit.withdrawn") == (over.kind, over.reason)
    assert isinstance(stays, did.StepReturned)
    assert ("exit", "exit.withdrawn") == (stays.step, stays.reason_code)


def test_a_case_on_its_way_out_goes_back_to_a_step() -> None:
    story = given(*AT_COUNTY).when(county("returned", on=LATER, return_to="verification"))
    (back,) = story.happened
    assert isinstance(back, did.StepReturned)
    assert ("verification", ("verification", "review", "notice", "township")) == (back.step, back.undone)
    story.when(county(on=LATER)).then(refused("step.too-early", "decision", "record-verification"))


def test_who_proposed_does_not_decide() -> None:
    asked = told(propose(LATER), after=told(morning(LATER), withdraw(on=LATER), after=WAITED))
    ready = told(
        visit(on=LATER, income=zhang.income(4_000_000, LATER)),
        review(on=LATER, name="second"),
        post(on=LATER),
        take_down(on=date(2021, 8, 8)),
        after=asked,
    )
    given(*ready).when(township(on=date(2021, 8, 9), by="town:sun")).then(refused("decision.same-person", "township"))
    assert ["step-completed"] == kinds(*given(*ready).when(township(on=date(2021, 8, 9), by="town:gao")).happened)


def test_facts_that_hold_again_take_the_proposal_back() -> None:
    relapse = declared(100, "relapse", until=LATER, told=LATER)
    assert "step-returned" in kinds(*given(*REVIEWED).when(record(relapse, LATER)).happened)
    assert MinimumDropped(kind="income-stable") in given(*REVIEWED).when(record(relapse, LATER)).happened


def test_a_notice_of_an_exit_comes_down_by_itself_as_well() -> None:
    posted = given(*REVIEWED).when(post(on=LATER))
    posted.when(morning(date(2021, 8, 7))).then()
    posted.when(morning(date(2021, 8, 8))).then(NoticeEnded(case=CASE))


def test_half_a_year_in_a_better_income_must_last_before_anybody_proposes() -> None:
    """The time of the enrolment is over, that of the income begins."""
    long_in = told(morning(date(2021, 7, 16)), after=HELPED)
    better = declared(4_000_000, "better", until=STABLE, told=STABLE)
    happened = given(*long_in).when(record(better, STABLE)).happened
    assert "exit-proposed" not in kinds(*happened)
    assert MinimumStarted(kind="income-stable", until=date(2022, 2, 1)) in happened


def test_the_county_begins_the_half_year_with_its_decision() -> None:
    enrolled = given(*national.AT_COUNTY).when(county(on=date(2021, 1, 15))).happened
    assert MinimumStarted(kind="before-exit", until=date(2021, 7, 15)) in enrolled


@pytest.mark.parametrize("history", [HELPED, WAITED, LEAVING])
def test_who_is_out_again_waits_for_nothing(history: History) -> None:
    voided = given(*history).when(national.void(LATER)).state
    assert ({}, frozenset()) == (dict(voided.running.minima), voided.running.reached)


def test_a_pack_may_let_a_household_without_labour_out() -> None:
    lenient = national.POLICIES.packs["example-national-2021"]
    lenient = lenient.model_copy(update={"exit": lenient.exit.model_copy(update={"blocked_without_labour": False})})
    frail = tuple(Member(person=one.person, relation=one.relation, labour_capacity="none") for one in HELPED[0].members)
    story = Specification(DECIDER, changed(national.POLICIES, packs={lenient.name: lenient})).given(
        replace(HELPED[0], members=frail), *WAITED[1:]
    )
    assert "exit-proposed" in kinds(*story.when(morning(LATER)).happened)


@pytest.mark.parametrize(("other", "proposed"), [(None, False), ("full", True)], ids=["unknown", "able"])
def test_of_a_household_that_is_perhaps_without_labour_only_a_person_proposes_the_exit(other: str | None, *, proposed: bool) -> None:
    one, two = HELPED[0].members
    members = (replace(one, labour_capacity="none"), replace(two, labour_capacity=other))
    history = (replace(HELPED[0], members=members), *WAITED[1:])
    story = given(*history).when(morning(LATER))
    assert proposed == ("exit-proposed" in kinds(*story.happened))
    if not proposed:
        assert ["exit-proposed"] == [kind for kind in kinds(*story.when(propose(LATER)).happened) if kind == "exit-proposed"]
