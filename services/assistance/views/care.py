"""The read models of care: files, plans, visits, absences, and each week against its quota."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from pipeline.projection import Statement
from services.assistance.domain.care import care_events as events
from services.assistance.domain.care.care_file import care_stream
from services.assistance.domain.care.merge_events import (
    CareFileGivenBack,
    CareFileTakenOver,
    Carried,
    MergeEvent,
    PersonMerged,
    PersonUnmerged,
)
from services.assistance.domain.care.weeks import WEEK as WEEK_LONG
from services.assistance.domain.care.weeks import sunday, week_of

TABLES: Final = ("care_files", "care_plans", "care_visits", "care_weeks", "care_absences", "merged_persons")
FILE: Final = """
INSERT INTO care_files (stream, person, household, category, since)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[])
ON CONFLICT (stream) DO UPDATE SET household = excluded.household, category = excluded.category, since = excluded.since,
    ended_on = NULL, ended_by = NULL, limit_on = CASE WHEN care_files.ended_on IS NULL THEN care_files.limit_on END"""
LIMIT: Final = """
UPDATE care_files f SET limit_on = new.day FROM unnest($1::uuid[], $2::date[]) AS new (stream, day) WHERE f.stream = new.stream"""
ENDED: Final = """
UPDATE care_files f SET ended_on = new.day, ended_by = new.reason, due = NULL
FROM unnest($1::uuid[], $2::date[], $3::text[]) AS new (stream, day, reason) WHERE f.stream = new.stream"""
RESUMED: Final = """
UPDATE care_files f SET household = new.household, ended_on = NULL, ended_by = NULL, due = new.due
FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS new (stream, household, due) WHERE f.stream = new.stream"""
REPLACED: Final = """
DELETE FROM care_plans p USING unnest($1::uuid[], $2::date[]) AS new (stream, week)
WHERE p.stream = new.stream AND p.counts_from >= new.week"""
# No array of arrays has rows of different lengths: a list comes as one text.
PLAN: Final = """
INSERT INTO care_plans (stream, counts_from, person, care_dependency, from_day, required, caregivers, ages_unknown, tasks, times)
SELECT stream, counts_from, person, care_dependency, from_day, required, string_to_array(caregivers, ',')::uuid[],
    string_to_array(ages_unknown, ',')::uuid[], string_to_array(tasks, ','), string_to_array(times, ',')::int[]
