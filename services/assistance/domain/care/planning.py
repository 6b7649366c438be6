"""Who looks after a person: the group of N+1 or the post of 1+1, its limit of age, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from msgspec.structs import replace

from pipeline.decider import Events
from services.assistance.domain.care.ages import limit_day, watched
from services.assistance.domain.care.care_commands import Candidate, RecordAbsence, SetCarePlan
from services.assistance.domain.care.care_events import Caregiver, CaregiverAbsent, CarePlanSet
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.evolution import evolve, is_of_the_same_day
from services.assistance.domain.care.policy import Care
from services.assistance.domain.care.refusal import refused
from services.assistance.domain.care.weeks import WEEK, first_whole_week


def set_plan(command: SetCarePlan, care: CareFile | None, policy: Care) -> Events:
    """Weeks that were judged stay judged: a plan counts from the first whole week after them."""
    if care is None:
        return refused(command, care, "care.no-file")
    if care.ended is not None:
        return refused(command, care, "care.ended", care.ended)
    from_day, quota = command.from_day or command.on, policy.quota(command.care_dependency)
    if from_day < (earliest := care.earliest(command.on, policy.kept_weeks)):
        return refused(command, care, "care.plan-too-early", earliest)
    if not quota.least <= len(command.caregivers) <= quota.most:
        limit = str(quota.least) if quota.least == quota.most else f"{quota.least}-{quota.most}"
        return refused(command, care, "care.group-size", limit)
    if any(_is_too_old(one, one.from_day or from_day, policy) for one in command.caregivers):
        return refused(command, care, "care.age-limit", policy.age_limit)
    plan = _plan(command, care, policy, from_day)
    return () if care.plans and _same(care.plans[-1], plan) else (replace(plan, watched=watched(evolve(care, plan))),)


def _plan(command: SetCarePlan, care: CareFile, policy: Care, from_day: date) -> CarePlanSet:
    first = first_whole_week(from_day)
    return CarePlanSet(
        person=care.person,
        household=care.household,
        care_dependency=command.care_dependency,
        from_day=from_day,
        counts_from=first if care.judged is None else max(first, care.judged + WEEK),
        required=policy.quota(command.care_dependency).required,
        kept_weeks=policy.kept_weeks,
        caregivers=tuple(Caregiver(one.id, one.from_day or from_day, limit_day(one.birth, policy)) for one in command.caregivers),
        tasks=command.tasks,
        flexible_needs=command.flexible_needs,
        ages_unknown=tuple(one.id for one in command.caregivers if one.birth is None),
    )


def _same(known: CarePlanSet, asked: CarePlanSet) -> bool:
    """Asked once more, when weeks were judged or the person lives elsewhere, it is the same plan."""
    return known == replace(asked, household=known.household, counts_from=known.counts_from, watched=known.watched)


def record_absence(command: RecordAbsence, care: CareFile | None, policy: Care) -> Events:
    """An absence is a fact: it is told whether or not anybody stands in, and that the group is too small for it."""
    if care is None:
        return refused(command, care, "care.no-file")
    if care.ended is not None:
        return refused(command, care, "care.ended", care.ended)
    if not care.plans:
        return refused(command, care, "care.no-plan")
    days = list(_days(command.from_day, command.to_day))
    instead, groups = command.replacement, [{one.id for one in plan.caregivers} for plan in _plans(care, days)]
    if not any(command.caregiver in group for group in groups):
        return refused(command, care, "care.caregiver-unknown")
    if instead is not None and all(instead.id in group for group in groups):
        return refused(command, care, "care.replacement-in-group")
    if instead is not None and _is_too_old(instead, command.from_day, policy):
        return refused(command, care, "care.age-limit", policy.age_limit)
    absent = _absent(command, care, policy)
    known = [one for one in care.absences if is_of_the_same_day(one, absent)]
    if any(replace(one, household=care.household, covered=False, watched=None) == absent for one in known):
        return ()
    absences = [*(one for one in care.absences if one not in known), absent]
    covered = all(_enough(plan, absences, day, policy) for plan, day in zip(_plans(care, days), days, strict=True))
    absent = replace(absent, covered=covered)
    return (replace(absent, watched=watched(evolve(care, absent))),)


def _absent(command: RecordAbsence, care: CareFile, policy: Care) -> CaregiverAbsent:
    instead = command.replacement
    return CaregiverAbsent(
        person=care.person,
        household=care.household,
        caregiver=command.caregiver,
        from_day=command.from_day,
        to_day=command.to_day,
        covered=False,
        replacement=instead.id if instead is not None else None,
        age_unknown=instead is not None and instead.birth is None,
        limit_on=limit_day(instead.birth, policy) if instead is not None else None,
    )


def _plans(care: CareFile, days: Iterable[date]) -> list[CarePlanSet]:
    """By whom the person is looked after on each of them; before any plan began, as the first one says."""
    return [care.plan_on(day) or care.plans[0] for day in days]


def _enough(plan: CarePlanSet, absences: list[CaregiverAbsent], day: date, policy: Care) -> bool:
    """Whether as many give care on that day as the pack asks for."""
    today = [one for one in absences if one.from_day <= day <= one.to_day]
    away = {one.caregiver for one in today}
    instead = {one.replacement for one in today if one.replacement is not None}
    there = len([one for one in plan.caregivers if one.id not in away]) + len(instead - away)
    return there >= policy.quota(plan.care_dependency).least


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _is_too_old(one: Candidate, on: date, policy: Care) -> bool:
    """On the day on which he begins; unknown is not false, and told apart."""
    limit = limit_day(one.birth, policy)
    return limit is not None and on >= limit
