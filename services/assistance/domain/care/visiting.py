"""A visit is recorded where it is made and told later, in any order, perhaps twice: it counts once, on its day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pipeline.decider import Events
from services.assistance.domain.care.care_commands import RecordCareVisit
from services.assistance.domain.care.care_events import CareVisitRecorded
from services.assistance.domain.care.care_file import CareFile, Visit, Week
from services.assistance.domain.care.judging import about, corrected
from services.assistance.domain.care.policy import Care
from services.assistance.domain.care.refusal import refused
from services.assistance.domain.care.weeks import week_of


def record_visit(command: RecordCareVisit, care: CareFile | None, policy: Care) -> Events:
    if care is None:
        return refused(command, care, "care.no-file")
    made = Visit(command.visited, command.tasks, command.caregiver)
    if (known := care.visit(command.visit)) is not None:
        return () if known == made else refused(command, care, "care.visit-differs")
    if command.visit in care.forgotten:
        return _told_long_ago(command, care, policy)
    return _not_countable(command, care, policy) or _counted(command.visit, made, care)


def _told_long_ago(command: RecordCareVisit, care: CareFile, policy: Care) -> Events:
    """What that visit was is forgotten: one that is told too late may be the same, one that is not is another."""
    late = command.visited < care.earliest(command.on, _kept_weeks(care, policy))
    return _not_countable(command, care, policy) if late else refused(command, care, "care.visit-id-used")


def _not_countable(command: RecordCareVisit, care: CareFile, policy: Care) -> Events:
    on = command.visited
    if on > command.on:
        return refused(command, care, "care.visit-in-future", command.on)
    if care.ended is not None and on > care.ended:
        return refused(command, care, "care.ended", care.ended)
    if care.began is None:
        return refused(command, care, "care.no-plan")
    if on < care.began:
        return refused(command, care, "care.before-plan", care.began)
    if on < (earliest := care.earliest(command.on, _kept_weeks(care, policy))):
        return refused(command, care, "care.visit-too-late", earliest)
    return ()


def _kept_weeks(care: CareFile, policy: Care) -> int:
    return max((plan.kept_weeks for plan in care.plans), default=policy.kept_weeks)


def _counted(identity: UUID, made: Visit, care: CareFile) -> Events:
    week = week_of(made.on)
    tally = care.tally(week, [*care.weeks.get(week, Week()).visits.values(), made])
    outside = made.caregiver is not None and care.is_outside(made.caregiver, made.on)
    said: dict[str, Any] = {"visit": identity, "on": made.on, "tasks": made.tasks, "caregiver": made.caregiver, "outside": outside}
    recorded = CareVisitRecorded(**about(care, week, tally), **said)
    return (recorded, *corrected(care, week, tally))
