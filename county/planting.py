"""Gives each story its households, and keeps the list of who must be found for the tests to compare with the oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final
from uuid import UUID

from county.chronicle import Chronicle
from county.found import FOUND, stays
from county.households import Household
from county.plots import Plot
from county.population import Population
from county.spared import OTHERS

NEEDS_WORKERS: Final = frozenset({"returns", "leaves", "leaves_twice"})
NEEDS_NONE: Final = frozenset({"held_without_labour"})
ALARMS: Final = frozenset({"dismissed", "not_confirmed", "above_line", "self_corrected"})


@dataclass(slots=True)
class Planted:
    """Household ids by what must come of them; `enrolled` is at the end of the season."""

    enrolled: set[UUID] = field(default_factory=set[UUID])
    ever_enrolled: set[UUID] = field(default_factory=set[UUID])
    exited: set[UUID] = field(default_factory=set[UUID])
    reentered: set[UUID] = field(default_factory=set[UUID])
    false_alarms: set[UUID] = field(default_factory=set[UUID])

    def note(self, story: str, household: Household) -> None:
        if story in ALARMS:
            self.false_alarms.add(household.id)
            return
        self.ever_enrolled.add(household.id)
        if story not in OTHERS:
            self.enrolled.add(household.id)
        if story in NEEDS_WORKERS:
            self.exited.add(household.id)
        if story in {"returns", "leaves_twice"}:
            self.reentered.add(household.id)

    @property
    def everybody(self) -> set[UUID]:
        return self.ever_enrolled | self.false_alarms


def plant(chronicle: Chronicle, people: Population) -> Planted:
    """Tell every story of the season."""
    planted, plot = Planted(), Plot(chronicle, people.figures.signals)
    hard_pressed = list(people.hard_pressed)
    chronicle.random.shuffle(hard_pressed)
    for story, tell in FOUND.items():
        for household in _take(hard_pressed, story, people.figures.found[story]):
            tell(plot, household)
            planted.note(story, household)
    for household in hard_pressed:
        stays(plot, household)
        planted.note("stays", household)
    pools = _Pools(chronicle.random, people)
    for story, tell in OTHERS.items():
        for household in pools.take(story, people.figures.others[story]):
            tell(plot, household)
            planted.note(story, household)
    return planted


def _fits(story: str) -> Callable[[Household], bool]:
    if story in NEEDS_WORKERS:
        return lambda household: household.can_work
    if story in NEEDS_NONE:
        return lambda household: not household.can_work
    return lambda _: True


def _take(pool: list[Household], story: str, count: int) -> list[Household]:
    taken = [household for household in pool if _fits(story)(household)][:count]
    ids = {household.id for household in taken}
    pool[:] = [household for household in pool if household.id not in ids]
    return taken


class _Pools:
    """Households that are not to be found: of each category, in proportion."""

    def __init__(self, random: Random, people: Population) -> None:
        self._random = random
        found = {household.id for household in people.hard_pressed}
        country = [household for household in people.country if household.id not in found]
        self._pools = {
            category: _shuffled(random, people.registered, category) for category in ("lifted_receiving", "lifted_not_receiving")
        }
        self._pools["never_registered"] = country

    def take(self, story: str, count: int) -> list[Household]:
        categories = self._random.choices(list(self._pools), weights=(4, 2, 4), k=count)
        return [self._one(category, story) for category in categories]

    def _one(self, category: str, story: str) -> Household:
        """Of the category; a county too small to have one gives a country household."""
        for pool in (self._pools[category], self._pools["never_registered"]):
            place = next((number for number, household in enumerate(pool) if _fits(story)(household)), None)
            if place is not None:
                return pool.pop(place)
        message = "the sample county is too small for its stories"
        raise ValueError(message)


def _shuffled(random: Random, households: Iterable[Household], category: str) -> list[Household]:
    chosen = [household for household in households if household.category == category]
    random.shuffle(chosen)
    return chosen
