"""What the departments report. Only `person` and the fields marked personal identify anybody."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.identity import Person
from schemas.message import (
    A_DAY,
    A_YEAR,
    Count,
    Day,
    Fen,
    Flag,
    Message,
    Month,
    PersonalText,
    Reference,
    SignedFen,
    Text,
    Value,
    VillageCode,
    Word,
    personal,
)

Stage = Literal["preschool", "primary", "junior", "senior", "vocational", "university"]
LONGEST_WINDOW = 366  # no income is of more; which window counts is said by the policy pack
SCHOOL_YEAR = r"^[0-9]{4}(-[0-9]{4})?$"


class Fact(Message):
    """`valid_on` is the local date from which it holds; about a person or a whole household.

    What somebody saw or found holds from a day that has come; what is arranged before it begins, a fee, a post, a benefit, says so itself.
    `village_code` is where the person lives as far as the department knows: while no household has him, the fact waits there.
    """

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["person"]}, {"required": ["household_id"]}]})
    DAYS_AHEAD: ClassVar = A_DAY
    valid_on: Day
    person: Person | None = None
    household_id: UUID | None = None
    village_code: VillageCode | None = None

    @model_validator(mode="after")
    def _is_about_somebody(self) -> Self:
        if not self._names_somebody():
            kind = "nobody_named"
            raise PydanticCustomError(kind, "names neither a person nor a household")
        return self

    def _names_somebody(self) -> bool:
        return self.person is not None or self.household_id is not None


class MedicalExpenseReported(Fact):
    """Medical cost of a person: in-patient amounts are the calendar year to date, out-patient ones the month."""

    TYPE: ClassVar = "suishi.fact.medical-expense-reported.v1"
    DATED: ClassVar = ("valid_on", "period")
    period: Month
    kind: Literal["inpatient", "outpatient_chronic_special"]
    out_of_pocket_fen: Fen
    within_policy_fen: Fen
    reimbursed_fen: Fen


class SeriousIllnessConfirmed(Fact):
    """A new case on the serious-disease list."""

    TYPE: ClassVar = "suishi.fact.serious-illness-confirmed.v1"
    disease_code: Word


class SchoolFeeReported(Fact):
    """What a school year costs after all aid."""

    TYPE: ClassVar = "suishi.fact.school-fee-reported.v1"
    DAYS_AHEAD: ClassVar = A_YEAR
    school_year: Annotated[str, Field(pattern=SCHOOL_YEAR)]
    stage: Stage
    fee_after_aid_fen: Fen


class SchoolDropoutReported(Fact):
    """A pupil stopped going to school."""

    TYPE: ClassVar = "suishi.fact.school-dropout-reported.v1"
    stage: Stage


class SchoolReturned(Fact):
    """A pupil goes to school again."""

    TYPE: ClassVar = "suishi.fact.school-returned.v1"


class DisabilityCertified(Fact):
    """Category 1 to 7 and level 1 (the most severe) to 4 of the disability certificate."""

    TYPE: ClassVar = "suishi.fact.disability-certified.v1"
    category: Annotated[int, Field(strict=True, ge=1, le=7)]
    level: Annotated[int, Field(strict=True, ge=1, le=4)]
    certificate_no: PersonalText


class HouseGraded(Fact):
    """The safety of a house: A and B are safe, C and D are not."""

    TYPE: ClassVar = "suishi.fact.house-graded.v1"
    grade: Literal["A", "B", "C", "D"]


class WaterTested(Fact):
    """Whether drinking water is safe: of a household, a person, or a whole village."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [name]} for name in ("person", "household_id", "village_code")]})
    TYPE: ClassVar = "suishi.fact.water-tested.v1"
    safe: Flag

    def _names_somebody(self) -> bool:
        return self.village_code is not None or super()._names_somebody()


class DisasterAffected(Fact):
    """A natural disaster and what it cost."""

    TYPE: ClassVar = "suishi.fact.disaster-affected.v1"
    kind: Word
    loss_fen: Fen


class EmploymentChanged(Fact):
    """A person found or lost work."""

    TYPE: ClassVar = "suishi.fact.employment-changed.v1"
    DAYS_AHEAD: ClassVar = A_YEAR
    employed: Flag
    employer: Annotated[Text | None, personal] = None
    monthly_wage_fen: Fen | None = None


