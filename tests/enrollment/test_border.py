"""The door out: the public message of every stored event, or that it stays private."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

import pytest

from pipeline.decider import Event
from pipeline.facts_lost import FactsLost
from schemas import enrollment as words
from schemas.message import Message
from services.enrollment.domain import events as did
from services.enrollment.domain.case import procedure_events as did_case
from services.enrollment.domain.case.procedure_events import CaseEnded
from services.enrollment.domain.clocks import deadline_events as did_time
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineMet, DeadlineStarted
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.discovery.discovery_events import ApplicationReceived, CaseJoined, ScreeningReported
from services.enrollment.domain.erasure.custody_events import DataRead, ErasureRequested, PersonErased
from services.enrollment.domain.members.change_events import FactsHandedOn
from services.enrollment.domain.pack.lines import Assignment, Line
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, FeedFollowed, SourceOverdue
from services.enrollment.domain.reporting.referral_answers import ReferralAnswered
from services.enrollment.translate import to_message
from tests.enrollment.said_of_persons import DUE, ID, NAMED, OF_PERSONS, OTHER
from tests.enrollment.zhang import (
    CASE,
    CLUE,
    ENROLLED,
    FATHER,
    HOUSEHOLD,
    ILL,
    LEAVING,
    LET_OUT,
    MOTHER,
    OPENED,
    PILOT,
    POOR,
    VILLAGE,
    VISIT,
    joined,
    noon,
    refused,
    seen,
    source_ended,
)
from tests.messages import EVENT_ID, TODAY, recorded

EPISODE: Final = {**ID, "case_id": CASE, "episode": 1}
JUDGED: Final = words.Evaluation(
    outcome="true",
    type="immediate-assistance",
    criteria=(
        words.Criterion(id="risk.present", result="true", value=1, threshold=1, facts=(ILL.id,)),
        words.Criterion(id="income.reference-below-line", result="true", value=300_000, threshold=1_200_000, facts=(VISIT,)),
        words.Criterion(id="guarantees.unmet", result="false", value=0, threshold=1, facts=(VISIT,)),
    ),
)
LINE: Final = words.StandardLine(area="", valid_from=date(2021, 1, 1), fen_per_person=600_000)
BASIS: Final = words.Basis(pack="example-pilot", pack_sha256=PILOT.digest, line=LINE)
APPEAL: Final = "向乡镇（街道）或县巩固衔接办公室申诉。 Appeal to the township or the county office."
FEED: Final = {"department": "health", "feed": "suishi.facts.health.v1", "period": "2020-12"}
NO: Final = did.EnrollmentRejected(case=CASE, reason_code="county.rejected", reason_sha256="why", evaluation=POOR)
CLOSED: Final = did.ClueClosed(clue=CLUE, reason="dismissed", reason_sha256="why")
BACK: Final = did.StepReturned(case=CASE, step="exit", reason_code="facts.hold-again")
SAID: Final[list[tuple[Event, Message | None]]] = [
    (
        ENROLLED[0],
        words.HouseholdRegistered(**ID, village_code=VILLAGE, category="never_registered", member_count=2, person_ids=(FATHER, MOTHER)),
    ),
    (DataRead(what=str(FATHER), purpose="a complaint"), None),
    (ErasureRequested(person=FATHER, by="officer:zhou", reason_sha256="why"), words.ErasureRequested(person_id=FATHER)),
    (PersonErased(person=FATHER, by="officer:wu", requested_by="officer:zhou"), words.PersonErased(person_id=FATHER)),
    (did.FactRecorded(fact=ILL), words.FactRecorded(**ID, person_id=FATHER, **NAMED)),
    (did.FactUnmatched(fact=ILL), words.FactUnmatched(person_id=FATHER, **NAMED, department="health")),
    (did.FactWithdrawn(fact=ILL.id, source="/s", reference="r"), words.FactWithdrawn(fact_source="/s", fact_id="r")),
    (
        did.ClueRaised(clue=CLUE, risk="illness", fact=ILL, due=DUE, answered=(ILL.id,)),
        words.ClueRaised(**ID, clue_id=CLUE, risk="illness", fact_source="/department", fact_id="ill", due=DUE),
    ),
    (
        CLOSED,
        words.ClueClosed(
            **ID,
            clue_id=CLUE,
            reason="dismissed",
            by="clerk",
            reason_code="clue.dismissed",
            text="经核实，所报情况不需要帮扶。 What was reported was looked into and needs no help.",
            remedy="情况变化时可再次申请。 Apply again when circumstances change.",
            appeal=APPEAL,
        ),
    ),
    (did.ClueClosed(clue=CLUE, reason="facts-corrected"), words.ClueClosed(**ID, clue_id=CLUE, reason="facts-corrected")),
    (FeedFollowed(department="health", since=DUE), None),
    (
        FeedDelivered(department="health", period="2020-12", count=7, full=True, at=noon(TODAY), reference="why", was_overdue=True),
        words.FeedDelivered(**FEED, count=7, full=True, was_overdue=True),
    ),
    (FeedCompared(department="health", period="2020-12", count=7, received=6), words.FeedCompared(**FEED, count=7, received=6)),
    (SourceOverdue(department="health", period="2020-12", due=DUE), words.SourceOverdue(**FEED, due=DUE)),
    (
        ReferralAnswered(referral=OTHER, department="health", outcome="declined", reason_sha256="why", at=noon(TODAY), reference="r"),
        words.ReferralAnswered(referral_id=OTHER, department="health", outcome="declined", on=TODAY),
    ),
    (joined(ILL, "illness"), words.ClueJoined(**ID, clue_id=CLUE, risk="illness", fact_source="/department", fact_id="ill")),
    (source_ended(ILL, "illness"), words.ClueSourceEnded(**ID, clue_id=CLUE, risk="illness", fact_source="/department", fact_id="ill")),
    (
        ApplicationReceived(application=UUID(int=8), applicant=FATHER, by="clerk", risks=("other",), difficulty_sha256="why"),
        words.ApplicationReceived(**ID, application_id=UUID(int=8), person_id=FATHER, risks=("other",)),
    ),
    (
        ScreeningReported(screening=UUID(int=9), by="clerk", risks=("housing",), findings_sha256="why"),
        words.ScreeningReported(**ID, screening_id=UUID(int=9), risks=("housing",)),
    ),
    (did.CaseOpened(case=CASE, episode=1, pack="example-pilot"), words.CaseOpened(**EPISODE, pack="example-pilot")),
    (OPENED[2], words.CaseOpened(**EPISODE, pack="example-pilot", basis=BASIS)),
    (seen(CASE, POOR), words.StepCompleted(**ID, case_id=CASE, step="verification", evaluation=JUDGED, basis=BASIS, visit_id=VISIT)),
    (BACK, words.StepReturned(**ID, case_id=CASE, step="exit", reason_code="facts.hold-again")),
    (
        ENROLLED[-1],
        words.HouseholdEnrolled(
            **EPISODE,
            type="immediate-assistance",
            risks=("illness",),
            pack="example-pilot",
            line_fen=600_000,
            decision_event_id=EVENT_ID,
            basis=BASIS,
            village_code=VILLAGE,
            category="never_registered",
        ),
    ),
    (
        NO,
        words.EnrollmentRejected(
            **ID,
            case_id=CASE,
            reason_code="county.rejected",
            text="县级审定未通过。 The county did not approve.",
            remedy="情况变化时可再次申请。 Apply again when circumstances change.",
            appeal=APPEAL,
            basis=BASIS,
        ),
    ),
    (
        did.HouseholdReevaluated(case=CASE, episode=1, evaluation=POOR),
        words.HouseholdReevaluated(**EPISODE, evaluation=JUDGED, basis=BASIS),
    ),
    (
        did.LinePublished(line=Line("370323", DUE, 640_000), takes_effect=DUE, document_sha256="text"),
        words.LinePublished(area="370323", valid_from=DUE, fen_per_person_year=640_000, takes_effect=DUE, document_sha256="text"),
    ),
    (
        did.PackPublished(assignment=Assignment("370323", DUE, "example-pilot"), pack_sha256="pack", document_sha256="text"),
        words.PackPublished(area="370323", valid_from=DUE, pack="example-pilot", pack_sha256="pack", document_sha256="text"),
    ),
    (did.RiskAdded(risk="housing"), words.RiskAdded(**ID, risk="housing")),
    (did.RiskResolved(risk="housing"), words.RiskResolved(**ID, risk="housing")),
    (did.MeasureBegun(measure=UUID(int=7)), None),
    (did.MeasureCounted(measure=UUID(int=7)), None),
    (LEAVING[-2], words.ExitProposed(**EPISODE, method="help", due=date(2021, 1, 10), basis=BASIS)),
    (did.HouseholdExited(case=CASE, episode=1, method="help", reason_sha256="why"), words.HouseholdExited(**EPISODE, method="help")),
    (LET_OUT[1], words.HouseholdExited(**EPISODE, method="help", basis=BASIS)),
    (CaseEnded(case=CASE, episode=1, reason="voided", reason_sha256="why"), words.CaseEnded(**EPISODE, reason="voided")),
    (did_case.CaseReopened(case=CASE, episode=1, undone=("review",)), words.CaseReopened(**EPISODE, undone=("review",))),
    (did_case.NoticePosted(case=CASE, by="who", until=DUE), words.NoticePosted(**ID, case_id=CASE, until=DUE)),
    (did_case.NoticeEnded(case=CASE), words.NoticeEnded(**ID, case_id=CASE)),
    (did_case.ObjectionRaised(case=CASE, by="who", grounds_sha256="why"), words.ObjectionRaised(**ID, case_id=CASE)),
    (did_case.EmergencyHelpStarted(case=CASE, by="who", reason_sha256="why"), words.EmergencyHelpStarted(**ID, case_id=CASE)),
    (
        did_case.AppealFiled(appeal=CLUE, decision=EVENT_ID, by="who", grounds_sha256="why"),
        words.AppealFiled(**ID, appeal_id=CLUE, decision_event_id=EVENT_ID),
    ),
    (
        did_case.AppealDecided(appeal=CLUE, outcome="approved", by="who", reason_sha256="why"),
        words.AppealDecided(**ID, appeal_id=CLUE, outcome="approved"),
    ),
    (did_time.DeadlinePaused(kind="verify", left=3), words.DeadlinePaused(**ID, kind="verify", left=3)),
    (
        did_time.DeadlineResumed(kind="verify", due=DUE, unknown_years=(2031,)),
        words.DeadlineResumed(**ID, kind="verify", due=DUE, unknown_years=(2031,)),
    ),
    (
        did_time.DeadlineEscalated(kind="verify", level=1, to="township", until=DUE),
        words.DeadlineEscalated(**ID, kind="verify", level=1, to="township", until=DUE),
    ),
    (did_time.EscalationEnded(kind="verify"), words.EscalationEnded(**ID, kind="verify")),
    (DayTold(day=DUE), None),
    (FactsHandedOn(to=OTHER, facts=(ILL,)), None),
    (CaseJoined(case=CASE, risk="illness", fact=ILL), None),
    (did_time.MinimumStarted(kind="before-exit", until=DUE), None),
    (did_time.MinimumReached(kind="before-exit"), None),
    (did_time.MinimumDropped(kind="income-stable"), None),
    (DeadlineStarted(kind="verify", due=DUE), words.DeadlineStarted(**ID, kind="verify", due=DUE)),
    (DeadlineMet(kind="verify"), words.DeadlineMet(**ID, kind="verify")),
    (
        did_time.DeadlineDropped(kind="review", due=None, on=date(2021, 1, 6), reason="withdrawn"),
        words.DeadlineDropped(**ID, kind="review", on=date(2021, 1, 6), reason="withdrawn"),
    ),
    (DeadlineBreached(kind="verify", due=DUE), words.DeadlineBreached(**ID, kind="verify", due=DUE)),
    (
        refused("evaluation.false"),
        words.CommandRefused(
            **ID,
            command_id="message",
            reason_code="evaluation.false",
            text="按现有事实不符合纳入条件。 By the facts known the household does not qualify.",
            remedy="请核对事实，或驳回。 Check the facts or reject. 再发须用新的消息编号（id）。 Send it again under a new message id.",
            appeal=APPEAL,
        ),
    ),
    *OF_PERSONS,
    (
        FactsLost(topic="facts", partition=3, from_offset=5, to_offset=9),
        words.FactsLost(topic="facts", partition=3, from_offset=5, to_offset=9),
    ),
]


@pytest.mark.parametrize(("event", "expected"), SAID, ids=lambda one: getattr(one, "TOPIC", ""))
def test_an_event_becomes_its_public_message(event: Event, expected: Message | None) -> None:
    told = to_message(recorded(event, HOUSEHOLD))
    assert expected == (told.data if told is not None else None)


def test_a_message_goes_by_the_household_it_is_about() -> None:
    told = to_message(recorded(ENROLLED[0], HOUSEHOLD))
    assert told is not None
    assert told.key == HOUSEHOLD


def test_no_event_is_forgotten() -> None:
    assert {*did.AnyEvent.__args__, FactsLost} == {type(event) for event, _ in SAID}


def test_digests_of_texts_stay_inside() -> None:
    public = [told.data.model_dump_json() for event, _ in SAID if (told := to_message(recorded(event, HOUSEHOLD))) is not None]
    assert [message for message in public if "why" in message or "findings" in message] == []
