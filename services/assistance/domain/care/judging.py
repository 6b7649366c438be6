"""Each week that is over is held against its quota, once and in order, whenever that is noticed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from services.assistance.domain.care.care_events import CarePlanSet, CareQuotaCorrected, CareQuotaMet, CareQuotaMissed
from services.assistance.domain.care.care_file import CareFile, Tally, Visit, Week
from services.assistance.domain.care.weeks import WEEK, sunday


def judged_until(today: date, care: CareFile) -> Iterable[CareQuotaMet | CareQuotaMissed]:
    """Those that ended before today; nothing of an ended file."""
    week = _next(care)
    while week is not None and sunday(week) < today and not care.is_over_in(week):
        if (plan := care.plan_of(week)) is not None:
            tally = care.tally(week, _visits(care, week))
            told = about(care, week, tally)
            yield CareQuotaMet(**told) if tally.is_met else CareQuotaMissed(**told, group=_group(care, plan, week))
        week += WEEK


def corrected(care: CareFile, week: date, tally: Tally) -> Iterable[CareQuotaCorrected]:
    """A week that was told missed, with a visit that came late."""
    if care.weeks.get(week, Week()).missed and tally.is_met:
        yield CareQuotaCorrected(**about(care, week, tally))


def no_longer_required(on: date, care: CareFile) -> Iterable[Event]:
    """What was told missed of weeks in which there was nobody to care for any more."""
    over = replace(care, ended=on)
    for week, known in sorted(care.weeks.items()):
        if known.missed and over.plan_of(week) is None:
            yield CareQuotaCorrected(**about(care, week, over.tally(week, known.visits.values())))


def missed_after_all(care: CareFile) -> Iterable[CareQuotaMissed]:
    """Of an open file: what was taken back of weeks that were judged, because of an end that was none."""
    for week, known in sorted(care.weeks.items()):
        if known.missed or care.judged is None or week > care.judged or (plan := care.plan_of(week)) is None:
            continue
        tally = care.tally(week, known.visits.values())
        if not tally.is_met:
            yield CareQuotaMissed(**about(care, week, tally), group=_group(care, plan, week))


def about(care: CareFile, week: date, tally: Tally) -> dict[str, Any]:
    """The fields of a `CareWeekEvent`."""
    return {
        "person": care.person,
        "household": care.household,
        "week": week,
        "done": tally.done,
        "required": tally.required,
        "tasks_done": tally.tasks_done,
        "tasks_required": tally.tasks_required,
    }


def _visits(care: CareFile, week: date) -> Iterable[Visit]:
    return care.weeks.get(week, Week()).visits.values()


def _next(care: CareFile) -> date | None:
    first = min((plan.counts_from for plan in care.plans), default=None)
    return first if first is None or care.judged is None else max(first, care.judged + WEEK)


def _group(care: CareFile, plan: CarePlanSet, week: date) -> tuple[UUID, ...]:
    """Those of the plan who were there on some day of the week, and who replaced them."""
    last = sunday(week)
    away = {one.caregiver for one in care.absences if one.from_day <= week and one.to_day >= last}
    instead = [one.replacement for one in care.absences if one.replacement is not None and one.from_day <= last and one.to_day >= week]
    there = [one.id for one in plan.caregivers if one.from_day <= last and one.id not in away]
    return tuple(dict.fromkeys([*there, *instead]))