class BenefitChanged(Fact):
    """A benefit was granted or stopped."""

    TYPE: ClassVar = "suishi.fact.benefit-changed.v1"
    DAYS_AHEAD: ClassVar = A_YEAR
    benefit: Word
    granted: Flag
    monthly_fen: Fen


class Change(Fact):
    """Who somebody is, or with whom and where he lives, is otherwise from `valid_on` on; a department tells it when it has happened."""


class PersonDied(Change):
    """A death, on `valid_on`."""

    TYPE: ClassVar = "suishi.fact.person-died.v1"


class PersonBorn(Change):
    """A birth, with the numbers of the parents where they are known."""

    TYPE: ClassVar = "suishi.fact.person-born.v1"
    father_id_number: Annotated[Text | None, personal] = None
    mother_id_number: Annotated[Text | None, personal] = None


class MarriageRegistered(Change):
    """A marriage of `person` and `spouse`."""

    TYPE: ClassVar = "suishi.fact.marriage-registered.v1"
    spouse: Person


class DivorceRegistered(Change):
    """A divorce of `person` and `spouse`."""

    TYPE: ClassVar = "suishi.fact.divorce-registered.v1"
    spouse: Person


class HouseholdMoved(Change):
    """A household lives in another village now."""

    TYPE: ClassVar = "suishi.fact.household-moved.v1"
    to_village_code: VillageCode


class HouseholdSplit(Change):
    """Members leave and form a household of their own."""

    TYPE: ClassVar = "suishi.fact.household-split.v1"
    leaving: Annotated[tuple[Person, ...], Field(min_length=1, max_length=50)]


class HouseholdMerged(Change):
    """Two households become one."""

    TYPE: ClassVar = "suishi.fact.household-merged.v1"
    with_household_id: UUID


class HeadChanged(Change):
    """`person` is the head of his household now."""

    TYPE: ClassVar = "suishi.fact.head-changed.v1"


class IdentityCorrected(Change):
    """The old number was wrong, whatever its check digit says."""

    TYPE: ClassVar = "suishi.fact.identity-corrected.v1"
    old_id_number: PersonalText
    new_id_number: PersonalText


class AssetReported(Fact):
    """Something that a person or a household owns or is paid."""

    TYPE: ClassVar = "suishi.fact.asset-reported.v1"
    kind: Literal["vehicle", "property", "company", "payroll", "deposit"]
    value_fen: Fen | None = None
    count: Count | None = None


class Income(Value):
    """A household's income in a window of at most 366 days, both ends counted, in fen."""

    window_from: Day
    window_to: Day
    wage_fen: Fen
    business_fen: Fen
    business_cost_fen: Fen
    property_fen: Fen
    transfer_fen: SignedFen
    payouts_fen: Fen
    within_policy_out_of_pocket_fen: Fen

    @model_validator(mode="after")
    def _is_of_a_year_at_most(self) -> Self:
        if not 0 <= (self.window_to - self.window_from).days < LONGEST_WINDOW:
            kind = "income_window"
            raise PydanticCustomError(kind, "has an income window that ends before it begins or is longer than a year")
        return self


class IncomeDeclared(Fact, Income):
    """What a household earned and was paid in twelve months."""

    TYPE: ClassVar = "suishi.fact.income-declared.v1"


class FactWithdrawn(Message):
    """The department takes back one of its messages, named by that message's source and id."""

    TYPE: ClassVar = "suishi.fact.fact-withdrawn.v1"
    SENDER_IS_SOURCE: ClassVar = True
    source: Reference
    id: Reference
    reason: PersonalText


class ReferralAnswered(Message):
    """A department's answer to a referral."""

    TYPE: ClassVar = "suishi.fact.referral-answered.v1"
    referral_id: UUID
    outcome: Literal["accepted", "declined"]
    reason: PersonalText


class FeedDelivered(Message):
    """How many facts a period held, so that zero is told from silence; a `full` list names everybody, whoever is not in it has stopped.

    A fact belongs to the period that it names, else to the month of its `valid_on`. Its corrections are no other facts, and what was
    withdrawn is none. Of a month to come nobody has a list.
    """

    TYPE: ClassVar = "suishi.fact.feed-delivered.v1"
    DAYS_AHEAD: ClassVar = A_DAY
    DATED: ClassVar = ("period",)
    period: Month
    count: Count
    full: Flag
