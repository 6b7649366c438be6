"""The whole procedure of the national pack: step by step to the county, back, aside, and out of it."""

from datetime import date
from uuid import uuid5

import pytest

from services.enrollment.domain import commands as any_command
from services.enrollment.domain import events as did
from services.enrollment.domain.case.procedure_events import CaseEnded, EmergencyHelpStarted, NoticeEnded, NoticePosted, ObjectionRaised
from services.enrollment.domain.clocks.deadline_events import DeadlineMet, DeadlinePaused, DeadlineResumed, DeadlineStarted
from services.enrollment.domain.household.stages import CaseOpen
from services.enrollment.domain.household.state import Household
from tests.enrollment.national import (
    AT_COUNTY,
    AUTHORISED,
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
    compare,
    county,
    disagree,
    given,
    kinds,
    post,
    rescue,
    review,
    take_down,
    told,
    township,
    visit,
    void,
    withdraw,
)
from tests.enrollment.zhang import CASE, CLUE, dismiss, dropped, morning, refused
from tests.specification import Specification

History = tuple[did.AnyEvent, ...]


def done(story: Specification[any_command.AnyCommand, object, object]) -> set[str]:
    state = story.state
    assert isinstance(state, Household)
    assert isinstance(state.stage, CaseOpen)
    return set(state.stage.progress.done)


def test_the_first_step_opens_the_case_under_its_pack() -> None:
    happened = given(*WITH_CLUE).when(authorise()).happened
    assert ["clue-closed", "case-opened", "step-completed", "deadline-started"] == kinds(*happened)
    (opened,) = [event for event in happened if isinstance(event, did.CaseOpened)]
    assert (CASE, 1, "example-national-2021") == (opened.case, opened.episode, opened.pack)


def test_no_visit_before_the_authorisation() -> None:
    given(*WITH_CLUE).when(visit()).then(refused("step.too-early", "visit", "sign-authorisation dismiss-clue"))


def test_the_comparison_may_run_before_the_visit() -> None:
    story = given(*AUTHORISED).when(compare())
    assert ["deadline-met", "step-completed"] == kinds(*story.happened)
    assert {"authorisation", "comparison"} == done(story)


def test_the_review_waits_for_visit_and_comparison() -> None:
    given(*AUTHORISED).when(review()).then(refused("step.too-early", "review", "record-verification record-comparison"))
    given(*VISITED).when(review()).then(refused("step.too-early", "review", "record-comparison"))
    assert ["deadline-met", "step-completed"] == kinds(*given(*COMPARED).when(review()).happened)


def test_a_review_says_how_the_vote_went_and_nobody_s_name() -> None:
    (completed,) = [event for event in given(*COMPARED).when(review()).happened if isinstance(event, did.StepCompleted)]
    assert (did.Tally(attendees=12, in_favour=11, against=1), "review") == (completed.tally, completed.findings_sha256)


def test_a_notice_hangs_for_five_days_and_is_then_closed() -> None:
    until = date(2021, 1, 12)
    given(*REVIEWED).when(post(on=JANUARY[7])).then(NoticePosted(case=CASE, by="village:wu", until=until, type="marginal"))
    given(*POSTED).when(take_down(on=until)).then(refused("notice.too-early", "close", "raise-objection", until=until))
    assert ["step-completed"] == kinds(*given(*POSTED).when(take_down(on=JANUARY[13])).happened)


def test_a_notice_comes_down_the_day_after_its_last_and_is_closed_by_a_named_person() -> None:
    given(*POSTED).when(morning(JANUARY[12])).then()
    down = given(*POSTED).when(morning(JANUARY[13]))
    down.then(NoticeEnded(case=CASE))
    down.when(morning(JANUARY[14])).then()
    assert ["step-completed"] == kinds(*down.when(take_down(on=JANUARY[14])).happened)
    given(*NOTICED).when(morning(JANUARY[13])).then()


