"""Commands that enrollment takes and events that it publishes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.facts import PERSONAL, Income
from schemas.identity import IdType, check_identity
from schemas.message import Count, Day, LongText, Message, Text, VillageCode

Category = Literal["lifted_receiving", "lifted_not_receiving", "never_registered"]
Outcome = Literal["approved", "rejected", "returned"]
Truth = Literal["true", "false", "unknown"]
PersonalLongText = Annotated[LongText, Field(json_schema_extra=PERSONAL)]


class Member(BaseModel):
    """A member of a household to register."""

    model_config = ConfigDict(frozen=True)
    id_type: IdType = "resident"
    id_number: Annotated[str, Field(min_length=1, max_length=40, json_schema_extra=PERSONAL)]
    name: Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=PERSONAL)]
    relation: Text
    birth: Day | None = None
    health: Annotated[str | None, Field(max_length=200, json_schema_extra=PERSONAL)] = None
    labour_capacity: Literal["none", "partial", "full"] | None = None

    @model_validator(mode="after")
    def _number_is_plausible(self) -> Self:
        check_identity(self.id_type, self.id_number)
        return self


class RegisterHousehold(Message):
    TYPE: ClassVar = "suishi.enrollment.command.register-household.v1"
    household_id: UUID
    village_code: VillageCode
    category: Category
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=50)]


class Guarantees(BaseModel):
    """The two assurances and three guarantees with drinking water; true means met."""

    model_config = ConfigDict(frozen=True)
    food: bool
    clothing: bool
    education: bool
    medical: bool
    housing: bool
    water: bool


class RecordVerification(Message):
    TYPE: ClassVar = "suishi.enrollment.command.record-verification.v1"
    visitors: Annotated[tuple[Text, ...], Field(min_length=2, max_length=10)]
    findings: PersonalLongText
    income: Income | None = None
    guarantees: Guarantees
    outcome: Outcome


class DismissClue(Message):
    TYPE: ClassVar = "suishi.enrollment.command.dismiss-clue.v1"
    reason: PersonalLongText


class DecideAtCounty(Message):
    TYPE: ClassVar = "suishi.enrollment.command.decide-at-county.v1"
    outcome: Outcome
    type: Text | None = None
    risks: tuple[Text, ...] = ()
    reason: PersonalLongText


class HouseholdEvent(Message):
    household_id: UUID


class HouseholdRegistered(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.household-registered.v1"
    village_code: VillageCode
    category: Category
    member_count: Count


class FactRecorded(HouseholdEvent):
    """`fact_source` and `fact_id` name the department's message."""

    TYPE: ClassVar = "suishi.enrollment.event.fact-recorded.v1"
    person_id: UUID | None
    fact: Text
    fact_source: Text
    fact_id: Text
    valid_on: Day


class FactUnmatched(Message):
    """A person whom no registered household has: the township asks the department by `fact_source` and `fact_id`."""

    TYPE: ClassVar = "suishi.enrollment.event.fact-unmatched.v1"
    person_id: UUID | None
    fact: Text
    fact_source: Text
    fact_id: Text
    valid_on: Day


class FactWithdrawn(Message):
    TYPE: ClassVar = "suishi.enrollment.event.fact-withdrawn.v1"
    fact_source: Text
    fact_id: Text
    household_id: UUID | None = None


class ClueRaised(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.clue-raised.v1"
    clue_id: UUID
    risk: Text
    fact_source: Text
    fact_id: Text
    due: Day


class ClueClosed(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.clue-closed.v1"
    clue_id: UUID
    reason: Literal["dismissed", "facts-corrected", "case-opened", "not-confirmed"]


class CaseEvent(HouseholdEvent):
    case_id: UUID


class CaseOpened(CaseEvent):
    TYPE: ClassVar = "suishi.enrollment.event.case-opened.v1"
    episode: Count
    pack: Text


class Criterion(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: Text
    result: Truth
    value: int | None = None
    threshold: int | None = None
    facts: tuple[UUID, ...] = ()


class Evaluation(BaseModel):
    model_config = ConfigDict(frozen=True)
    outcome: Truth
    criteria: tuple[Criterion, ...]


class StepCompleted(CaseEvent):
    TYPE: ClassVar = "suishi.enrollment.event.step-completed.v1"
    step: Text
    evaluation: Evaluation


class StepReturned(CaseEvent):
    TYPE: ClassVar = "suishi.enrollment.event.step-returned.v1"
    step: Text
    reason_code: Text


class HouseholdEnrolled(CaseEvent):
    TYPE: ClassVar = "suishi.enrollment.event.household-enrolled.v1"
    episode: Count
    type: Text
    risks: tuple[Text, ...]
    pack: Text
    line_fen: Count
    decision_event_id: UUID


class EnrollmentRejected(CaseEvent):
    TYPE: ClassVar = "suishi.enrollment.event.enrollment-rejected.v1"
    reason_code: Text
    text: Text
    remedy: Text
    appeal: Text


class RiskAdded(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.risk-added.v1"
    risk: Text


class RiskResolved(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.risk-resolved.v1"
    risk: Text


class ExitProposed(CaseEvent):
    TYPE: ClassVar = "suishi.enrollment.event.exit-proposed.v1"
    episode: Count
    method: Literal["help", "natural"]
    due: Day


class HouseholdExited(CaseEvent):
    TYPE: ClassVar = "suishi.enrollment.event.household-exited.v1"
    episode: Count
    method: Literal["help", "natural"]


class DeadlineStarted(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.deadline-started.v1"
    kind: Text
    due: Day


class DeadlineMet(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.deadline-met.v1"
    kind: Text


class DeadlineBreached(HouseholdEvent):
    TYPE: ClassVar = "suishi.enrollment.event.deadline-breached.v1"
    kind: Text
    due: Day


class CommandRefused(HouseholdEvent):
    """`text` is for the cadre who asked, Chinese first."""

    TYPE: ClassVar = "suishi.enrollment.event.command-refused.v1"
    command_id: Text
    reason_code: Text
    text: Text


class FactsLost(Message):
    TYPE: ClassVar = "suishi.enrollment.event.facts-lost.v1"
    topic: Text
    partition: Count
    from_offset: Count
    to_offset: Count
