"""Whoever disagrees: the clock stands still, another person decides, and what was wrong is done again."""

from datetime import date
from uuid import uuid5

import pytest

from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.domain.case.procedure_events import AppealDecided, AppealFiled, CaseReopened
from services.enrollment.domain.clocks.deadline_events import (
    DeadlineBreached,
    DeadlineMet,
    DeadlinePaused,
    DeadlineResumed,
    DeadlineStarted,
)
from services.enrollment.domain.commands import AnyCommand
from services.enrollment.domain.household.stages import CaseOpen
from services.enrollment.domain.household.state import Household
from services.enrollment.domain.members.change_events import HouseholdEnded
from tests.enrollment import test_leaving
from tests.enrollment.national import (
    AT_COUNTY,
    COMPARED,
    DECISION,
    HELPED,
    JANUARY,
    NOTICED,
    POSTED,
    REVIEWED,
    VISITED,
    WITH_CLUE,
    answer,
    appeal,
    authorise,
    county,
    disagree,
    given,
    kinds,
    post,
    review,
    told,
    visit,
    void,
    withdraw,
)
from tests.enrollment.zhang import CASE, REGISTERED, applies, declared, dismiss, fact, hospital, morning, record, refused

REJECTED = told(county("rejected", on=JANUARY[15]), after=AT_COUNTY)
VOIDED = told(void(), after=HELPED)
HOUSE = fact("house", JANUARY[18], signal="house", present=True)
APPEALED = told(appeal(on=JANUARY[16]), after=REJECTED)


def test_an_appeal_stops_the_clock_and_has_one_of_its_own() -> None:
    filed, paused, started = given(*AT_COUNTY).when(appeal(on=JANUARY[16])).happened
    assert isinstance(filed, AppealFiled)
    assert (DECISION, "clerk", "appeal") == (filed.decision, filed.by, filed.grounds_sha256)
    assert DeadlinePaused(kind="whole-entry", left=4) == paused
    assert DeadlineStarted(kind="appeal-decision", due=JANUARY[31]) == started


def test_nothing_is_approved_while_an_appeal_is_open() -> None:
    given(*AT_COUNTY).when(appeal(), county()).then(refused("appeal.open", "decision", "decide-at-county decide-appeal"))


def test_an_appeal_that_was_wrong_starts_the_clock_again() -> None:
    met, decided, resumed = given(*AT_COUNTY).when(appeal(on=JANUARY[16]), answer("rejected", on=JANUARY[20])).happened
    assert DeadlineMet(kind="appeal-decision") == met
    assert isinstance(decided, AppealDecided)
    assert DeadlineResumed(kind="whole-entry", due=JANUARY[24]) == resumed


def test_an_appeal_that_was_right_reopens_the_review() -> None:
    story = given(*AT_COUNTY).when(appeal(on=JANUARY[16]), answer(on=JANUARY[20]))
    assert ["deadline-met", "appeal-decided", "step-returned", "deadline-resumed", "deadline-started"] == kinds(*story.happened)
    (back,) = [event for event in story.happened if isinstance(event, did.StepReturned)]
    assert ("review", ("review", "notice", "township"), "appeal.approved") == (back.step, back.undone, back.reason_code)
    assert "step-completed" in kinds(*story.when(review(on=JANUARY[21], name="again")).happened)


def test_a_rejected_case_is_reopened_at_its_review_and_its_deadlines_start_anew() -> None:
    story = given(*APPEALED).when(answer(on=JANUARY[20]))
    assert ["deadline-met", "appeal-decided", "case-reopened", "deadline-started", "deadline-started"] == kinds(*story.happened)
    assert CaseReopened(case=CASE, episode=1, undone=("review", "notice", "township")) == story.happened[2]
    assert isinstance(story.state, Household)
    assert isinstance(story.state.stage, CaseOpen)
    assert {"authorisation", "verification", "comparison"} == set(story.state.stage.progress.done)


