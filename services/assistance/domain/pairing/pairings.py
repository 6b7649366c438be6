"""Dated pairings: on every day exactly one cadre answers for a household, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest
from typing import TypeAlias
from uuid import UUID, uuid5

from msgspec.structs import replace

from pipeline.value import Value
from services.assistance.domain.pairing.pairing_events import CadreAssigned, CadreReleased

DAY = timedelta(days=1)


class Pairing(Value, frozen=True):
    """As it was told; a later one ends it, whatever its `until`, the last day."""

    from_day: date
    cadre: UUID
    until: date | None = None


# In the order of their first days, of which no two are the same.
Pairings: TypeAlias = tuple[Pairing, ...]


def cadre_stream(cadre: UUID) -> UUID:
    """Where it is remembered that he left."""
    return uuid5(cadre, "cadre")


def assigned(pairings: Pairings, event: CadreAssigned) -> Pairings:
    """Of two that begin on the same day the one that was told last stands."""
    others = [one for one in pairings if one.from_day != event.from_day]
    return tuple(sorted([*others, Pairing(event.from_day, event.cadre, event.until)], key=_from_day))


def released(pairings: Pairings, event: CadreReleased) -> Pairings:
    last = event.on - DAY
    return tuple(replace(one, until=last) if one.from_day == event.from_day else one for one in pairings)


def intervals(pairings: Pairings) -> Iterator[Pairing]:
    """Those that hold for a day at least, each with the last day on which it does; None where no end is known."""
    for one, following in zip_longest(pairings, pairings[1:]):
        before_next = following.from_day - DAY if following is not None else None
        last = min((day for day in (one.until, before_next) if day is not None), default=None)
        if last is None or last >= one.from_day:
            yield replace(one, until=last)


def answers_on(pairings: Pairings, day: date) -> UUID | None:
    return next((one.cadre for one in intervals(pairings) if one.from_day <= day and (one.until is None or day <= one.until)), None)


def over_since(pairings: Pairings, day: date) -> date | None:
    """The first day after the last one who answered before `day`; None where nobody ever did."""
    ends = [one.until for one in intervals(pairings) if one.until is not None and one.until < day]
    return max(ends) + DAY if ends else None


def _from_day(pairing: Pairing) -> date:
    return pairing.from_day
