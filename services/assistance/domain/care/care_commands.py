"""What assistance is asked about a person in special-group care."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias
from uuid import UUID

from pipeline.value import Value
from services.assistance.domain.asked import Command
from services.assistance.domain.care.care_events import Ending, Task
from services.assistance.domain.care.weeks import Dependency


class CareCommand(Command, frozen=True, kw_only=True):
    """`household` is the one that the message names: where the person has no file yet, an answer goes there."""

    person: UUID
    household: UUID


class OpenCareFile(CareCommand, frozen=True, kw_only=True):
    category: str


class Candidate(Value, frozen=True):
    """Somebody who is to give care; `birth` decides whether the pack lets him and goes no further, None where nobody said it."""

    id: UUID
    birth: date | None = None
    from_day: date | None = None


class SetCarePlan(CareCommand, frozen=True, kw_only=True):
    """`flexible_needs` are digests; without `from_day` the plan begins on the day of asking."""

    care_dependency: Dependency
    caregivers: tuple[Candidate, ...]
    tasks: tuple[Task, ...] = ()
    flexible_needs: tuple[str, ...] = ()
    from_day: date | None = None


class RecordCareVisit(CareCommand, frozen=True, kw_only=True):
    """Somebody was there on the local date `visited`, whenever that is told."""

    visit: UUID
    visited: date
    tasks: tuple[str, ...] = ()
    caregiver: UUID | None = None


class RecordAbsence(CareCommand, frozen=True, kw_only=True):
    """From `from_day` until `to_day`, both included."""

    caregiver: UUID
    from_day: date
    to_day: date
    replacement: Candidate | None = None


class EndCare(CareCommand, frozen=True, kw_only=True):
    """Somebody ends it and gives a reason, by its digest."""

    reason_sha256: str


class FollowPerson(CareCommand, frozen=True, kw_only=True):
    """Enrollment says that the person left `household` on `left`: for the household `to`, or for good."""

    left: date
    reason: Ending
    to: UUID | None = None


class ResumeCare(CareCommand, frozen=True, kw_only=True):
    """Enrollment says that the person is a member of `household` after all: his death was no death."""


class JudgeWeeks(CareCommand, frozen=True, kw_only=True):
    """A day began: every week that is over is held against its quota."""


AnyCareCommand: TypeAlias = OpenCareFile | SetCarePlan | RecordCareVisit | RecordAbsence | EndCare | FollowPerson | ResumeCare | JudgeWeeks
