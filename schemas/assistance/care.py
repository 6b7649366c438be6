"""Commands and events about special-group care (特殊人群管护): care files, plans, visits and the quota of each week.

`person` and `person_id` are the internal id that enrollment's events give a member; names and numbers stay in the vault.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Final, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.enrollment import HouseholdEvent
from schemas.message import OF_SOMEBODY, Count, Day, Flag, LongText, Message, PersonalLongText, Text, Value, no_number, personal

LONGEST_ABSENCE: Final = timedelta(days=366)
# A word of a list, never a free text: it goes into events.
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$", json_schema_extra={"not": {"pattern": OF_SOMEBODY}}), no_number]
Dependency = Literal["partial", "full"]


class CareCommand(Message):
    """The subject is the household that the person belongs to."""

    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    person: UUID


class OpenCareFile(CareCommand):
    """Somebody is cared for by category; the list of categories is the policy pack's. An open file gets another category or household."""

    TYPE: ClassVar = "suishi.assistance.command.open-care-file.v1"
    category: Code


class Caregiver(Value):
    """`birth` is held against the limit of age; of it the log keeps the day on which that is reached, and no message tells it.

    Without `from_day` he begins with the plan.
    """

    caregiver_id: UUID
    birth: Annotated[Day | None, personal] = None
    from_day: Day | None = None


class QuantifiedTask(Value):
    """So many times a week."""

    task: Code
    times: Annotated[Count, Field(ge=1, le=1000)]


class SetCarePlan(CareCommand):
    """How somebody who cannot look after himself is cared for: N+1 for the partly, 1+1 for the fully dependent."""

    TYPE: ClassVar = "suishi.assistance.command.set-care-plan.v1"
    care_dependency: Dependency
    caregivers: Annotated[tuple[Caregiver, ...], Field(min_length=1, max_length=20)]
    quantified_tasks: Annotated[tuple[QuantifiedTask, ...], Field(max_length=50)] = ()
    flexible_needs: Annotated[tuple[LongText, ...], Field(max_length=50), personal] = ()
    from_day: Day | None = None

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        caregivers, tasks = [one.caregiver_id for one in self.caregivers], [one.task for one in self.quantified_tasks]
        if len(set(caregivers)) < len(caregivers) or len(set(tasks)) < len(tasks):
            kind = "named_twice"
            raise PydanticCustomError(kind, "names a caregiver or a task twice; name each once")
        return self


class RecordCareVisit(CareCommand):
    """Somebody was there on the local date `on`; recorded offline and sent later, in any order, twice: it counts once."""

    TYPE: ClassVar = "suishi.assistance.command.record-care-visit.v1"
    visit_id: UUID
    on: Day
    tasks: Annotated[tuple[Code, ...], Field(max_length=100)] = ()
    caregiver: UUID | None = None


class RecordAbsence(CareCommand):
    """A caregiver is away, both days included, and perhaps somebody stands in."""

    TYPE: ClassVar = "suishi.assistance.command.record-absence.v1"
    caregiver: UUID
    from_day: Day
    to_day: Day
    replacement: Caregiver | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if not timedelta(0) <= self.to_day - self.from_day <= LONGEST_ABSENCE:
            kind = "absence_days"
            raise PydanticCustomError(kind, "ends before it begins, or lasts longer than 366 days; set a new plan for longer")
        return self


class EndCare(CareCommand):
    """Care is over, and why; with the dead and those who moved out it ends by itself."""

    TYPE: ClassVar = "suishi.assistance.command.end-care.v1"
    reason: PersonalLongText


class CareEvent(HouseholdEvent):
    person_id: UUID


class CareFileSet(CareEvent):
    """A person has a care file: opened, opened again, or with another category or household.

    Where it was that of `from_person_id`, who was found to be the same person or to be another one after all, plan, absences and visits of
    the open week came with it.
    """

    TYPE: ClassVar = "suishi.assistance.event.care-file-set.v1"
    category: Text
    on: Day
    from_person_id: UUID | None = None


class PlannedCaregiver(Value):
    caregiver_id: UUID
    from_day: Day


class PlannedTask(Value):
    task: Text
    times: Count


class CarePlanSet(CareEvent):
    """Weeks count from the Monday `counts_from`; `required` visits (partial) or days with a visit (full) in each.

    Nobody knows whether those in `ages_unknown` are below the limit of age; somebody finds out.
    """

    TYPE: ClassVar = "suishi.assistance.event.care-plan-set.v1"
    care_dependency: Dependency
    from_day: Day
    counts_from: Day
    required: Count
    caregivers: tuple[PlannedCaregiver, ...]
    quantified_tasks: tuple[PlannedTask, ...] = ()
    ages_unknown: tuple[UUID, ...] | None = None


class CaregiverAbsent(CareEvent):
    """Where not `covered`, fewer give care on some of these days than the policy pack asks for."""

    TYPE: ClassVar = "suishi.assistance.event.caregiver-absent.v1"
    caregiver_id: UUID
    from_day: Day
    to_day: Day
    covered: Flag
    replacement_id: UUID | None = None
    age_unknown: Flag | None = None


class CaregiverOverAge(CareEvent):
    """A caregiver of the `group` reached the limit of age on `on`; told once, that somebody is found in his place."""

    TYPE: ClassVar = "suishi.assistance.event.caregiver-over-age.v1"
    caregiver_id: UUID
    on: Day
    group: tuple[UUID, ...]


class CareWeekEvent(CareEvent):
    """`week` is its Monday; nothing is `required` of a week that no plan covers whole."""

    week: Day
    done: Count
    required: Count
    tasks_done: Count
    tasks_required: Count


class CareVisitRecorded(CareWeekEvent):
    """A visit, counted once on its day; the figures are those of its week with it.

    Whoever is `outside_group` was neither of the group of that day nor stood in for one of it; the visit counts all the same.
    """

    TYPE: ClassVar = "suishi.assistance.event.care-visit-recorded.v1"
    visit_id: UUID
    on: Day
    tasks: tuple[Text, ...] = ()
    caregiver_id: UUID | None = None
    outside_group: Flag | None = None


class CareQuotaMet(CareWeekEvent):
    """A week is over and had its visits."""

    TYPE: ClassVar = "suishi.assistance.event.care-quota-met.v1"


class CareQuotaMissed(CareWeekEvent):
    """A week is over and had fewer visits than it should; `group` was to make them."""

    TYPE: ClassVar = "suishi.assistance.event.care-quota-missed.v1"
    group: tuple[UUID, ...]


class CareQuotaCorrected(CareWeekEvent):
    """A week that was told missed was not: a visit came late, or the person was there no more."""

    TYPE: ClassVar = "suishi.assistance.event.care-quota-corrected.v1"


class CareEnded(CareEvent):
    """Nobody is cared for any more, from `on`; where the person is a `duplicate`, whoever he is has the file of both."""

    TYPE: ClassVar = "suishi.assistance.event.care-ended.v1"
    on: Day
    reason: Literal["decided", "died", "split", "married", "merged", "moved-out", "withdrawn", "duplicate", "unmerged"]


class CareResumed(CareEvent):
    """The end was an error, as is known on `on`: the file goes on with its plan and absences.

    Weeks from the Monday `uncounted_from` on are held against no quota, and again from the Monday `counts_from` on.
    """

    TYPE: ClassVar = "suishi.assistance.event.care-resumed.v1"
    category: Text
    on: Day
    uncounted_from: Day
    counts_from: Day
