"""What the departments report. Only `person` and the fields marked personal identify anybody."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.identity import IdType, check_identity
from schemas.message import Count, Day, Fen, Message, Month, SignedFen, Text, VillageCode

PERSONAL = {"personal": True}
PersonalText = Annotated[Text, Field(json_schema_extra=PERSONAL)]
Stage = Literal["preschool", "primary", "junior", "senior", "vocational", "university"]


class Person(BaseModel):
    """Somebody as the department knows him; the number is checked by its kind."""

    model_config = ConfigDict(frozen=True)
    id_type: IdType = "resident"
    id_number: Annotated[str, Field(min_length=1, max_length=40, json_schema_extra=PERSONAL)]
    name: Annotated[str | None, Field(max_length=200, json_schema_extra=PERSONAL)] = None

    @model_validator(mode="after")
    def _number_is_plausible(self) -> Self:
        check_identity(self.id_type, self.id_number)
        return self


class Fact(Message):
    """`valid_on` is the local date from which it holds; about a person or a whole household."""

    valid_on: Day
    person: Person | None = None
    household_id: UUID | None = None

    @model_validator(mode="after")
    def _is_about_somebody(self) -> Self:
        if self.person is None and self.household_id is None and getattr(self, "village_code", None) is None:
            message = "names neither a person nor a household"
            raise ValueError(message)
        return self


class MedicalExpenseReported(Fact):
    """In-patient amounts are the calendar year to date, out-patient ones the month."""

    TYPE: ClassVar = "suishi.fact.medical-expense-reported.v1"
    period: Month
    kind: Literal["inpatient", "outpatient_chronic_special"]
    out_of_pocket_fen: Fen
    within_policy_fen: Fen
    reimbursed_fen: Fen


class SeriousIllnessConfirmed(Fact):
    TYPE: ClassVar = "suishi.fact.serious-illness-confirmed.v1"
    disease_code: Text


class SchoolFeeReported(Fact):
    TYPE: ClassVar = "suishi.fact.school-fee-reported.v1"
    school_year: Annotated[str, Field(pattern=r"^\d{4}(-\d{4})?$")]
    stage: Stage
    fee_after_aid_fen: Fen


class SchoolDropoutReported(Fact):
    TYPE: ClassVar = "suishi.fact.school-dropout-reported.v1"
    stage: Stage


class SchoolReturned(Fact):
    TYPE: ClassVar = "suishi.fact.school-returned.v1"


class DisabilityCertified(Fact):
    TYPE: ClassVar = "suishi.fact.disability-certified.v1"
    category: Annotated[int, Field(strict=True, ge=1, le=7)]
    level: Annotated[int, Field(strict=True, ge=1, le=4)]
    certificate_no: PersonalText


class HouseGraded(Fact):
    TYPE: ClassVar = "suishi.fact.house-graded.v1"
    grade: Literal["A", "B", "C", "D"]


class WaterTested(Fact):
    """About a household, a person, or a whole village."""

    TYPE: ClassVar = "suishi.fact.water-tested.v1"
    village_code: VillageCode | None = None
    safe: Annotated[bool, Field(strict=True)]


class DisasterAffected(Fact):
    TYPE: ClassVar = "suishi.fact.disaster-affected.v1"
    kind: Text
    loss_fen: Fen


class EmploymentChanged(Fact):
    TYPE: ClassVar = "suishi.fact.employment-changed.v1"
    employed: Annotated[bool, Field(strict=True)]
    employer: PersonalText | None = None
    monthly_wage_fen: Fen | None = None


class BenefitChanged(Fact):
    TYPE: ClassVar = "suishi.fact.benefit-changed.v1"
    benefit: Text
    granted: Annotated[bool, Field(strict=True)]
    monthly_fen: Fen


class PersonDied(Fact):
    TYPE: ClassVar = "suishi.fact.person-died.v1"


class PersonBorn(Fact):
    TYPE: ClassVar = "suishi.fact.person-born.v1"
    father_id_number: PersonalText | None = None
    mother_id_number: PersonalText | None = None


class MarriageRegistered(Fact):
    TYPE: ClassVar = "suishi.fact.marriage-registered.v1"
    spouse: Person


class DivorceRegistered(Fact):
    TYPE: ClassVar = "suishi.fact.divorce-registered.v1"
    spouse: Person


class HouseholdMoved(Fact):
    TYPE: ClassVar = "suishi.fact.household-moved.v1"
    to_village_code: VillageCode


class HouseholdSplit(Fact):
    TYPE: ClassVar = "suishi.fact.household-split.v1"
    leaving: Annotated[tuple[Person, ...], Field(min_length=1, max_length=50)]


class HouseholdMerged(Fact):
    TYPE: ClassVar = "suishi.fact.household-merged.v1"
    with_household_id: UUID


class HeadChanged(Fact):
    TYPE: ClassVar = "suishi.fact.head-changed.v1"


class IdentityCorrected(Fact):
    TYPE: ClassVar = "suishi.fact.identity-corrected.v1"
    old_id_number: PersonalText
    new_id_number: PersonalText


class AssetReported(Fact):
    TYPE: ClassVar = "suishi.fact.asset-reported.v1"
    kind: Literal["vehicle", "property", "company", "payroll", "deposit"]
    value_fen: Fen | None = None
    count: Count | None = None


class Income(BaseModel):
    """A household's income of twelve months, in fen."""

    model_config = ConfigDict(frozen=True)
    window_from: Day
    window_to: Day
    wage_fen: Fen
    business_fen: Fen
    business_cost_fen: Fen
    property_fen: Fen
    transfer_fen: SignedFen
    payouts_fen: Fen
    within_policy_out_of_pocket_fen: Fen


class IncomeDeclared(Fact, Income):
    TYPE: ClassVar = "suishi.fact.income-declared.v1"


class FactWithdrawn(Message):
    """The department takes back one of its messages, named by that message's source and id."""

    TYPE: ClassVar = "suishi.fact.fact-withdrawn.v1"
    source: Text
    id: Text
    reason: PersonalText


class ReferralAnswered(Message):
    TYPE: ClassVar = "suishi.fact.referral-answered.v1"
    referral_id: UUID
    outcome: Literal["accepted", "declined"]
    reason: PersonalText


class FeedDelivered(Message):
    """How many facts a period held, so that zero is told from silence."""

    TYPE: ClassVar = "suishi.fact.feed-delivered.v1"
    period: Month
    count: Count
    full: Annotated[bool, Field(strict=True)]
