"""The limit of age of whoever gives care: held against it when he begins, and told on the day on which he reaches it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from services.assistance.domain.care.care_events import CaregiverOverAge
from services.assistance.domain.care.care_file import CareFile
from services.assistance.domain.care.policy import Care


def limit_day(birth: date | None, policy: Care) -> date | None:
    """The birthday from which on the pack lets nobody give care; who was born on 29 February has it on 1 March."""
    if birth is None:
        return None
    year = birth.year + policy.age_limit
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def over_age(today: date, care: CareFile) -> Iterable[CaregiverOverAge]:
    """Of an open file: those of its last plan who reached the limit by today, each once."""
    if care.ended is not None or not care.plans:
        return
    plan, told = care.plans[-1], set(care.over_age)
    limits = sorted((one.limit_on, one.id) for one in plan.caregivers if one.limit_on is not None and one.id not in told)
    for number, (on, caregiver) in enumerate(limits):
        if on <= today:
            following = limits[number + 1][0] if number + 1 < len(limits) else None
            group = tuple(one.id for one in plan.caregivers)
            yield CaregiverOverAge(person=care.person, household=care.household, caregiver=caregiver, on=on, group=group, next_on=following)