def test_a_rejection_that_was_right_stays() -> None:
    assert ["deadline-met", "appeal-decided"] == kinds(*given(*APPEALED).when(answer("rejected", on=JANUARY[20])).happened)


def test_after_an_enrolment_has_ended_a_case_of_its_own_begins() -> None:
    happened = given(*VOIDED).when(appeal(), answer()).happened
    (opened,) = [event for event in happened if isinstance(event, did.CaseOpened)]
    assert (2, "example-national-2021") == (opened.episode, opened.pack)
    assert CASE != opened.case


def test_who_decided_does_not_decide_the_appeal() -> None:
    given(*APPEALED).when(answer(by="officer:zhou")).then(refused("decision.same-person", "answer", "decide-appeal"))


@pytest.mark.parametrize("history", [AT_COUNTY, REJECTED, VOIDED])
def test_what_is_no_decision_on_this_household_is_appealed_against_by_nobody(history: tuple[did.AnyEvent, ...]) -> None:
    given(*history).when(appeal(against=None)).then(refused("appeal.no-decision", "appeal", "file-appeal"))


@pytest.mark.parametrize("by", ["officer:sun", "officer:zhou"])
def test_neither_who_took_the_decision_nor_who_ended_the_case_decides_the_appeal(by: str) -> None:
    """The case ended by the officer Zhou; the appeal is against what the township had decided before."""
    story = given(*REJECTED).when(appeal(on=JANUARY[16], against=Decision(by="town:sun")))
    story.when(answer(by=by, on=JANUARY[17])).then(refused("decision.same-person", "answer", "decide-appeal"))


def test_who_took_a_decision_on_an_open_case_does_not_decide_the_appeal_against_it() -> None:
    story = given(*AT_COUNTY).when(appeal(against=Decision(by="town:sun")))
    story.when(answer(by="officer:sun")).then(refused("decision.same-person", "answer", "decide-appeal"))
    assert "appeal-decided" in kinds(*story.when(answer(by="officer:gao")).happened)


def test_who_filed_an_appeal_does_not_decide_it() -> None:
    story = given(*AT_COUNTY).when(appeal(by="villager:qian"))
    story.when(answer(by="officer:qian")).then(refused("decision.same-person", "answer", "decide-appeal"))
    assert "appeal-decided" in kinds(*story.when(answer(by="officer:gao")).happened)


def test_a_decision_of_the_machine_keeps_nobody_from_deciding() -> None:
    assert "appeal-decided" in kinds(*given(*AT_COUNTY).when(appeal(against=Decision(by="")), answer(by="officer:sun")).happened)


def test_an_appeal_of_an_old_log_is_not_decided_by_who_ended_the_case() -> None:
    """Then the event did not say who had taken the decision."""
    old = AppealFiled(appeal=CASE, decision=DECISION, by="clerk", grounds_sha256="appeal")
    given(*REJECTED, old).when(answer(by="officer:zhou")).then(refused("decision.same-person", "answer", "decide-appeal"))


def test_an_appeal_of_an_old_log_is_against_the_case_that_had_ended() -> None:
    state = given(*REJECTED, AppealFiled(appeal=CASE, decision=DECISION, by="clerk", grounds_sha256="appeal")).state
    assert isinstance(state, Household)
    assert state.appeal is not None
    assert state.closed is not None
    assert state.closed == state.appeal.against


# --- What starts while an appeal is open ---


def test_a_deadline_that_starts_while_an_appeal_is_open_stands_still_and_has_all_its_days_afterwards() -> None:
    story = given(*APPEALED).when(record(HOUSE, JANUARY[18]))
    started, paused = [one for one in story.happened if isinstance(one, DeadlineStarted | DeadlinePaused) and one.kind == "verify"]
    # from Monday the 18th two working days, and again from Wednesday the 20th
    assert DeadlineStarted(kind="verify", due=JANUARY[20]) == started
    assert DeadlinePaused(kind="verify", left=2) == paused
    answered = story.when(answer("rejected", on=JANUARY[20])).happened
    assert DeadlineResumed(kind="verify", due=JANUARY[22]) in answered


