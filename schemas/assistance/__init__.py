"""Commands that assistance takes and events that it publishes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.assistance.care import CareEnded as CareEnded
from schemas.assistance.care import CareFileSet as CareFileSet
from schemas.assistance.care import CaregiverAbsent as CaregiverAbsent
from schemas.assistance.care import CaregiverOverAge as CaregiverOverAge
from schemas.assistance.care import CarePlanSet as CarePlanSet
from schemas.assistance.care import CareQuotaCorrected as CareQuotaCorrected
from schemas.assistance.care import CareQuotaMet as CareQuotaMet
from schemas.assistance.care import CareQuotaMissed as CareQuotaMissed
from schemas.assistance.care import CareResumed as CareResumed
from schemas.assistance.care import CareVisitRecorded as CareVisitRecorded
from schemas.assistance.care import EndCare as EndCare
from schemas.assistance.care import OpenCareFile as OpenCareFile
from schemas.assistance.care import RecordAbsence as RecordAbsence
from schemas.assistance.care import RecordCareVisit as RecordCareVisit
from schemas.assistance.care import SetCarePlan as SetCarePlan
from schemas.assistance.pairing import AssignCadre as AssignCadre
from schemas.assistance.pairing import CadreAnswers as CadreAnswers
from schemas.assistance.pairing import CadreAssigned as CadreAssigned
from schemas.assistance.pairing import CadreLeft as CadreLeft
from schemas.assistance.pairing import CadreMissing as CadreMissing
from schemas.assistance.pairing import CadreReleased as CadreReleased
from schemas.assistance.pairing import ReleaseCadre as ReleaseCadre
from schemas.assistance.referrals import AnswerReferral as AnswerReferral
from schemas.assistance.referrals import ReferralAnswered as ReferralAnswered
from schemas.assistance.referrals import ReferralOverdue as ReferralOverdue
from schemas.assistance.referrals import ReferralSent as ReferralSent
from schemas.assistance.visits import FindingResolved as FindingResolved
from schemas.assistance.visits import RecordVisit as RecordVisit
from schemas.assistance.visits import ResolveFinding as ResolveFinding
from schemas.assistance.visits import VisitRecorded as VisitRecorded
from schemas.enrollment import HouseholdEvent, RefusedCommand
from schemas.message import Count, Day, Fen, Flag, Message, PersonalLongText, Text, Value, Word

# The kinds of help of the public forms.
Kind: TypeAlias = Literal[
    "industry",
    "employment",
    "finance",
    "public_welfare_post",
    "housing",
    "drinking_water",
    "health",
    "compulsory_education",
    "other_education",
    "subsistence_security",
    "social_help",
    "relocation",
    "living_conditions",
    "infrastructure",
]
Department: TypeAlias = Literal[
    "medical-insurance",
    "health",
    "education",
    "disability",
    "housing",
    "water",
    "emergency",
    "human-resources",
    "civil-affairs",
    "public-security",
    "assets",
]


class MeasureCommand(Message):
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    measure_id: UUID


class AcceptMeasure(MeasureCommand):
    """The department takes the measure on."""

    TYPE: ClassVar = "suishi.assistance.command.accept-measure.v1"


class StartMeasure(MeasureCommand):
    """The measure begins."""

    TYPE: ClassVar = "suishi.assistance.command.start-measure.v1"


class DeliverMeasure(MeasureCommand):
    """The measure reached the household, with the evidence for it."""

    TYPE: ClassVar = "suishi.assistance.command.deliver-measure.v1"
    evidence: PersonalLongText


class DeclineMeasure(MeasureCommand):
    """The department does not do it, and says why; what has begun is ended instead."""

    TYPE: ClassVar = "suishi.assistance.command.decline-measure.v1"
    reason: PersonalLongText


class EndMeasure(MeasureCommand):
    """The measure is over, and why; also one that ran on after the household had left."""

    TYPE: ClassVar = "suishi.assistance.command.end-measure.v1"
    reason: PersonalLongText


class DraftedMeasure(Value):
    """`answers` are risks of the plan; `amount_fen` is all of it."""

    kind: Kind
    department: Department
    answers: tuple[Word, ...] = ()
    amount_fen: Fen | None = None
    from_day: Day | None = None
    to_day: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.from_day is not None and self.to_day is not None and self.to_day < self.from_day:
            kind = "to_before_from"
            raise PydanticCustomError(kind, "ends before it begins; to_day is a later day than from_day, or the same")
        return self


class UnansweredRisk(Value):
    """Why no measure answers a risk."""

    risk: Word
    reason: PersonalLongText


class DraftPlan(Message):
    """Adds measures to the open plan, and reasons for risks that have none; all of it is taken or none."""

    TYPE: ClassVar = "suishi.assistance.command.draft-plan.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    measures: Annotated[tuple[DraftedMeasure, ...], Field(max_length=100)] = ()
    unanswered: Annotated[tuple[UnansweredRisk, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.measures and not self.unanswered:
            kind = "empty_draft"
            raise PydanticCustomError(kind, "adds nothing; name measures, or risks with the reason why nothing answers them")
        return self


class PlanOpened(HouseholdEvent):
    """A 1+N plan: the base item and a measure for each risk; `before_plan_id` is that of the last enrolment.

    `more_bases` are base items beside `base`, where the pack has several.
    """

    TYPE: ClassVar = "suishi.assistance.event.plan-opened.v1"
    plan_id: UUID
    episode: Count
    base: UUID
    measures: tuple[UUID, ...]
    before_plan_id: UUID | None = None
    more_bases: tuple[UUID, ...] | None = None


class MeasureProposed(HouseholdEvent):
    """A department is asked for a measure that answers these risks and begins by `due`; `owner` is the role that answers for a base item.

    Nobody is asked where it is `taken_over` from before this log.
    """

    TYPE: ClassVar = "suishi.assistance.event.measure-proposed.v1"
    measure_id: UUID
    plan_id: UUID
    kind: Text
    department: Text
    answers: tuple[Text, ...]
    base: Flag
    due: Day
    taken_over: Flag | None = None
    owner: Text | None = None
    amount_fen: Fen | None = None
    from_day: Day | None = None
    to_day: Day | None = None


class MeasureEvent(HouseholdEvent):
    measure_id: UUID
    on: Day


class MeasureAccepted(MeasureEvent):
    """The department took the measure on."""

    TYPE: ClassVar = "suishi.assistance.event.measure-accepted.v1"


class MeasureStarted(MeasureEvent):
    """The measure began; `episode` is that of its plan, which may be closed by now."""

    TYPE: ClassVar = "suishi.assistance.event.measure-started.v1"
    episode: Count | None = None


class MeasureDelivered(MeasureEvent):
    """The measure reached the household; `episode` is that of its plan, which may be closed by now."""

    TYPE: ClassVar = "suishi.assistance.event.measure-delivered.v1"
    episode: Count | None = None


class MeasureDeclined(MeasureEvent):
    """The department does not do it."""

    TYPE: ClassVar = "suishi.assistance.event.measure-declined.v1"


class MeasureEnded(MeasureEvent):
    """The measure is over: somebody said so, who gave a reason, or `because` of what became of its risks or its household."""

    TYPE: ClassVar = "suishi.assistance.event.measure-ended.v1"
    because: Literal["risk-resolved", "plan-closed", "household-ended"] | None = None


class MeasureOverdue(HouseholdEvent):
    """The measure had not begun until `due`; told once."""

    TYPE: ClassVar = "suishi.assistance.event.measure-overdue.v1"
    measure_id: UUID
    kind: Text
    department: Text
    due: Day


class RiskLeftUnanswered(HouseholdEvent):
    """Somebody wrote down why no measure answers a risk."""

    TYPE: ClassVar = "suishi.assistance.event.risk-left-unanswered.v1"
    plan_id: UUID
    risk: Text


class PlanClosed(HouseholdEvent):
    """The plan is over, because the household left; the `running` measures go on to their natural end."""

    TYPE: ClassVar = "suishi.assistance.event.plan-closed.v1"
    plan_id: UUID
    on: Day
    running: tuple[UUID, ...] | None = None


class CommandRefused(RefusedCommand):
    """Assistance did not do what a command asked; `text` says why, Chinese first. `person_id` where it was about one in care."""

    TYPE: ClassVar = "suishi.assistance.event.command-refused.v1"
    person_id: UUID | None = None
