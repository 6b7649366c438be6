"""In which town a household lives from which day on: what is told of a day overrules what was told of it and of those after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Literal, TypeAlias

from pipeline.value import Value

TOWN_DIGITS = 9
NOWHERE = ""


class Stay(Value, frozen=True):
    """From the local date `on` in this `town`, or `NOWHERE` where nobody is a member any more."""

    on: date
    town: str


class Left(Value, frozen=True, order=True):
    """From the local date `on` on nobody answers who did before: the household went to another town or ended, or the cadre left."""

    on: date
    reason: Literal["left", "moved", "ended"]


# In the order of their days; of two that follow one another the towns differ.
Stays: TypeAlias = tuple[Stay, ...]


def same_town(village: str, other: str) -> bool:
    return village[:TOWN_DIGITS] == other[:TOWN_DIGITS]


def lives(stays: Stays, village: str, on: date) -> Stays:
    """Where it is first said to live, it has lived for ever."""
    return _follows(stays, Stay(on if stays else date.min, village[:TOWN_DIGITS]))


def ends(stays: Stays, on: date) -> Stays:
    return _follows(stays, Stay(on, NOWHERE))


def departures(stays: Stays) -> Iterator[Left]:
    """Each day on which it left a town."""
    return (Left(after.on, "moved" if after.town else "ended") for before, after in pairwise(stays) if before.town)


def spans(stays: Stays) -> Iterator[tuple[Stay, date]]:
    """Each with the day from which it is over."""
    return zip(stays, (*(stay.on for stay in stays[1:]), date.max), strict=True)


def _follows(stays: Stays, stay: Stay) -> Stays:
    """What it is known to be in already begins no later for being said again."""
    if stays and stays[-1].town == stay.town:
        return stays
    before = tuple(one for one in stays if one.on < stay.on)
    return before if before and before[-1].town == stay.town else (*before, stay)
