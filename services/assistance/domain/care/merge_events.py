"""What becomes of a care file when two persons are found to be one, or to be two after all; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from pipeline.value import Value
from services.assistance.domain.care.care_events import CareEvent, CaregiverAbsent, CarePlanSet, Gap


class CarriedVisit(Value, frozen=True):
    visit: UUID
    on: date
    tasks: tuple[str, ...] = ()
    caregiver: UUID | None = None
    outside: bool = False


class Carried(Value, frozen=True):
    """What of a file goes along: plan and absences, and of the weeks that can be corrected the visits and which were told missed.

    `judged` is the last week that was held against its quota, by its Monday; `gaps` are weeks that never are.
    `over_age` are those of whom it was told.
    """

    household: UUID
    category: str
    plans: tuple[CarePlanSet, ...] = ()
    absences: tuple[CaregiverAbsent, ...] = ()
    visits: tuple[CarriedVisit, ...] = ()
    missed: tuple[date, ...] = ()
    gaps: tuple[Gap, ...] = ()
    began: date | None = None
    judged: date | None = None
    ended: date | None = None
    ended_by: str = ""
    over_age: tuple[UUID, ...] = ()


class PersonMerged(Event, frozen=True):
    """From the local date `on` the person is `into`; `carried` is his file, where it was open."""

    TOPIC: ClassVar = "assistance.care-person-merged"
    person: UUID
    into: UUID
    on: date
    carried: Carried | None = None


class PersonUnmerged(Event, frozen=True):
    """The person is himself, and not `kept`, after all."""

    TOPIC: ClassVar = "assistance.care-person-unmerged"
    person: UUID
    kept: UUID
    on: date


class CareFileTakenOver(CareEvent, frozen=True):
    """The file of `origin` is that of the person now: they are one, or, where it comes `back`, they are two after all."""

    TOPIC: ClassVar = "assistance.care-file-taken-over"
    origin: UUID
    on: date
    carried: Carried
    back: bool = False


class CareFileGivenBack(Event, frozen=True):
    """What the person took over of `to` goes back to him."""

    TOPIC: ClassVar = "assistance.care-file-given-back"
    person: UUID
    to: UUID
    on: date
    carried: Carried


MergeEvent: TypeAlias = PersonMerged | PersonUnmerged | CareFileTakenOver | CareFileGivenBack
