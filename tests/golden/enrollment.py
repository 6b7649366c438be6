"""What enrollment's golden states say, written by hand."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from services.enrollment.domain import events as did
from services.enrollment.domain.case import procedure_events as did_case
from services.enrollment.domain.case.procedure_events import CaseEnded
from services.enrollment.domain.clocks import deadline_events as did_time
from services.enrollment.domain.clocks.deadline_events import DeadlineBreached, DeadlineMet, DeadlineStarted
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.commands import Labour, Member
from services.enrollment.domain.discovery.discovery_events import (
    ApplicationReceived,
    CaseJoined,
    ClueJoined,
    ClueSourceEnded,
    ScreeningReported,
)
from services.enrollment.domain.erasure.custody_events import DataRead, ErasureRequested, PersonErased
from services.enrollment.domain.fact import Fact, Income
from services.enrollment.domain.judging.layer_events import BenefitConflictDetected, BenefitConflictEnded, Held
from services.enrollment.domain.members import change_events as changed
from services.enrollment.domain.members.change import Due
from services.enrollment.domain.members.person_events import PersonsMerged, PersonsUnmerged
from services.enrollment.domain.pack.explanations import Criterion
from services.enrollment.domain.pack.lines import Assignment, Basis, Line
from services.enrollment.domain.reporting.feed_events import FeedCompared, FeedDelivered, FeedFollowed, SourceOverdue
from services.enrollment.domain.reporting.referral_answers import ReferralAnswered

HOUSEHOLD, HEAD, SON = UUID("018f0000-0000-7000-8000-000000000001"), UUID(int=11), UUID(int=12)
NEIGHBOURS: Final = UUID("018f0000-0000-7000-8000-000000000002")
CLUE, CASE, FACT, MEASURE = UUID(int=21), UUID(int=22), UUID(int=23), UUID(int=24)
APPEAL, DECISION = UUID(int=28), UUID(int=29)
ERASED: Final = UUID("018f0000-0000-7000-8000-000000000011")
SHA: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
STAY: Final = Fact(
    id=FACT,
    source="/yiyuan/medical-insurance",
    reference="2021-01-000017",
    name="medical-expense-reported",
    person=HEAD,
    series="inpatient",
    signal="inpatient",
    period="2021-01",
    time=datetime(2021, 1, 5, 1, 30, 0, 5, tzinfo=UTC),
    valid_on=date(2021, 1, 4),
    amount_fen=2_350_000,
    present=True,
)
GRADED: Final = Fact(
    id=UUID(int=27),
    source="/370323/housing",
    reference="H-7",
    name="house-graded",
    person=HEAD,
    series="house",
    signal="house",
    time=datetime(2021, 1, 5, 1, 30, 0, 5, tzinfo=UTC),
    valid_on=date(2021, 1, 4),
    present=True,
    department="housing",
    kind="D",
    village_code="370323001001",
)
LEFT_OUT: Final = Fact(
    id=UUID(int=31),
    source="/370323/civil-affairs",
    reference="B-9",
    name="benefit-changed",
    person=HEAD,
    series="benefit:margin-support",
    signal="benefit-stopped",
    time=datetime(2020, 12, 20, 4, 0, 0, 1, tzinfo=UTC),
    valid_on=date(2021, 1, 1),
    amount_fen=0,
    present=True,
    kind="margin-support",
    heard=datetime(2021, 1, 9, 4, tzinfo=UTC),
)
INCOME: Final = Income(
    window_from=date(2020, 1, 1),
    window_to=date(2020, 12, 31),
    wage_fen=1_200_000,
    business_fen=300_000,
    business_cost_fen=350_000,
    property_fen=1,
    transfer_fen=2,
    payouts_fen=3,
    within_policy_out_of_pocket_fen=4,
)
DECLARED: Final = Fact(
    id=UUID(int=25),
    source="/民政",
    reference="张-7",
    name="income-declared",
    person=None,
    series="income",
    time=datetime(2021, 1, 5, tzinfo=UTC),
    valid_on=date(2021, 1, 4),
    income=INCOME,
)
EVALUATION: Final = did.Evaluation(
    outcome="unknown",
    line_fen=600_000,
    criteria=(
        Criterion(id="income-below-line", result="true", value=1_149_999, threshold=1_200_000),
        Criterion(id="risk", result="true", facts=(FACT,)),
        Criterion(id="housing", result="unknown"),
    ),
)
BASIS: Final = Basis("example-pilot", SHA, Line("370323", date(2021, 1, 1), 600_000))
VISITED: Final = did.StepCompleted(
    case=CASE,
    step="verification",
    by="visitor-li",
    at=datetime(2021, 1, 6, 2, 30, 0, 123456, tzinfo=UTC),
    income=INCOME,
    unmet=("housing", "water"),
    findings_sha256=SHA,
    evaluation=EVALUATION,
)
EXPECTED: Final[dict[str, Event]] = {
    "household-registered": did.HouseholdRegistered(
        household=HOUSEHOLD,
        village_code="370323001001",
        category="lifted_not_receiving",
        members=(Member(person=HEAD, relation="head", labour_capacity="partial"), Member(person=SON, relation="son")),
    ),
    "data-read": DataRead(what=str(ERASED), purpose="notices print"),
    "erasure-requested": ErasureRequested(person=ERASED, by="officer:zhou", reason_sha256=SHA),
    "person-erased": PersonErased(person=ERASED, by="officer:wu", requested_by="officer:zhou"),
    "person-erased.v1-with-also": PersonErased(person=ERASED, by="officer:wu", requested_by="officer:zhou", also=(HEAD,)),
    "fact-recorded": did.FactRecorded(fact=STAY),
    "fact-recorded.v1-that-settles": did.FactRecorded(fact=STAY, settles="village"),
    "fact-recorded.v1-by-a-list": did.FactRecorded(fact=LEFT_OUT),
    "fact-unmatched": did.FactUnmatched(fact=DECLARED),
    "fact-withdrawn": did.FactWithdrawn(fact=FACT, source="/yiyuan/medical-insurance", reference="2021-01-000017"),
    "fact-withdrawn.v1-with-reason": did.FactWithdrawn(
        fact=FACT, source="/yiyuan/medical-insurance", reference="2021-01-000017", reason_sha256=SHA
    ),
    "clue-raised": did.ClueRaised(clue=CLUE, risk="illness", fact=STAY, due=date(2021, 1, 7), answered=(UUID(int=26),)),
    "clue-raised.v1-by-a-line": did.ClueRaised(
        clue=CLUE, risk="illness", fact=STAY, due=date(2021, 1, 7), answered=(UUID(int=26),), line=Line("370323", date(2021, 3, 1), 700_000)
    ),
    "clue-raised.v1-with-claimed": did.ClueRaised(clue=CLUE, risk="housing", fact=STAY, due=date(2021, 1, 7), claimed=("housing",)),
    "clue-raised.v1-by-a-pack": did.ClueRaised(
        clue=CLUE,
        risk="illness",
        fact=STAY,
        due=date(2021, 1, 7),
        assignment=Assignment("370323", date(2021, 3, 1), "example-national-2021"),
    ),
    "clue-joined": ClueJoined(clue=CLUE, risk="housing", fact=GRADED),
    "clue-joined.v1-with-claimed": ClueJoined(clue=CLUE, risk="housing", fact=GRADED, claimed=("housing", "illness")),
    "case-joined": CaseJoined(case=CASE, risk="housing", fact=GRADED, claimed=("housing",)),
    "clue-source-ended": ClueSourceEnded(clue=CLUE, risk="illness", fact=STAY),
    "application-received": ApplicationReceived(
        application=UUID(int=28), applicant=HEAD, by="clerk-wang", risks=("illness", "other"), difficulty_sha256=SHA
    ),
    "screening-reported.v1-with-message": ScreeningReported(
        screening=UUID(int=29), by="grid-worker-li", risks=("housing",), findings_sha256="", source="/assistance", reference="finding-7"
    ),
    "screening-reported": ScreeningReported(screening=UUID(int=29), by="grid-worker-li", risks=("housing",), findings_sha256=SHA),
    "feed-followed": FeedFollowed(department="medical-insurance", since=date(2021, 1, 3)),
    "feed-delivered": FeedDelivered(
        department="medical-insurance",
        period="2020-12",
        count=317,
        full=False,
        at=datetime(2021, 1, 5, 1, 30, 0, 5, tzinfo=UTC),
        reference="F-2020-12",
        settles="2020-12",
        was_overdue=True,
    ),
    "feed-compared": FeedCompared(department="medical-insurance", period="2020-12", count=317, received=316),
    "source-overdue": SourceOverdue(department="education", period="2021-04", due=date(2021, 4, 30)),
    "referral-answered": ReferralAnswered(
        referral=UUID(int=33),
        department="medical-insurance",
        outcome="declined",
        reason_sha256=SHA,
        at=datetime(2021, 1, 5, 1, 30, 0, 5, tzinfo=UTC),
        reference="R-7",
    ),
    "clue-closed": did.ClueClosed(clue=CLUE, reason="dismissed", reason_sha256=SHA),
    "case-opened": did.CaseOpened(case=CASE, episode=1, pack="example-pilot"),
    "case-opened.v1-with-basis": did.CaseOpened(case=CASE, episode=1, pack="example-pilot", basis=BASIS),
    "step-completed": VISITED,
    "step-completed.v1-with-visit": replace(VISITED, visit=UUID(int=33)),
    "step-completed.v1-with-labour": replace(VISITED, visit=UUID(int=33), labour=(Labour(person=SON, capacity="none"),)),
    "step-returned": did.StepReturned(case=CASE, step="exit", reason_code="guarantee.unmet"),
    "step-returned.v1-with-tally": did.StepReturned(
        case=CASE, step="exit", reason_code="review.rejected", by="village:wu", reason_sha256=SHA, command="m-7", tally=did.Tally(12, 5, 7)
    ),
    "step-returned.v1-with-evaluation": did.StepReturned(
        case=CASE, step="exit", reason_code="evaluation.unknown", evaluation=replace(EVALUATION, basis=BASIS)
    ),
    "household-enrolled": did.HouseholdEnrolled(
        case=CASE,
        episode=1,
        type="immediate_assistance",
        risks=("illness", "housing"),
        pack="example-pilot",
        reason_sha256=SHA,
        evaluation=EVALUATION,
    ),
    "household-enrolled.v1-with-home": did.HouseholdEnrolled(
        case=CASE,
        episode=1,
        type="immediate_assistance",
        risks=("illness", "housing"),
        pack="example-pilot",
        reason_sha256=SHA,
        evaluation=EVALUATION,
        village_code="370323002001",
        category="lifted_receiving",
    ),
    "enrollment-rejected": did.EnrollmentRejected(case=CASE, reason_code="not-below-line", reason_sha256=SHA, evaluation=EVALUATION),
    "enrollment-rejected.v1-with-tally": did.EnrollmentRejected(
        case=CASE, reason_code="review.rejected", reason_sha256=SHA, evaluation=EVALUATION, by="village:wu", tally=did.Tally(12, 5, 7)
    ),
    "household-reevaluated": did.HouseholdReevaluated(case=CASE, episode=1, evaluation=replace(EVALUATION, basis=BASIS)),
    "line-published": did.LinePublished(line=Line("370323", date(2021, 3, 1), 640_000), takes_effect=date(2021, 3, 1), document_sha256=SHA),
    "pack-published": did.PackPublished(
        assignment=Assignment("370323109", date(2021, 3, 1), "example-national-2021"), pack_sha256=SHA, document_sha256=SHA
    ),
    "risk-added": did.RiskAdded(risk="housing"),
    "risk-resolved": did.RiskResolved(risk="illness"),
    "measure-begun": did.MeasureBegun(measure=MEASURE),
    "measure-counted": did.MeasureCounted(measure=MEASURE),
    "exit-proposed": did.ExitProposed(case=CASE, episode=1, method="help", due=date(2021, 3, 1), evaluation=EVALUATION),
    "exit-proposed.v1-with-basis": did.ExitProposed(
        case=CASE, episode=1, method="help", due=date(2021, 3, 1), evaluation=replace(EVALUATION, basis=BASIS)
    ),
    "exit-proposed.v1-with-day": did.ExitProposed(
        case=CASE, episode=1, method="natural", due=date(2021, 3, 1), evaluation=EVALUATION, by="town:sun", on=date(2021, 2, 24)
    ),
    "household-exited": did.HouseholdExited(case=CASE, episode=2, method="natural", reason_sha256=SHA),
    "household-exited.v1-with-basis": did.HouseholdExited(case=CASE, episode=2, method="natural", reason_sha256=SHA, basis=BASIS),
    "household-exited.v1-with-evaluation": did.HouseholdExited(
        case=CASE, episode=2, method="help", reason_sha256=SHA, basis=BASIS, by="officer:zhou", evaluation=replace(EVALUATION, basis=BASIS)
    ),
    "case-ended": CaseEnded(case=CASE, episode=1, reason="voided", by="officer:county", reason_sha256=SHA),
    "case-reopened": did_case.CaseReopened(case=CASE, episode=2, undone=("review", "notice")),
    "notice-posted": did_case.NoticePosted(case=CASE, by="village:wu", until=date(2021, 1, 12)),
    "notice-posted.v1-with-type": did_case.NoticePosted(case=CASE, by="village:wu", until=date(2021, 1, 12), type="marginal"),
    "notice-ended": did_case.NoticeEnded(case=CASE),
    "objection-raised": did_case.ObjectionRaised(case=CASE, by="villager:qian", grounds_sha256=SHA),
    "emergency-help-started": did_case.EmergencyHelpStarted(case=CASE, by="town:sun", reason_sha256=SHA),
    "appeal-filed": did_case.AppealFiled(appeal=APPEAL, decision=DECISION, by="clerk", grounds_sha256=SHA),
    "appeal-filed.v1-with-decider": did_case.AppealFiled(
        appeal=APPEAL, decision=DECISION, by="clerk", grounds_sha256=SHA, decided_by="officer:zhou"
    ),
    "appeal-filed.v1-with-case": did_case.AppealFiled(
        appeal=APPEAL, decision=DECISION, by="clerk", grounds_sha256=SHA, decided_by="officer:zhou", case=CASE
    ),
    "appeal-decided": did_case.AppealDecided(appeal=APPEAL, outcome="rejected", by="officer:wang", reason_sha256=SHA),
    "deadline-paused": did_time.DeadlinePaused(kind="whole-entry", left=7),
    "deadline-resumed": did_time.DeadlineResumed(kind="whole-entry", due=date(2031, 1, 20), unknown_years=(2031,)),
    "day-told": DayTold(day=date(2021, 1, 5)),
    "deadline-dropped": did_time.DeadlineDropped(kind="verify", due=date(2021, 1, 8), on=date(2021, 1, 6), reason="facts-corrected"),
    "deadline-escalated": did_time.DeadlineEscalated(kind="whole-entry", level=1, to="township", until=date(2021, 1, 25)),
    "escalation-ended": did_time.EscalationEnded(kind="whole-entry"),
    "minimum-started": did_time.MinimumStarted(kind="before-exit", until=date(2021, 7, 15)),
    "minimum-reached": did_time.MinimumReached(kind="before-exit"),
    "minimum-dropped": did_time.MinimumDropped(kind="income-stable"),
    "deadline-started": DeadlineStarted(kind="verify", due=date(2021, 1, 7)),
    "deadline-met": DeadlineMet(kind="verify"),
    "deadline-breached": DeadlineBreached(kind="county-decision", due=date(2021, 1, 20)),
    "members-joined": changed.MembersJoined(
        members=(Member(person=SON, relation="spouse"),), on=date(2021, 1, 4), reason="married", fact=FACT, origin=NEIGHBOURS
    ),
    "members-left": changed.MembersLeft(
        members=(Member(person=SON, relation="son", labour_capacity="full"),),
        on=date(2021, 1, 4),
        reason="split",
        fact=UUID(int=25),
        to=NEIGHBOURS,
        facts=(STAY,),
        village_code="370323001001",
        category="lifted_receiving",
        pending=True,
    ),
    "members-left.v1-with-claimed": changed.MembersLeft(
        members=(Member(person=SON, relation="son", labour_capacity="full"),),
        on=date(2021, 1, 4),
        reason="split",
        fact=UUID(int=25),
        to=NEIGHBOURS,
        pending=True,
        beyond_facts=True,
        claimed=("housing",),
    ),
    "members-left.v1-with-due": changed.MembersLeft(
        members=(Member(person=SON, relation="son"),),
        on=date(2021, 1, 4),
        reason="merged",
        fact=UUID(int=25),
        to=NEIGHBOURS,
        pending=True,
        due=(Due("verify", date(2021, 1, 7)),),
    ),
    "membership-redated": changed.MembershipRedated(
        person=SON, reason="died", on=date(2021, 1, 4), instead_of=date(2021, 1, 2), fact=UUID(int=25)
    ),
    "household-moved.v1-with-category": changed.HouseholdMoved(
        village_code="370323002001", on=date(2021, 1, 4), category="lifted_receiving"
    ),
    "members-joined.v1-with-home": changed.MembersJoined(
        members=(Member(person=SON, relation="spouse"),),
        on=date(2021, 1, 4),
        reason="married",
        fact=FACT,
        village_code="370323002001",
        category="lifted_receiving",
    ),
    "household-moved": changed.HouseholdMoved(village_code="370323002001", on=date(2021, 1, 4)),
    "head-changed": changed.HeadChanged(person=SON, on=date(2021, 1, 4), before=(HEAD,)),
    "household-ended": changed.HouseholdEnded(reason="dissolved", on=date(2021, 1, 4), into=NEIGHBOURS),
    "household-ended.v1-with-pending": changed.HouseholdEnded(reason="died", on=date(2021, 1, 4), pending=True),
    "facts-handed-on": changed.FactsHandedOn(to=NEIGHBOURS, facts=(STAY,)),
    "facts-handed-on.v1-with-risks": changed.FactsHandedOn(to=NEIGHBOURS, facts=(), left=STAY, claimed=("housing",)),
    "fact-doubted": changed.FactDoubted(fact=STAY, reason_code="person.died"),
    "village-unknown": changed.VillageUnknown(village_code="370323001099", reason="abolished", merged_into="370323001001"),
    "village-known": changed.VillageKnown(village_code="370323001001"),
    "benefit-conflict-detected": BenefitConflictDetected(
        person=SON,
        higher=Held("destitute-support", "destitute", UUID(int=31), "/370323/civil-affairs", "B-2021-7"),
        lower=Held("subsistence-allowance", "subsistence-allowance", UUID(int=32), "/民政", "低保-7"),
        end_on=date(2021, 2, 1),
    ),
    "benefit-conflict-ended": BenefitConflictEnded(person=None, higher="destitute-support", lower="subsistence-allowance"),
    "persons-merged": PersonsMerged(
        keep=HEAD,
        duplicate=SON,
        home=HOUSEHOLD,
        on=date(2021, 2, 1),
        by="officer:wang",
        reason_sha256=SHA,
        fact=UUID(int=25),
        facts=(replace(STAY, named=SON),),
    ),
    "persons-unmerged": PersonsUnmerged(
        keep=HEAD,
        duplicate=SON,
        home=HOUSEHOLD,
        on=date(2021, 3, 1),
        back=NEIGHBOURS,
        by="officer:wang",
        reason_sha256=SHA,
        facts=(replace(STAY, person=SON),),
    ),
    "command-refused": did.CommandRefused(command="decide-at-county", reason_code="same-person"),
    "command-refused.v1-with-person": did.CommandRefused(
        command="erase-7", reason_code="erasure.too-early", until=date(2031, 1, 2), person=HEAD
    ),
}
