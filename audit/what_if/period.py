"""One household judged twice on every day of a period; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from audit.as_of.knowledge import NOBODY, Known
from audit.what_if.compare import Difference, InForce, WhatIf, compare
from pipeline.store import Recorded
from services.enrollment.domain.household.state import Household, State


def through(recorded: Iterable[Recorded], asked: WhatIf, in_force: InForce) -> tuple[bool, Sequence[Difference]]:
    """Whether it was there to be judged on any day, and the spells of days on which the two sides came to different things.

    A spell begins with the criteria of its first day and ends where the household goes another way.
    """
    there, spells = False, list[Difference]()
    for day, state in _states(asked.heard(recorded), asked):
        there = there or (isinstance(state, Household) and state.ended is None)
        found = compare(state, day, in_force, asked)
        if found is None:
            continue
        before = spells[-1] if spells else None
        if before is not None and _goes(before) == _goes(found) and (day - before.until).days == 1:
            spells[-1] = replace(before, until=day)
        else:
            spells.append(found)
    return there, spells


def _goes(one: Difference) -> tuple[str, str, str]:
    return one.way, one.type_before, one.type_after


def _states(recorded: Sequence[Recorded], asked: WhatIf) -> Iterator[tuple[date, State]]:
    """Of every day; built anew only where something begins or ends."""
    known = Known(recorded, asked.known)
    days, state = known.days, NOBODY
    for day in asked.days:
        if day == asked.first or day in days:
            state = known.on(day)
        yield day, state