def test_nothing_is_late_that_started_while_an_appeal_is_open() -> None:
    story = given(*APPEALED).when(record(HOUSE, JANUARY[18]))
    assert [DeadlineBreached(kind="appeal-decision", due=JANUARY[31])] == list(story.when(morning(date(2021, 2, 1))).happened)


def test_what_follows_a_step_stands_still_as_well() -> None:
    story = given(*COMPARED).when(appeal(on=JANUARY[7]), review(on=JANUARY[7]), post(on=JANUARY[7]), disagree(on=JANUARY[8]))
    assert DeadlinePaused(kind="review", left=5) == story.happened[-1]


def test_an_income_that_is_told_while_an_appeal_is_open_starts_a_year_that_stands_still() -> None:
    told_now = declared(100, "told", until=JANUARY[17], told=JANUARY[18])
    happened = given(*HELPED).when(appeal(on=JANUARY[16]), record(told_now, JANUARY[18])).happened
    assert ["fact-recorded", "deadline-met", "deadline-started", "deadline-paused"] == kinds(*happened)
    assert DeadlinePaused(kind="income-staleness", left=365) == happened[-1]


def test_an_appeal_is_right_or_wrong() -> None:
    given(*APPEALED).when(answer("returned")).then(refused("appeal.not-returned", "answer", "decide-appeal"))


def test_one_appeal_at_a_time() -> None:
    given(*APPEALED).when(appeal()).then(refused("appeal.already-open", "appeal", "decide-appeal"))


@pytest.mark.parametrize(("history", "fits"), [(REGISTERED, ""), (WITH_CLUE, "sign-authorisation dismiss-clue")])
def test_there_must_be_a_decision_to_appeal_against(history: tuple[did.AnyEvent, ...], fits: str) -> None:
    given(*history).when(appeal()).then(refused("appeal.nothing-decided", "appeal", fits))


@pytest.mark.parametrize("no", [visit("rejected", on=JANUARY[6]), dismiss(by="visitor:li", on=JANUARY[6])])
def test_whoever_was_turned_down_at_the_clue_may_appeal_and_a_case_begins_where_he_was_right(no: AnyCommand) -> None:
    story = given(*REGISTERED).when(applies(on=JANUARY[5])).when(no).when(appeal(on=JANUARY[7], against=Decision(by="visitor:li")))
    assert ["appeal-filed", "deadline-started"] == kinds(*story.happened)
    given(*story.history, *story.happened).when(answer(by="officer:li")).then(refused("decision.same-person", "answer", "decide-appeal"))
    right = story.when(answer(on=JANUARY[8]))
    assert ["deadline-met", "appeal-decided", "case-opened", "deadline-started", "deadline-started"] == kinds(*right.happened)
    assert "step-completed" in kinds(*right.when(authorise(on=JANUARY[8])).happened)


def test_a_clue_that_somebody_withdrew_without_the_household_is_a_decision_to_appeal_against() -> None:
    right = given(*WITH_CLUE).when(withdraw(on=JANUARY[6]), appeal(on=JANUARY[7]), answer(on=JANUARY[9]))
    assert "case-opened" in kinds(*right.happened)


def test_a_case_that_somebody_withdrew_goes_on_at_its_review_where_that_was_wrong() -> None:
    story = given(*AT_COUNTY).when(withdraw(on=JANUARY[15])).when(appeal(on=JANUARY[16]), answer(on=JANUARY[17]))
    assert [("review", "notice", "township")] == [event.undone for event in story.happened if isinstance(event, CaseReopened)]


def test_an_appeal_that_nobody_filed_is_not_decided() -> None:
    given(*AT_COUNTY).when(answer()).then(refused("state.does-not-fit", "answer", "decide-at-county"))


