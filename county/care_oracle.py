"""Which care weeks must be met, missed and corrected: counted from what the caregivers did, apart from the rules of the services."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from county.caring import Care, Turn

Week = tuple[str, date]


@dataclass(frozen=True)
class CareExpectation:
    """Identity numbers of those with a file; weeks as (identity number, Monday), each in one of the three."""

    files: frozenset[str]
    met: frozenset[Week]
    missed: frozenset[Week]
    corrected: frozenset[Week]


def expected_care(told: Care, last: date) -> CareExpectation:
    """When the season was played until `last`: a week is judged when its next Monday began."""
    by_week: dict[Week, list[Turn]] = defaultdict(list)
    for turn in told.turns:
        by_week[turn.number, turn.on - timedelta(days=turn.on.weekday())].append(turn)
    met, missed, corrected = set[Week](), set[Week](), set[Week]()
    first = told.begins + timedelta(days=-told.begins.weekday() % 7)
    for number, dependency in told.planned.items():
        monday = first
        while (then := monday + timedelta(days=7)) <= last:
            turns = by_week[number, monday]
            in_time = [turn.on for turn in turns if min(turn.sent) < then]
            in_the_end = [turn.on for turn in turns if min(turn.sent) <= last]
            found = met if _enough(in_time, dependency) else corrected if _enough(in_the_end, dependency) else missed
            found.add((number, monday))
            monday = then
    return CareExpectation(frozenset(one.person.number for one in told.special), frozenset(met), frozenset(missed), frozenset(corrected))


def _enough(days: list[date], dependency: str) -> bool:
    return len(set(days)) == 7 if dependency == "full" else len(days) >= 3  # noqa: PLR2004 - the law, said by the oracle in its own words
