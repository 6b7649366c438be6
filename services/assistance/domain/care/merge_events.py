"""What becomes of a care file when two persons are found to be one, or to be two after all; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from pipeline.value import Value
from services.assistance.domain.care.care_events import CareEvent, CaregiverAbsent, CarePlanSet, Gap, Told


class CarriedVisit(Value, frozen=True):
    visit: UUID
    on: date
    tasks: tuple[str, ...] = ()
    caregiver: UUID | None = None
    outside: bool = False


class CarriedWeek(Value, frozen=True):
    """By its Monday what a week came to, and whether it was told `met`, `missed` or `corrected`; None: not yet."""

    week: date
    done: int
    required: int
    tasks_done: int
    tasks_required: int
    told: Told | None = None


class Carried(Value, frozen=True):
    """What of a file goes along: plan and absences, and of the weeks that can be corrected the visits and what was told of them.

    `judged` is the last week that was held against its quota, by its Monday; `gaps` are weeks that never are.
    `over_age` are those of whom it was told, `forgotten` the ids of visits that nobody may correct any more.
    A log from before says no `weeks` and no `watched`, the days to come on which somebody reaches the limit of age.
    `origins` are whose file it was and through whom it came, none where it is the person's own; `beneath` is the one that it covers.
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
    weeks: tuple[CarriedWeek, ...] | None = None
    forgotten: tuple[UUID, ...] = ()
    since: date | None = None
    watched: tuple[date, ...] | None = None
    origins: tuple[UUID, ...] = ()
    beneath: Carried | None = None


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
    """What the person took over of `to` goes back to him.

    `remains` is the file that shows now: the one that the person had before, closed where the other one was. Its plans take the place of
    those from the Monday `plans_from` on. None where another file covered what goes back, and in a log from before.
    """

    TOPIC: ClassVar = "assistance.care-file-given-back"
    person: UUID
    to: UUID
    on: date
    carried: Carried
    remains: Carried | None = None
    plans_from: date | None = None


MergeEvent: TypeAlias = PersonMerged | PersonUnmerged | CareFileTakenOver | CareFileGivenBack
