"""What the rules know of a person in care: his file, who looks after him, and the weeks that can still be corrected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID, uuid5

from msgspec import field

from pipeline.value import Value
from services.assistance.domain.care.care_events import CaregiverAbsent, CarePlanSet, Gap, Told
from services.assistance.domain.care.weeks import WEEK, done, sunday, week_of


def care_stream(person: UUID) -> UUID:
    """The stream of a person's care file."""
    return uuid5(person, "care")


class Visit(Value, frozen=True):
    on: date
    tasks: tuple[str, ...]
    caregiver: UUID | None


class Week(Value, frozen=True):
    """`told` is what was told last of it."""

    visits: Mapping[UUID, Visit] = field(default_factory=dict[UUID, Visit])
    told: Told | None = None

    @property
    def missed(self) -> bool:
        return self.told == "missed"


class Tally(Value, frozen=True):
    """What a week came to; nothing is required of one that no plan covers whole."""

    done: int
    required: int
    tasks_done: int
    tasks_required: int

    @property
    def is_met(self) -> bool:
        return self.done >= self.required


class Taken(Value, frozen=True):
    """Whose file it was and through whom it came (`origins`), and the one that it covers; its plans count from `plans_from` or later."""

    origins: tuple[UUID, ...]
    plans_from: date | None = None
    beneath: CareFile | None = None


class CareFile(Value, frozen=True):
    """`since` is the day of the household, `began` the first of any plan, `judged` the last week that was; `plans` by `counts_from`.

    `forgotten` are the ids of visits whose weeks nobody may correct any more, `over_age` those of whom it was told.
    `taken` says that it was the file of a duplicate of the person.
    """

    person: UUID
    household: UUID
    category: str
    since: date
    plans: tuple[CarePlanSet, ...] = ()
    absences: tuple[CaregiverAbsent, ...] = ()
    weeks: Mapping[date, Week] = field(default_factory=dict[date, Week])
    began: date | None = None
    judged: date | None = None
    ended: date | None = None
    ended_by: str = ""
    gaps: tuple[Gap, ...] = ()
    forgotten: frozenset[UUID] = frozenset()
    taken: Taken | None = None
    over_age: frozenset[UUID] = frozenset()

    @property
    def origins(self) -> tuple[UUID, ...]:
        """None where it is the person's own."""
        return self.taken.origins if self.taken is not None else ()

    @property
    def layers(self) -> Sequence[CareFile]:
        """It and those that it covers."""
        below = self.taken.beneath if self.taken is not None else None
        return [self, *(below.layers if below is not None else ())]

    def is_over_in(self, week: date) -> bool:
        return self.ended is not None and self.ended <= sunday(week)

    def plan_of(self, week: date) -> CarePlanSet | None:
        """The one that the week is held against."""
        if self.is_over_in(week) or any(gap.first <= week < gap.until for gap in self.gaps):
            return None
        return next((plan for plan in reversed(self.plans) if plan.counts_from <= week), None)

    def plan_on(self, day: date) -> CarePlanSet | None:
        """By whom the person is looked after on that day."""
        return next((plan for plan in reversed(self.plans) if plan.from_day <= day), None)

    def visit(self, identity: UUID) -> Visit | None:
        return next((week.visits[identity] for week in self.weeks.values() if identity in week.visits), None)

    def is_outside(self, caregiver: UUID, on: date) -> bool:
        """Neither of the group that looked after the person on that day nor standing in for one of it."""
        plan = self.plan_on(on)
        if plan is None:
            return False
        instead = {one.replacement for one in self.absences if one.from_day <= on <= one.to_day}
        return caregiver not in instead and all(one.id != caregiver or one.from_day > on for one in plan.caregivers)

    def tally(self, week: date, visits: Iterable[Visit]) -> Tally:
        made, plan = list(visits), self.plan_of(week)
        tasks = Counter(task for visit in made for task in visit.tasks)
        days = [visit.on for visit in made]
        if plan is None:
            return Tally(len(days), 0, 0, 0)
        return Tally(
            done=done(plan.care_dependency, days),
            required=plan.required,
            tasks_done=sum(min(tasks[task.name], task.times) for task in plan.tasks),
            tasks_required=sum(task.times for task in plan.tasks),
        )

    def earliest(self, today: date, kept_weeks: int) -> date:
        """The first day on which a visit may still be told."""
        this_week = week_of(today) if self.judged is None else max(week_of(today), self.judged + WEEK)
        return this_week - kept_weeks * WEEK