def test_a_new_case_after_an_appeal_has_an_id_that_a_replay_gives_again() -> None:
    story = given(*VOIDED).when(appeal(), answer())
    (opened,) = [event for event in story.happened if isinstance(event, did.CaseOpened)]
    (filed,) = [event for event in story.history if isinstance(event, AppealFiled)]
    assert uuid5(filed.appeal, "case") == opened.case


def test_an_appeal_that_was_right_where_nothing_was_reviewed_yet_sends_nothing_back() -> None:
    happened = given(*VISITED).when(appeal(on=JANUARY[6]), answer(on=JANUARY[7])).happened
    assert ["deadline-met", "appeal-decided", "deadline-resumed", "deadline-resumed"] == kinds(*happened)


@pytest.mark.parametrize(("history", "undone"), [(REVIEWED, ("review",)), (POSTED, ("review", "notice")), (NOTICED, ("review", "notice"))])
def test_an_appeal_that_was_right_takes_down_a_notice_that_hangs(history: tuple[did.AnyEvent, ...], undone: tuple[str, ...]) -> None:
    happened = given(*history).when(appeal(on=JANUARY[13]), answer(on=JANUARY[14])).happened
    assert [undone] == [event.undone for event in happened if isinstance(event, did.StepReturned)]


def test_on_the_way_out_an_appeal_that_was_right_reopens_the_review_too() -> None:
    happened = given(*test_leaving.AT_COUNTY).when(appeal(on=test_leaving.LATER), answer(on=test_leaving.LATER)).happened
    assert [("review", "notice", "township")] == [event.undone for event in happened if isinstance(event, did.StepReturned)]


def test_where_the_household_withdrew_meanwhile_an_appeal_that_was_right_reopens_nothing() -> None:
    story = given(*AT_COUNTY).when(appeal(on=JANUARY[16]), withdraw(on=JANUARY[17]), answer(on=JANUARY[18]))
    assert ["deadline-met", "appeal-decided"] == kinds(*story.happened)


def test_what_stops_on_its_last_day_has_no_day_left() -> None:
    assert DeadlinePaused(kind="whole-entry", left=0) in given(*AT_COUNTY).when(appeal(on=JANUARY[20])).happened
    assert not any(isinstance(event, DeadlinePaused) for event in given(*AT_COUNTY).when(appeal(on=JANUARY[21])).happened)


def test_working_days_that_are_left_are_working_days_when_the_clock_goes_on() -> None:
    """Thursday the 7th, a clue; Friday an appeal; Tuesday its answer."""
    late = told(record(hospital(2_500_000, "thursday", told=JANUARY[7]), JANUARY[7]), authorise(JANUARY[7]), after=REGISTERED)
    story = given(*late).when(appeal(on=JANUARY[8]))
    assert DeadlinePaused(kind="verify", left=1) in story.happened
    assert DeadlineResumed(kind="verify", due=JANUARY[13]) in story.when(answer("rejected", on=JANUARY[12])).happened


@pytest.mark.parametrize("outcome", ["rejected", "returned"])
def test_while_an_appeal_is_open_the_county_may_say_no(outcome: str) -> None:
    happened = kinds(*given(*AT_COUNTY).when(appeal(on=JANUARY[16]), county(outcome, on=JANUARY[16])).happened)
    assert {"rejected": "enrollment-rejected", "returned": "step-returned"}[outcome] in happened


def test_nobody_appeals_for_the_dead_and_an_appeal_that_is_right_reopens_nothing_for_them() -> None:
    over = HouseholdEnded(reason="died", on=JANUARY[16])
    given(*REJECTED, over).when(appeal(on=JANUARY[17])).then(did.CommandRefused(command="appeal", reason_code="household.ended"))
    assert ["deadline-met", "appeal-decided"] == kinds(*given(*APPEALED, over).when(answer(on=JANUARY[18])).happened)
