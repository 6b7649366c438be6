"""Commands that enrollment takes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.enrollment.opening import Opening
from schemas.enrollment.procedure import Outcome, Step
from schemas.facts import Income
from schemas.identity import Identified
from schemas.message import RELATION, Day, Flag, Message, PersonalLongText, PersonalText, Text, Value, VillageCode, Word, personal

Category = Literal["lifted_receiving", "lifted_not_receiving", "never_registered"]
LabourCapacity = Literal["none", "partial", "full"]


class Member(Identified):
    """A member of a household to register."""

    name: PersonalText
    relation: Annotated[str, Field(min_length=1, max_length=20, pattern=RELATION)]
    birth: Annotated[Day | None, personal] = None
    health: Annotated[Text | None, personal] = None
    labour_capacity: LabourCapacity | None = None


class RegisterHousehold(Message):
    """Takes a household with all its members into the register."""

    TYPE: ClassVar = "suishi.enrollment.command.register-household.v1"
    household_id: UUID
    village_code: VillageCode
    category: Category
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=50)]
    opening: Opening | None = None


class Guarantees(Value):
    """The two assurances and three guarantees with drinking water; true means met."""

    food: Flag
    clothing: Flag
    education: Flag
    medical: Flag
    housing: Flag
    water: Flag


class MemberSeen(Identified):
    """What a visit found that a member can do, whatever was known before."""

    labour_capacity: LabourCapacity


class RecordVerification(Message):
    """What at least two visitors found in the house; `members` are those of whom something else was known."""

    TYPE: ClassVar = "suishi.enrollment.command.record-verification.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    visitors: Annotated[tuple[Text, ...], Field(min_length=2, max_length=10), personal]
    findings: PersonalLongText
    income: Income | None = None
    guarantees: Guarantees
    members: Annotated[tuple[MemberSeen, ...], Field(max_length=50)] | None = None
    outcome: Outcome
    return_to: Step | None = None

    @model_validator(mode="after")
    def _has_two_visitors(self) -> Self:
        if len({name.strip() for name in self.visitors}) < len(self.visitors):
            kind = "visitor_twice"
            raise PydanticCustomError(kind, "names a visitor twice")
        return self


class DismissClue(Message):
    """The open clue is a false alarm."""

    TYPE: ClassVar = "suishi.enrollment.command.dismiss-clue.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    reason: PersonalLongText


class DecideAtCounty(Message):
    """The county's decision on an open case or a proposed exit; `type` and `risks` are those of who is taken in."""

    TYPE: ClassVar = "suishi.enrollment.command.decide-at-county.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    outcome: Outcome
    type: Word | None = None
    risks: tuple[Word, ...] = ()
    reason: PersonalLongText
    return_to: Step | None = None