FROM unnest($1::uuid[], $2::date[], $3::uuid[], $4::text[], $5::date[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[])
    AS new (stream, counts_from, person, care_dependency, from_day, required, caregivers, ages_unknown, tasks, times)"""
# A file whose weeks are judged already goes on where it was.
FIRST_DUE: Final = """
UPDATE care_files f SET due = least(f.due, new.due)
FROM unnest($1::uuid[], $2::date[]) AS new (stream, due) WHERE f.stream = new.stream"""
NEXT_DUE: Final = """
UPDATE care_files f SET due = new.due FROM unnest($1::uuid[], $2::date[]) AS new (stream, due) WHERE f.stream = new.stream"""
VISIT: Final = """
INSERT INTO care_visits (stream, visit, person, on_day, week, caregiver, tasks, outside)
SELECT stream, visit, person, on_day, week, caregiver, string_to_array(tasks, ','), outside
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::date[], $6::uuid[], $7::text[], $8::boolean[])
    AS new (stream, visit, person, on_day, week, caregiver, tasks, outside)"""
CARRIED: Final = f"{VISIT} ON CONFLICT (stream, visit) DO NOTHING"
GONE: Final = """
DELETE FROM care_visits v USING unnest($1::uuid[], $2::uuid[]) AS gone (stream, visit)
WHERE v.stream = gone.stream AND v.visit = gone.visit"""
WEEK_GONE: Final = """
DELETE FROM care_weeks w USING unnest($1::uuid[], $2::date[]) AS gone (stream, week)
WHERE w.stream = gone.stream AND w.week = gone.week"""
OPEN_WEEK_GONE: Final = f"{WEEK_GONE} AND w.told IS NULL"
ABSENCE_GONE: Final = """
DELETE FROM care_absences a USING unnest($1::uuid[], $2::uuid[], $3::date[]) AS gone (stream, caregiver, from_day)
WHERE a.stream = gone.stream AND a.caregiver = gone.caregiver AND a.from_day = gone.from_day"""
AS_BEFORE: Final = """
UPDATE care_files f SET household = old.household, category = old.category, since = old.since, ended_on = old.day, ended_by = old.reason
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::date[], $6::text[])
    AS old (stream, household, category, since, day, reason) WHERE f.stream = old.stream"""
MERGED: Final = """
INSERT INTO merged_persons (person, into_person) SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT (person) DO UPDATE SET into_person = excluded.into_person"""
PARTED: Final = "DELETE FROM merged_persons WHERE person = ANY($1::uuid[])"
WEEK: Final = """
INSERT INTO care_weeks (stream, week, person, done, required, tasks_done, tasks_required, told)
SELECT * FROM unnest($1::uuid[], $2::date[], $3::uuid[], $4::int[], $5::int[], $6::int[], $7::int[], $8::text[])
ON CONFLICT (stream, week) DO UPDATE SET done = excluded.done, required = excluded.required, tasks_done = excluded.tasks_done,
    tasks_required = excluded.tasks_required, told = coalesce(excluded.told, care_weeks.told)"""
ABSENCE: Final = """
INSERT INTO care_absences (stream, caregiver, from_day, person, to_day, covered, replacement, age_unknown)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::uuid[], $5::date[], $6::boolean[], $7::uuid[], $8::boolean[])
ON CONFLICT (stream, caregiver, from_day) DO UPDATE SET to_day = excluded.to_day, covered = excluded.covered,
    replacement = excluded.replacement, age_unknown = excluded.age_unknown"""


def statements(stream: UUID, event: events.AnyCareEvent) -> Iterable[Statement]:
    match event:
        case events.CareFileSet(person=person, household=household, category=category, on=on):
            yield FILE, (stream, person, household, category, on)
        case events.CarePlanSet():
            yield from _plan(stream, event)
        case events.CaregiverAbsent() as one:
            until = (one.to_day, one.covered, one.replacement, one.age_unknown)
            yield ABSENCE, (stream, one.caregiver, one.from_day, one.person, *until)
            if one.watched is not None:
                yield LIMIT, (stream, min(one.watched, default=None))
        case events.CareVisitRecorded(visit=visit, person=person, on=on, week=week, caregiver=caregiver, tasks=tasks):
            yield VISIT, (stream, visit, person, on, week, caregiver, ",".join(tasks), event.outside)
            yield _week(stream, event, None)
        case events.CareQuotaMet() | events.CareQuotaMissed():
            yield _week(stream, event, "met" if isinstance(event, events.CareQuotaMet) else "missed")
            yield NEXT_DUE, (stream, event.week + timedelta(days=13))
        case events.CareQuotaCorrected():
            yield _week(stream, event, "corrected")
        case events.CaregiverOverAge(next_on=next_on):
            yield LIMIT, (stream, next_on)
        case events.CareEnded(on=on, reason=reason):
            yield ENDED, (stream, on, reason)
        case events.CareResumed(household=household, counts_from=counts_from, planned=planned):
            yield RESUMED, (stream, household, counts_from + timedelta(days=6) if planned else None)


def of_merging(stream: UUID, event: MergeEvent) -> Iterable[Statement]:
    match event:
        case CareFileTakenOver():
            yield from _taken_over(stream, event)
        case CareFileGivenBack(remains=Carried() as remains):
            yield from _given_back(stream, event, remains)
        case CareFileGivenBack(carried=Carried(weeks=None) as carried):
            yield from _left_bare(stream, carried)
        case PersonMerged(person=person, into=into):
            yield MERGED, (person, into)
        case PersonUnmerged(person=person):
            yield PARTED, (person,)
        case CareFileGivenBack():
            return


def _taken_over(stream: UUID, event: CareFileTakenOver) -> Iterable[Statement]:
    """The file goes on here, with the weeks that can be corrected; those before stay where they were told."""
    carried = event.carried
    yield FILE, (stream, event.person, event.household, carried.category, carried.since or event.on)
    if not event.back or carried.weeks is None:
        yield from _gone(care_stream(event.origin), carried)
    yield from _shown(stream, event.person, carried)


def _given_back(stream: UUID, event: CareFileGivenBack, remains: Carried) -> Iterable[Statement]:
    """What else the person has is shown as it was."""
    yield from _gone(stream, event.carried)
    yield from ((ABSENCE_GONE, (stream, one.caregiver, one.from_day)) for one in event.carried.absences)
    if event.plans_from is not None:
        yield REPLACED, (stream, event.plans_from)
    yield AS_BEFORE, (stream, remains.household, remains.category, remains.since, remains.ended, remains.ended_by or None)
    yield from _shown(stream, event.person, remains)


def _left_bare(stream: UUID, carried: Carried) -> Iterable[Statement]:
    """A log from before says nothing of what remains: the person's own file had no plan; where he had none, its end is told beside it."""
    yield from _gone(stream, carried)
    yield from ((ABSENCE_GONE, (stream, one.caregiver, one.from_day)) for one in carried.absences)
    yield from ((REPLACED, (stream, plan.counts_from)) for plan in carried.plans[:1])
    yield from ((NEXT_DUE, (stream, None)), (LIMIT, (stream, None)))


