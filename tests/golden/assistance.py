"""What assistance's golden states say, written by hand."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from pipeline.decider import Event
from services.assistance.domain import events as did
from services.assistance.domain.care import care_events as care
from services.assistance.domain.care import merge_events as merge
from services.assistance.domain.referrals.referral import UnmatchedAnswer
from services.assistance.domain.referrals.referral_events import ReferralAnswered, ReferralOverdue, ReferralSent
from services.assistance.domain.told_days import DayTold
from services.assistance.domain.visits.visit_events import Finding

PLAN, BASE, MEASURE, CADRE, REFERRAL = UUID(int=31), UUID(int=32), UUID(int=33), UUID(int=34), UUID(int=36)
SHA: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PERSON, HOUSEHOLD, ANNA, BEN, VISIT = UUID(int=41), UUID(int=42), UUID(int=43), UUID(int=44), UUID(int=45)
ABOUT: Final[dict[str, Any]] = {"person": PERSON, "household": HOUSEHOLD}
WEEK: Final[dict[str, Any]] = {**ABOUT, "week": date(2021, 1, 4), "required": 3, "tasks_done": 1, "tasks_required": 3}
CARRIED: Final = merge.Carried(
    household=HOUSEHOLD,
    category="severe_illness",
    plans=(
        care.CarePlanSet(
            **ABOUT,
            care_dependency="full",
            from_day=date(2021, 1, 4),
            counts_from=date(2021, 1, 4),
            required=7,
            kept_weeks=12,
            caregivers=(care.Caregiver(ANNA, date(2021, 1, 4)),),
        ),
    ),
    absences=(care.CaregiverAbsent(**ABOUT, caregiver=ANNA, from_day=date(2021, 3, 2), to_day=date(2021, 3, 3), covered=False),),
    visits=(merge.CarriedVisit(VISIT, date(2021, 3, 1), ("laundry",), ANNA),),
    missed=(date(2021, 3, 1),),
    gaps=(care.Gap(date(2021, 2, 1), date(2021, 2, 8)),),
    began=date(2021, 1, 4),
    judged=date(2021, 3, 1),
    ended=date(2021, 3, 8),
    ended_by="died",
)
EXPECTED: Final[dict[str, Event]] = {
    "cadre-assigned": did.CadreAssigned(cadre=CADRE, from_day=date(2021, 1, 1)),
    "plan-opened": did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(MEASURE,)),
    "measure-proposed": did.MeasureProposed(
        measure=MEASURE,
        plan=PLAN,
        kind="health",
        department="health",
        answers=("illness",),
        base=False,
        due=date(2021, 1, 16),
    ),
    "plan-opened.v1-with-before": did.PlanOpened(plan=PLAN, episode=2, base=BASE, measures=(), before=UUID(int=35)),
    "measure-proposed.v1-with-amount": did.MeasureProposed(
        measure=MEASURE,
        plan=PLAN,
        kind="finance",
        department="civil-affairs",
        answers=("illness",),
        base=False,
        due=date(2021, 1, 16),
        amount_fen=5_000_000,
        from_day=date(2021, 2, 1),
        to_day=date(2022, 1, 31),
    ),
    "plan-opened.v1-with-more-bases": did.PlanOpened(plan=PLAN, episode=1, base=BASE, measures=(), more_bases=(UUID(int=35),)),
    "measure-proposed.v1-with-owner": did.MeasureProposed(
        measure=BASE,
        plan=PLAN,
        kind="subsistence_security",
        department="civil-affairs",
        answers=(),
        base=True,
        due=date(2021, 1, 16),
        owner="town-officer",
    ),
    "measure-overdue": did.MeasureOverdue(measure=MEASURE, kind="health", department="health", due=date(2021, 1, 16)),
    "plan-revised": did.PlanRevised(plan=PLAN, risk="illness", on=date(2021, 2, 1), open=False),
    "referral-sent": ReferralSent(
        referral=REFERRAL, measure=MEASURE, department="medical-insurance", kind="health", answers=("illness",), due=date(2021, 1, 10)
    ),
    "referral-answered": ReferralAnswered(
        referral=REFERRAL, measure=MEASURE, department="medical-insurance", outcome="declined", on=date(2021, 1, 7), reason_sha256=SHA
    ),
    "referral-overdue": ReferralOverdue(
        referral=REFERRAL, measure=MEASURE, department="medical-insurance", due=date(2021, 1, 10), level="county"
    ),
    "measure-declined": did.MeasureDeclined(measure=MEASURE, on=date(2021, 1, 7), reason_sha256=SHA),
    "risk-left-unanswered": did.RiskLeftUnanswered(plan=PLAN, risk="other", reason_sha256=SHA),
    "measure-ended.v1-with-reason": did.MeasureEnded(measure=MEASURE, on=date(2021, 3, 1), reason_sha256=SHA),
    "measure-ended.v1-with-because": did.MeasureEnded(measure=MEASURE, on=date(2021, 3, 1), because="household-ended"),
    "plan-closed.v1-with-running": did.PlanClosed(plan=PLAN, on=date(2021, 3, 1), running=(MEASURE,)),
    "measure-accepted": did.MeasureAccepted(measure=MEASURE, on=date(2021, 1, 8)),
    "measure-started": did.MeasureStarted(measure=MEASURE, on=date(2021, 1, 9)),
    "measure-delivered": did.MeasureDelivered(measure=MEASURE, on=date(2021, 2, 1), evidence_sha256=SHA),
    "measure-started.v1-with-episode": did.MeasureStarted(measure=MEASURE, on=date(2021, 1, 9), episode=2),
    "measure-delivered.v1-with-episode": did.MeasureDelivered(measure=MEASURE, on=date(2021, 2, 1), evidence_sha256=SHA, episode=2),
    "measure-ended": did.MeasureEnded(measure=MEASURE, on=date(2021, 3, 1)),
    "plan-closed": did.PlanClosed(plan=PLAN, on=date(2021, 3, 1)),
    "day-told": DayTold(day=date(2021, 1, 5)),
    "household-placed": did.HouseholdPlaced(village_code="370323100201", category="lifted_receiving", on=date(2021, 1, 1)),
    "household-ended": did.HouseholdEnded(on=date(2021, 3, 1)),
    "cadre-assigned.v1-with-until": did.CadreAssigned(cadre=CADRE, from_day=date(2021, 1, 1), until=date(2021, 6, 30)),
    "cadre-released": did.CadreReleased(cadre=CADRE, from_day=date(2021, 1, 1), on=date(2021, 2, 1), reason="moved"),
    "cadre-left": did.CadreLeft(cadre=CADRE, on=date(2021, 2, 1)),
    "cadre-answers": did.CadreAnswers(cadre=CADRE, on=date(2021, 2, 2)),
    "cadre-missing": did.CadreMissing(on=date(2021, 2, 2), since=date(2021, 2, 1)),
    "visit-recorded": did.VisitRecorded(
        visit=UUID(int=0x71),
        cadre=CADRE,
        on=date(2021, 1, 5),
        paired=True,
        met=("food",),
        unmet=("housing",),
        findings=(Finding(UUID(int=0x81), "guarantee", SHA, "housing"),),
    ),
    "finding-resolved": did.FindingResolved(finding=UUID(int=0x81), on=date(2021, 1, 20), evidence_sha256=SHA),
    "command-refused": did.CommandRefused(command="deliver-measure", reason_code="measure.unknown"),
    "command-refused.v1-with-an-answer": did.CommandRefused(
        command="answer-7",
        reason_code="referral.unknown",
        unmatched=UnmatchedAnswer(REFERRAL, "medical-insurance", "declined", date(2021, 1, 7)),
    ),
    "command-refused.v1-about-care": did.CommandRefused(
        command="set-care-plan", reason_code="care.group-size", household=HOUSEHOLD, person=PERSON, limit="2-3"
    ),
    "care-file-set": care.CareFileSet(**ABOUT, category="severe_illness", on=date(2021, 1, 4)),
    "care-plan-set": care.CarePlanSet(
        **ABOUT,
        care_dependency="partial",
        from_day=date(2021, 1, 4),
        counts_from=date(2021, 1, 4),
        required=3,
        kept_weeks=12,
        caregivers=(care.Caregiver(ANNA, date(2021, 1, 4)), care.Caregiver(BEN, date(2021, 1, 11))),
        tasks=(care.Task("laundry", 2),),
        flexible_needs=(SHA,),
        ages_unknown=(BEN,),
    ),
    "caregiver-absent": care.CaregiverAbsent(
        **ABOUT,
        caregiver=ANNA,
        from_day=date(2021, 1, 12),
        to_day=date(2021, 1, 15),
        covered=True,
        replacement=BEN,
        age_unknown=True,
    ),
    "care-plan-set.v1-with-days-to-watch": care.CarePlanSet(
        **ABOUT,
        care_dependency="full",
        from_day=date(2021, 2, 1),
        counts_from=date(2021, 2, 1),
        required=7,
        kept_weeks=12,
        caregivers=(care.Caregiver(ANNA, date(2021, 2, 1), date(2031, 5, 1)),),
        watched=(date(2021, 1, 20), date(2031, 5, 1)),
    ),
    "caregiver-absent.v1-with-the-limit-of-who-stands-in": care.CaregiverAbsent(
        **ABOUT,
        caregiver=ANNA,
        from_day=date(2021, 1, 5),
        to_day=date(2021, 1, 6),
        covered=True,
        replacement=BEN,
        limit_on=date(2021, 1, 6),
        watched=(date(2021, 1, 6),),
    ),
    "caregiver-over-age": care.CaregiverOverAge(**ABOUT, caregiver=ANNA, on=date(2021, 5, 1), group=(ANNA, BEN), next_on=date(2022, 3, 1)),
    "care-visit-recorded.v1-outside-the-group": care.CareVisitRecorded(
        **WEEK, done=2, visit=VISIT, on=date(2021, 1, 6), tasks=("laundry",), caregiver=BEN, outside=True
    ),
    "care-visit-recorded": care.CareVisitRecorded(**WEEK, done=2, visit=VISIT, on=date(2021, 1, 6), tasks=("laundry",), caregiver=ANNA),
    "care-quota-met": care.CareQuotaMet(**WEEK, done=3),
    "care-quota-missed": care.CareQuotaMissed(**WEEK, done=2, group=(ANNA, BEN)),
    "care-quota-corrected": care.CareQuotaCorrected(**WEEK, done=3),
    "care-resumed": care.CareResumed(
        **ABOUT,
        category="severe_illness",
        on=date(2021, 3, 9),
        uncounted_from=date(2021, 3, 1),
        counts_from=date(2021, 3, 15),
        planned=True,
    ),
    "care-person-merged": merge.PersonMerged(person=PERSON, into=BEN, on=date(2021, 3, 9), carried=CARRIED),
    "care-person-unmerged": merge.PersonUnmerged(person=PERSON, kept=BEN, on=date(2021, 3, 20)),
    "care-file-taken-over": merge.CareFileTakenOver(**ABOUT, origin=BEN, on=date(2021, 3, 9), carried=CARRIED, back=True),
    "care-file-given-back": merge.CareFileGivenBack(person=PERSON, to=BEN, on=date(2021, 3, 20), carried=CARRIED),
    "care-file-given-back.v1-with-what-remains": merge.CareFileGivenBack(
        person=PERSON,
        to=BEN,
        on=date(2021, 3, 20),
        carried=merge.Carried(
            household=HOUSEHOLD,
            category="severe_illness",
            weeks=(merge.CarriedWeek(date(2021, 3, 1), 3, 3, 1, 3, "corrected"),),
            forgotten=(VISIT,),
            since=date(2021, 3, 9),
            origins=(ANNA,),
            beneath=merge.Carried(household=HOUSEHOLD, category="other", origins=()),
        ),
        remains=merge.Carried(household=HOUSEHOLD, category="other", weeks=(), since=date(2021, 1, 4)),
        plans_from=date(2021, 1, 4),
    ),
    "care-ended": care.CareEnded(**ABOUT, on=date(2021, 3, 1), reason="decided", reason_sha256=SHA),
}