def test_a_notice_that_was_posted_again_comes_down_again() -> None:
    again = told(
        morning(JANUARY[13]),
        take_down(on=JANUARY[13]),
        township("returned", on=JANUARY[14], return_to="review"),
        review(on=JANUARY[14], name="again"),
        post(on=JANUARY[14]),
        after=POSTED,
    )
    given(*again).when(morning(JANUARY[19])).then()
    assert "notice-ended" in kinds(*given(*again).when(morning(JANUARY[20])).happened)


def test_a_notice_is_posted_once() -> None:
    given(*POSTED).when(post()).then(refused("step.already-done", "post", "close-notice"))
    given(*NOTICED).when(post()).then(refused("step.already-done", "post", "decide-at-township"))


def test_nothing_is_decided_while_the_notice_hangs() -> None:
    given(*POSTED).when(township()).then(refused("step.too-early", "township", "close-notice"))
    given(*POSTED).when(county()).then(refused("step.too-early", "decision", "close-notice"))


def test_the_county_takes_nobody_in_without_the_township() -> None:
    given(*NOTICED).when(county()).then(refused("step.too-early", "decision", "decide-at-township"))


def test_the_county_takes_in_who_went_through_every_step() -> None:
    happened = given(*AT_COUNTY).when(county(on=JANUARY[15])).happened
    assert ["deadline-met", "household-enrolled", "minimum-started", "deadline-started", "deadline-started"] == kinds(*happened)
    enrolled = happened[1]
    assert isinstance(enrolled, did.HouseholdEnrolled)
    assert ("marginal", "example-national-2021", "officer:zhou") == (enrolled.type, enrolled.pack, enrolled.by)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        pytest.param(COMPARED, visit("rejected"), "verification.rejected", id="a visit"),
        pytest.param(AUTHORISED, compare("rejected"), "comparison.rejected", id="the comparison"),
        pytest.param(COMPARED, review("rejected"), "review.rejected", id="the review"),
        pytest.param(NOTICED, township("rejected"), "township.rejected", id="the township"),
        pytest.param(AT_COUNTY, county("rejected"), "county.rejected", id="the county"),
    ],
)
def test_every_judgement_may_reject_with_its_reason(history: History, command: any_command.AnyCommand, code: str) -> None:
    happened = given(*history).when(command).happened
    (rejected,) = [event for event in happened if isinstance(event, did.EnrollmentRejected)]
    assert (CASE, code, command.by) == (rejected.case, rejected.reason_code, rejected.by)
    assert "deadline-started" not in kinds(*happened)


@pytest.mark.parametrize(
    ("history", "command", "step", "undone"),
    [
        pytest.param(COMPARED, review("returned"), "comparison", ("comparison",), id="a review to the step before it"),
        pytest.param(
            AT_COUNTY,
            county("returned", return_to="review"),
            "review",
            ("review", "notice", "township"),
            id="the county to a step that it names and all after it",
        ),
        pytest.param(NOTICED, township("returned"), "notice", ("notice",), id="the township to the notice"),
        pytest.param(
            NOTICED,
            township("returned", return_to="authorisation"),
            "authorisation",
            ("authorisation", "verification", "comparison", "review", "notice"),
            id="the township to the very beginning",
        ),
    ],
)
def test_a_case_goes_back_to_a_step_and_all_that_waited_for_it(
    history: History, command: any_command.AnyCommand, step: str, undone: tuple[str, ...]
) -> None:
    story = given(*history).when(command)
    (back,) = [event for event in story.happened if isinstance(event, did.StepReturned)]
    assert (step, undone, command.by) == (back.step, back.undone, command.by)
    assert done(story).isdisjoint(undone)
    story.when(command).then()


