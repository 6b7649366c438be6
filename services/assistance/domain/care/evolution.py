"""How each event changes what is known of a person in care; what nobody may correct any more is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from services.assistance.domain.care.care_events import (
    AnyCareEvent,
    CareEnded,
    CareFileSet,
    CaregiverAbsent,
    CaregiverOverAge,
    CarePlanSet,
    CareQuotaCorrected,
    CareQuotaMet,
    CareQuotaMissed,
    CareResumed,
    CareVisitRecorded,
    Gap,
    Told,
)
from services.assistance.domain.care.care_file import CareFile, Visit, Week
from services.assistance.domain.care.weeks import WEEK


def evolve(care: CareFile | None, event: AnyCareEvent) -> CareFile:
    match event:
        case CareFileSet(person=person, household=household, category=category, on=on):
            if care is None:
                return CareFile(person, household, category, on)
            moved = replace(care, household=household, category=category, since=on)
            return replace(moved, ended=None, ended_by="", began=None, plans=(), absences=()) if care.ended is not None else moved
        case _:
            return _of_file(care or CareFile(event.person, event.household, "", date.min), event)


def _of_file(care: CareFile, event: AnyCareEvent) -> CareFile:
    match event:
        case CarePlanSet(from_day=from_day, counts_from=counts_from):
            before = tuple(plan for plan in care.plans if plan.counts_from < counts_from)
            told = _told(care, {(one.id, one.limit_on) for one in event.caregivers})
            return replace(care, plans=(*before, event), over_age=told, began=from_day if care.began is None else min(care.began, from_day))
        case CaregiverAbsent():
            others = tuple(one for one in care.absences if not is_of_the_same_day(one, event))
            instead = {(event.replacement, event.limit_on)} if event.replacement is not None else set[tuple[UUID, date | None]]()
            return replace(care, absences=(*others, event), over_age=_told(care, instead))
        case CareVisitRecorded(visit=visit, week=week):
            known = care.weeks.get(week, Week())
            made = Visit(event.on, event.tasks, event.caregiver)
            return _with(care, week, replace(known, visits={**known.visits, visit: made}))
        case CareQuotaMet(week=week):
            return _judged(care, week, "met")
        case CareQuotaMissed(week=week):
            return _judged(care, week, "missed")
        case CareQuotaCorrected(week=week):
            return _with(care, week, replace(care.weeks.get(week, Week()), told="corrected"))
        case CareEnded(on=on, reason=reason):
            return replace(care, ended=on, ended_by=reason)
        case CaregiverOverAge(caregiver=caregiver):
            return replace(care, over_age=care.over_age | {caregiver})
        case CareResumed():
            return _resumed(care, event)
        case CareFileSet():
            return care


def _told(care: CareFile, limits: Iterable[tuple[UUID, date | None]]) -> frozenset[UUID]:
    """Whoever has another limit than was known is told of again."""
    known = {(one.id, one.limit_on) for plan in care.plans for one in plan.caregivers}
    known |= {(one.replacement, one.limit_on) for one in care.absences if one.replacement is not None}
    return care.over_age - {caregiver for caregiver, limit in limits if (caregiver, limit) not in known}


def _resumed(care: CareFile, event: CareResumed) -> CareFile:
    """In another household he is since he left the one of the file."""
    since = care.since if event.household == care.household or care.ended is None else max(care.since, care.ended)
    gaps = (*care.gaps, Gap(event.uncounted_from, event.counts_from))
    return replace(care, household=event.household, since=since, ended=None, ended_by="", gaps=gaps)


def is_of_the_same_day(one: CaregiverAbsent, other: CaregiverAbsent) -> bool:
    """Told again, the latest stands: somebody comes back sooner, or somebody stands in after all."""
    return (one.caregiver, one.from_day) == (other.caregiver, other.from_day)


def _with(care: CareFile, week: date, known: Week) -> CareFile:
    return replace(care, weeks={**care.weeks, week: known})


def _judged(care: CareFile, week: date, said: Told) -> CareFile:
    """What nobody may correct any more is forgotten."""
    told = _with(care, week, replace(care.weeks.get(week, Week()), told=said))
    judged = week if care.judged is None else max(week, care.judged)
    first = judged + WEEK - max((plan.kept_weeks for plan in care.plans), default=0) * WEEK
    counting = max((plan.counts_from for plan in care.plans if plan.counts_from <= first), default=first)
    return replace(
        told,
        judged=judged,
        weeks={monday: kept for monday, kept in told.weeks.items() if monday >= first},
        forgotten=told.forgotten.union(*(kept.visits for monday, kept in told.weeks.items() if monday < first)),
        plans=tuple(plan for plan in care.plans if plan.counts_from >= counting),
        absences=tuple(absence for absence in care.absences if absence.to_day >= first),
        gaps=tuple(gap for gap in care.gaps if gap.until > first),
    )
