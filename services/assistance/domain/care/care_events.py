"""What happened to a person in special-group care; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from pipeline.value import Value
from services.assistance.domain.care.weeks import Dependency

Ending: TypeAlias = Literal["decided", "died", "split", "married", "merged", "moved-out", "withdrawn", "duplicate", "unmerged"]
Told: TypeAlias = Literal["met", "missed", "corrected"]


class CareEvent(Event, frozen=True):
    """`household` is the one that the person belonged to then."""

    person: UUID
    household: UUID


class CareFileSet(CareEvent, frozen=True):
    """A person has a care file: opened, opened again, or with another category or household from the local date `on`."""

    TOPIC: ClassVar = "assistance.care-file-set"
    category: str
    on: date


class Caregiver(Value, frozen=True):
    """`limit_on` is the day on which he reaches the limit of age, where that is known; it is told to nobody before."""

    id: UUID
    from_day: date
    limit_on: date | None = None


class Task(Value, frozen=True):
    """Something that is to be done so many `times` a week."""

    name: str
    times: int


class CarePlanSet(CareEvent, frozen=True):
    """Who looks after the person from the local date `from_day`; weeks count from the Monday `counts_from`.

    `required` visits (partly dependent) or days with a visit (fully dependent) a week; a visit may correct one of the `kept_weeks` before.
    `flexible_needs` are digests; of the caregivers in `ages_unknown` nobody knows whether they are below the limit of age.
    `watched` are the days to come on which somebody reaches it, also of who looks after the person until then; a log from before says none.
    """

    TOPIC: ClassVar = "assistance.care-plan-set"
    care_dependency: Dependency
    from_day: date
    counts_from: date
    required: int
    kept_weeks: int
    caregivers: tuple[Caregiver, ...]
    tasks: tuple[Task, ...] = ()
    flexible_needs: tuple[str, ...] = ()
    ages_unknown: tuple[UUID, ...] = ()
    watched: tuple[date, ...] | None = None


class CaregiverAbsent(CareEvent, frozen=True):
    """Both days included; `covered` says that on every one of them as many are there as the pack asks for.

    `limit_on` is the day on which the replacement reaches the limit of age, `watched` are such days as in `CarePlanSet`.
    """

    TOPIC: ClassVar = "assistance.caregiver-absent"
    caregiver: UUID
    from_day: date
    to_day: date
    covered: bool
    replacement: UUID | None = None
    age_unknown: bool = False
    limit_on: date | None = None
    watched: tuple[date, ...] | None = None


class CaregiverOverAge(CareEvent, frozen=True):
    """Who gives care or stands in reached the limit of age on the local date `on`.

    `group` is everybody who does, `next_on` when the next one reaches it.
    """

    TOPIC: ClassVar = "assistance.caregiver-over-age"
    caregiver: UUID
    on: date
    group: tuple[UUID, ...]
    next_on: date | None = None


class Gap(Value, frozen=True):
    """The Mondays from `first` on and before `until` are of weeks in which the file was closed by an error."""

    first: date
    until: date


class CareWeekEvent(CareEvent, frozen=True):
    """`week` is its Monday; `done` of `required`, none required where the week is held against no quota; so of the quantified tasks."""

    week: date
    done: int
    required: int
    tasks_done: int
    tasks_required: int


class CareVisitRecorded(CareWeekEvent, frozen=True):
    """A visit on the local date `on`, counted once; the figures are those of its week with this visit.

    `outside` says that whoever came was neither of the group of that day nor stood in for one of it.
    """

    TOPIC: ClassVar = "assistance.care-visit-recorded"
    visit: UUID
    on: date
    tasks: tuple[str, ...] = ()
    caregiver: UUID | None = None
    outside: bool = False


class CareQuotaMet(CareWeekEvent, frozen=True):
    """A week is over and had its visits."""

    TOPIC: ClassVar = "assistance.care-quota-met"


class CareQuotaMissed(CareWeekEvent, frozen=True):
    """A week is over and had fewer visits than it should; `group` is who was to make them."""

    TOPIC: ClassVar = "assistance.care-quota-missed"
    group: tuple[UUID, ...]


class CareQuotaCorrected(CareWeekEvent, frozen=True):
    """A week that was told missed had its visits after all, or none was required because the person had left."""

    TOPIC: ClassVar = "assistance.care-quota-corrected"


class CareEnded(CareEvent, frozen=True):
    """On the local date `on`; the week that it belongs to is held against no quota, as the weeks after it."""

    TOPIC: ClassVar = "assistance.care-ended"
    on: date
    reason: Ending
    reason_sha256: str | None = None


class CareResumed(CareEvent, frozen=True):
    """The end was an error, and known as one on the local date `on`: file, plan and absences go on as before.

    Weeks from the Monday `uncounted_from` on are held against no quota, and again from the Monday `counts_from` on: nobody was asked for
    visits between. `planned` says that there is a plan.
    """

    TOPIC: ClassVar = "assistance.care-resumed"
    category: str
    on: date
    uncounted_from: date
    counts_from: date
    planned: bool


AnyCareEvent: TypeAlias = (
    CareFileSet
    | CarePlanSet
    | CaregiverAbsent
    | CareVisitRecorded
    | CareQuotaMet
    | CareQuotaMissed
    | CareQuotaCorrected
    | CareEnded
    | CareResumed
    | CaregiverOverAge
)
