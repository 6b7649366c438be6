"""Who answers for a household: what assistance is asked, and what it says."""

from __future__ import annotations

from typing import ClassVar, Literal, Self
from uuid import UUID

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.enrollment import HouseholdEvent
from schemas.message import Day, Message


class AssignCadre(Message):
    """Pairs a cadre with the household from a day on, until another one is paired; `until` is the last day, where it is known."""

    TYPE: ClassVar = "suishi.assistance.command.assign-cadre.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    cadre_id: UUID
    from_day: Day
    until: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.from_day:
            kind = "until_before_from"
            raise PydanticCustomError(kind, "ends before it begins; until is a later day than from_day, or the same")
        return self


class ReleaseCadre(Message):
    """A cadre leaves: from the day `on` on he answers for none of his households any more."""

    TYPE: ClassVar = "suishi.assistance.command.release-cadre.v1"
    cadre_id: UUID
    on: Day


class CadreAssigned(HouseholdEvent):
    """A cadre answers for the household from a day on; `until` is the last day, where it is known."""

    TYPE: ClassVar = "suishi.assistance.event.cadre-assigned.v1"
    cadre_id: UUID
    from_day: Day
    until: Day | None = None


class CadreReleased(HouseholdEvent):
    """`on` is the first day on which the cadre does not answer for the household any more.

    He left, or the household moved to another town, or it ended.
    """

    TYPE: ClassVar = "suishi.assistance.event.cadre-released.v1"
    cadre_id: UUID
    on: Day
    reason: Literal["left", "moved", "ended"]


class CadreLeft(Message):
    """A cadre left: from `on` on he answers for none of the households that he was paired with before, also where that is told later."""

    TYPE: ClassVar = "suishi.assistance.event.cadre-left.v1"
    cadre_id: UUID
    on: Day


class CadreMissing(HouseholdEvent):
    """The household must have a paired cadre and nobody answers on `on`; told once until something changes.

    The last one answered until the day before `since`; absent where there never was one.
    """

    TYPE: ClassVar = "suishi.assistance.event.cadre-missing.v1"
    on: Day
    since: Day | None = None


class CadreAnswers(HouseholdEvent):
    """From `on` this cadre answers for the household, and nobody does where none is named; told on the day, whenever it was arranged."""

    TYPE: ClassVar = "suishi.assistance.event.cadre-answers.v1"
    on: Day
    cadre_id: UUID | None = None