@pytest.mark.parametrize("other", [{"by": "village:zhao"}, {"text_sha256": "other minutes"}])
def test_another_review_that_sends_back_counts_though_its_sender_used_the_same_id(other: dict[str, str]) -> None:
    story = given(*COMPARED).when(review("returned"), compare(), review(name="once more"))
    story.when(review("returned")).then()
    again = story.when(review("returned", **other)).happened
    assert [("review", ("review",))] == [(e.step, e.undone) for e in again if isinstance(e, did.StepReturned)]


def test_a_case_goes_back_to_no_step_that_was_not_done() -> None:
    given(*COMPARED).when(review("returned", return_to="township")).then(refused("return.not-done", "review", "record-review"))


def test_what_was_sent_back_is_due_again() -> None:
    happened = given(*NOTICED).when(township("returned", on=JANUARY[14], return_to="review")).happened
    assert DeadlineStarted(kind="review", due=JANUARY[19]) == happened[-1]


def test_roles_are_the_policy_pack_s() -> None:
    given(*NOTICED).when(township(by="visitor:li")).then(refused("actor.wrong-role", "township", supported="town"))
    given(*AT_COUNTY).when(county(by="clerk:zhou")).then(refused("actor.wrong-role", "decision", supported="officer"))
    given(*AT_COUNTY).when(county(by="")).then(refused("decision.unnamed", "decision"))
    given(*WITH_CLUE).when(authorise(by="")).then(refused("actor.unnamed", "authorisation"))


def test_an_objection_reopens_the_review_and_stops_the_clock() -> None:
    story = given(*POSTED).when(disagree(on=JANUARY[8]))
    raised, back, paused, review_again = story.happened
    assert ObjectionRaised(case=CASE, by="villager:qian", grounds_sha256="objection") == raised
    assert isinstance(back, did.StepReturned)
    assert ("review", ("review", "notice"), "objection.raised") == (back.step, back.undone, back.reason_code)
    assert DeadlinePaused(kind="whole-entry", left=12) == paused
    assert DeadlineStarted(kind="review", due=JANUARY[13]) == review_again


def test_the_review_that_answers_an_objection_starts_the_clock_again() -> None:
    story = given(*POSTED).when(disagree(on=JANUARY[8]), review(on=JANUARY[12], name="second review"))
    met, completed, resumed = story.happened
    assert DeadlineMet(kind="review") == met
    assert isinstance(completed, did.StepCompleted)
    assert DeadlineResumed(kind="whole-entry", due=JANUARY[24]) == resumed


def test_a_review_may_agree_with_an_objection() -> None:
    happened = given(*POSTED).when(disagree(on=JANUARY[8]), review("rejected", on=JANUARY[12], name="second")).happened
    assert ["deadline-met", "deadline-met", "enrollment-rejected"] == kinds(*happened)


def test_nobody_objects_to_a_notice_that_does_not_hang() -> None:
    given(*REVIEWED).when(disagree()).then(refused("state.does-not-fit", "objection", "post-notice"))
    given(*NOTICED).when(disagree()).then(refused("state.does-not-fit", "objection", "decide-at-township"))


def test_nobody_objects_to_a_notice_that_came_down() -> None:
    ended = refused("notice.ended", "objection", "close-notice")
    given(*POSTED).when(morning(JANUARY[13]), disagree(on=JANUARY[13])).then(ended)
    assert "objection-raised" in kinds(*given(*POSTED).when(disagree(on=JANUARY[12])).happened)


@pytest.mark.parametrize(("in_favour", "against", "passes"), [(0, 0, False), (5, 6, False), (6, 6, False), (7, 5, True)])
def test_a_review_passes_when_more_were_in_favour_than_against(in_favour: int, against: int, *, passes: bool) -> None:
    story = given(*COMPARED).when(review(in_favour=in_favour, against=against))
    if passes:
        assert ["deadline-met", "step-completed"] == kinds(*story.happened)
    else:
        story.then(refused("review.not-carried", "review", "record-review"))


