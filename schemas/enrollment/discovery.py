"""How a household is found: applications and screenings that enrollment takes, and what it says of clues and feeds."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.enrollment.events import HouseholdEvent
from schemas.identity import Person
from schemas.message import Message, PersonalLongText, Reference, Text

Risk = Literal[
    "illness",
    "disability",
    "education",
    "natural_disaster",
    "accident",
    "business_failure",
    "unstable_work",
    "housing",
    "drinking_water",
    "lack_of_labour",
    "other",
]
Risks = Annotated[tuple[Risk, ...], Field(min_length=1, max_length=11)]


class Apply(Message):
    """Somebody asks for help for the household that he belongs to; the first of the risks is the main one."""

    TYPE: ClassVar = "suishi.enrollment.command.apply.v1"
    applicant: Person
    risks: Risks
    difficulty: PersonalLongText


class ReportScreening(Message):
    """Somebody who looked for households in difficulty found this one."""

    TYPE: ClassVar = "suishi.enrollment.command.report-screening.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    risks: Risks
    findings: PersonalLongText


class ApplicationReceived(HouseholdEvent):
    """An application was taken down; the clue that follows has the date by which somebody must visit."""

    TYPE: ClassVar = "suishi.enrollment.event.application-received.v1"
    application_id: UUID
    person_id: UUID
    risks: tuple[Text, ...]


class ScreeningReported(HouseholdEvent):
    """A screening found the household in difficulty."""

    TYPE: ClassVar = "suishi.enrollment.event.screening-reported.v1"
    screening_id: UUID
    risks: tuple[Text, ...]


class ClueSource(HouseholdEvent):
    clue_id: UUID
    risk: Text
    fact_source: Reference
    fact_id: Reference


class ClueJoined(ClueSource):
    """One more signal, application or screening joined the open clue."""

    TYPE: ClassVar = "suishi.enrollment.event.clue-joined.v1"


class ClueSourceEnded(ClueSource):
    """A signal of the open clue no longer holds; others keep it open."""

    TYPE: ClassVar = "suishi.enrollment.event.clue-source-ended.v1"