def _gone(stream: UUID, carried: Carried) -> Iterable[Statement]:
    """A log from before says nothing of weeks that were judged: they stay."""
    for one in carried.visits:
        if carried.weeks is not None or carried.judged is None or week_of(one.on) > carried.judged:
            yield GONE, (stream, one.visit)
            yield WEEK_GONE if carried.weeks is not None else OPEN_WEEK_GONE, (stream, week_of(one.on))
    yield from ((WEEK_GONE, (stream, week.week)) for week in carried.weeks or () if week.told is not None)


def _shown(stream: UUID, person: UUID, carried: Carried) -> Iterable[Statement]:
    for plan in carried.plans:
        yield from _plan(stream, plan)
    for one in carried.absences:
        yield from statements(stream, one)
    for visit in carried.visits:
        if carried.weeks is not None or carried.judged is None or week_of(visit.on) > carried.judged:
            said = (person, visit.on, week_of(visit.on), visit.caregiver, ",".join(visit.tasks), visit.outside)
            yield CARRIED, (stream, visit.visit, *said)
    for week in carried.weeks or ():
        yield WEEK, (stream, week.week, person, week.done, week.required, week.tasks_done, week.tasks_required, week.told)
    yield NEXT_DUE, (stream, _due(carried) if carried.ended is None else None)
    if carried.watched is not None:
        yield LIMIT, (stream, min(carried.watched, default=None))
    elif carried.plans:
        yield _limit(stream, carried.plans[-1], carried.over_age)


def _due(carried: Carried) -> date | None:
    """The Sunday of the first week that a plan counts and nobody judged."""
    first = min((plan.counts_from for plan in carried.plans), default=None)
    if first is None:
        return None
    return sunday(first if carried.judged is None else max(first, carried.judged + WEEK_LONG))


def _plan(stream: UUID, plan: events.CarePlanSet) -> Iterable[Statement]:
    caregivers, unknown = (",".join(str(one) for one in ids) for ids in ([one.id for one in plan.caregivers], plan.ages_unknown))
    tasks, times = ",".join(one.name for one in plan.tasks), ",".join(str(one.times) for one in plan.tasks)
    said = (plan.person, plan.care_dependency, plan.from_day, plan.required, caregivers, unknown, tasks, times)
    yield REPLACED, (stream, plan.counts_from)
    yield PLAN, (stream, plan.counts_from, *said)
    yield _limit(stream, plan, ())
    yield FIRST_DUE, (stream, plan.counts_from + timedelta(days=6))


def _limit(stream: UUID, plan: events.CarePlanSet, told: Sequence[UUID]) -> Statement:
    """When the next one reaches the limit of age; a log from before says it of the group alone."""
    if plan.watched is not None:
        return LIMIT, (stream, min(plan.watched, default=None))
    return LIMIT, (stream, min((one.limit_on for one in plan.caregivers if one.limit_on is not None and one.id not in told), default=None))


def _week(stream: UUID, event: events.CareWeekEvent, told: str | None) -> Statement:
    figures = (event.done, event.required, event.tasks_done, event.tasks_required)
    return WEEK, (stream, event.week, event.person, *figures, told)