@pytest.mark.parametrize(("outcome", "in_favour", "against"), [("approved", 7, 6), ("rejected", 6, 7), ("returned", 13, 0)])
def test_no_more_may_have_voted_than_were_there(outcome: str, in_favour: int, against: int) -> None:
    """Twelve were; who is not counted among them has no vote."""
    too_many = given(*COMPARED).when(review(outcome, in_favour=in_favour, against=against))
    too_many.then(refused("review.too-many-votes", "review", "record-review"))


def test_a_review_that_was_carried_turns_nobody_down() -> None:
    given(*COMPARED).when(review("rejected", in_favour=7, against=5)).then(refused("review.carried", "review", "record-review"))


def test_a_review_that_did_not_pass_is_kept_with_its_votes() -> None:
    *_, rejected = given(*COMPARED).when(review("rejected", in_favour=5, against=6)).happened
    assert isinstance(rejected, did.EnrollmentRejected)
    assert rejected.tally is not None
    assert (5, 6) == (rejected.tally.in_favour, rejected.tally.against)
    back = given(*COMPARED).when(review("returned", in_favour=5, against=6)).happened
    assert [rejected.tally] == [event.tally for event in back if isinstance(event, did.StepReturned)]


@pytest.mark.parametrize("outcome", ["rejected", "returned"])
def test_a_review_that_does_not_pass_may_have_any_tally(outcome: str) -> None:
    assert "command-refused" not in kinds(*given(*COMPARED).when(review(outcome, in_favour=5, against=6)).happened)


def test_help_may_come_first_and_the_procedure_goes_on() -> None:
    started = EmergencyHelpStarted(case=uuid5(CLUE, "case"), by="clerk", reason_sha256="emergency")
    story = given(*WITH_CLUE).when(rescue())
    story.then(started)
    story.when(rescue()).then(refused("emergency.already-started", "emergency", "sign-authorisation dismiss-clue"))
    story.when(authorise(), rescue()).then(
        refused("emergency.already-started", "emergency", "record-verification record-comparison")
    )  # fmt: skip


def test_a_clue_is_dropped_by_a_visit_or_a_withdrawal() -> None:
    closed = given(*WITH_CLUE).when(withdraw()).happened
    assert ["deadline-dropped", "deadline-dropped", "clue-closed"] == kinds(*closed)
    assert "clue-closed" in kinds(*given(*WITH_CLUE).when(dismiss(by="visitor:li")).happened)


@pytest.mark.parametrize("history", [AUTHORISED, VISITED, REVIEWED, POSTED, AT_COUNTY])
def test_a_case_may_be_withdrawn_at_any_step(history: History) -> None:
    story = given(*history).when(withdraw())
    assert CaseEnded(case=CASE, episode=1, reason="withdrawn", by="clerk", reason_sha256="withdrawal") == story.happened[-1]
    assert isinstance(story.state, Household)
    assert {} == story.state.deadlines
    story.when(withdraw()).then(refused("state.does-not-fit", "withdrawal"))


def test_an_enrolment_by_concealed_facts_is_voided() -> None:
    story = given(*HELPED).when(void())
    story.then(
        dropped("income-staleness", date(2022, 1, 15), "voided"),
        CaseEnded(case=CASE, episode=1, reason="voided", by="officer:zhou", reason_sha256="voiding"),
    )
    story.when(void()).then(refused("state.does-not-fit", "voiding"))


def test_a_voided_household_waits_for_no_measure() -> None:
    assert ["deadline-dropped", "deadline-dropped", "case-ended"] == kinds(*given(*ENROLLED).when(void(on=JANUARY[20])).happened)


def test_the_county_may_choose_another_type_of_the_pack_than_the_first_that_fits() -> None:
    happened = given(*AT_COUNTY).when(county(on=JANUARY[15], type="sudden-difficulty")).happened
    assert ["sudden-difficulty"] == [event.type for event in happened if isinstance(event, did.HouseholdEnrolled)]
