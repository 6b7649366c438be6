"""The limit of age of whoever gives care: held against it when he begins, and told on the day on which he reaches it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import zip_longest
from typing import Any
from uuid import UUID

from pipeline.value import Value
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


class Limit(Value, frozen=True):
    """On the local date `on` the caregiver reaches the limit of age, while he is one of `group`."""

    on: date
    caregiver: UUID
    group: tuple[UUID, ...]


def coming(care: CareFile) -> Sequence[Limit]:
    """Whoever reaches the limit while he gives care, in the order of the days: of each plan until the next one begins, and who stands in.

    Who was told of is none of them.
    """
    found = {(one.on, one.caregiver): one for one in (*_standing_in(care), *_of_plans(care)) if one.caregiver not in care.over_age}
    return [found[key] for key in sorted(found)]


def watched(care: CareFile) -> tuple[date, ...]:
    """The days on which somebody does, in their order."""
    return tuple(dict.fromkeys(one.on for one in coming(care)))


def _of_plans(care: CareFile) -> Iterable[Limit]:
    for number, plan in enumerate(care.plans):
        until = min((one.from_day for one in care.plans[number + 1 :]), default=date.max)
        group = tuple(one.id for one in plan.caregivers)
        yield from (Limit(one.limit_on, one.id, group) for one in plan.caregivers if one.limit_on is not None and one.limit_on < until)


def _standing_in(care: CareFile) -> Iterable[Limit]:
    for one in care.absences:
        on, instead = one.limit_on, one.replacement
        if on is not None and instead is not None and on <= one.to_day and (plan := care.plan_on(on)) is not None:
            yield Limit(on, instead, (*(of_plan.id for of_plan in plan.caregivers), instead))


def over_age(today: date, care: CareFile) -> Iterable[CaregiverOverAge]:
    """Of an open file: those who reached the limit by today, each once."""
    limits = coming(care) if care.ended is None else ()
    for one, following in zip_longest(limits, limits[1:]):
        if one.on <= today:
            said: dict[str, Any] = {"person": care.person, "household": care.household, "caregiver": one.caregiver}
            yield CaregiverOverAge(**said, on=one.on, group=one.group, next_on=following.on if following is not None else None)
