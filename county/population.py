"""The county's people: who is in the register, who is not, and who answers for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import Literal
from uuid import UUID

from county.divisions import Village, villages
from county.figures import Figures, Group, figures
from county.households import Category, Household, identifier, members, sizes
from county.people import People, Person

Dependency = Literal["none", "partial", "full"]
Role = Literal["paired-cadre", "grid-worker", "first-secretary", "town-officer", "county-officer", "department-desk"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A helper whom messages reach; `area` is the code of a village, a town or the county, `department` whose desk it is."""

    id: UUID
    role: Role
    area: str
    address: str
    department: str | None = None

    @property
    def user(self) -> str:
        """His name in the county's WeCom."""
        return self.address.partition("@")[0]

    @property
    def channel(self) -> Mapping[str, str]:
        """First secretaries come from offices that use WeCom, all others read e-mail."""
        if self.role == "first-secretary":
            return {"kind": "wecom", "user": self.user}
        return {"kind": "email", "address": self.address}


@dataclass(frozen=True, slots=True)
class SpecialPerson:
    """Somebody in special-group care (特殊人群管护)."""

    household_id: UUID
    person: Person
    category: str
    care_dependency: Dependency


@dataclass(frozen=True)
class Population:
    """`registered` are in the register when the season opens, `country` are not; `hard_pressed` are the country households to be found."""

    figures: Figures
    registered: tuple[Household, ...]
    country: tuple[Household, ...]
    hard_pressed: tuple[Household, ...]
    cadres: tuple[Recipient, ...]
    grid_workers: tuple[Recipient, ...]
    first_secretaries: tuple[Recipient, ...]
    special_persons: tuple[SpecialPerson, ...]

    @cached_property
    def by_id(self) -> Mapping[UUID, Household]:
        return {household.id: household for household in (*self.registered, *self.country)}

    @cached_property
    def cadres_of_town(self) -> Mapping[str, tuple[Recipient, ...]]:
        return {area: tuple(cadre for cadre in self.cadres if cadre.area == area) for area in sorted({c.area for c in self.cadres})}


class _Settlers:
    """Fills villages with households in one fixed order, so that the same seed gives the same county."""

    def __init__(self, random: Random) -> None:
        self._random, self._people, self._number = random, People(random), 0

    def settle(self, group: Group, category: Category, *, first_elderly: bool = False) -> list[Household]:
        counts = sizes(self._random, group)
        if first_elderly:
            counts.sort(key=lambda count: count != 1)
        elderly = (first_elderly and place == 0 for place in range(len(counts)))
        return [self._household(category, count, elderly=old) for count, old in zip(counts, elderly, strict=True)]

    def _household(self, category: Category, count: int, *, elderly: bool) -> Household:
        self._number += 1
        village = self._random.choice(villages())
        people = members(self._people, self._random, count, elderly=elderly)
        return Household(identifier(self._random, self._number), village, category, people)


def population(seed: int, households: int | None = None) -> Population:
    """The county of a seed, with `households` in the register (all 27,702 when None); the same arguments give the same county."""
    amounts, random = figures(households), Random(f"population/{seed}")  # noqa: S311 - a county that can be repeated, not a secret
    settlers = _Settlers(random)
    receiving = sorted(settlers.settle(amounts.receiving, "lifted_receiving"), key=lambda h: (h.village.code, h.id))
    other = settlers.settle(amounts.not_receiving, "lifted_not_receiving")
    hard_pressed = settlers.settle(amounts.immediate, "never_registered", first_elderly=True)
    rest = amounts.country_households - len(hard_pressed)
    country = [*hard_pressed, *settlers.settle(Group(households=rest, persons=rest * 5 // 2), "never_registered")]
    random.shuffle(country)
    cadres = _cadres(random, amounts, receiving)
    paired = _paired(receiving, cadres)
    return Population(
        figures=amounts,
        registered=(*paired, *other),
        country=tuple(country),
        hard_pressed=tuple(hard_pressed),
        cadres=cadres,
        grid_workers=_in_villages(random, "grid-worker", max(len(villages()), amounts.grid_workers)),
        first_secretaries=_in_villages(random, "first-secretary", amounts.first_secretaries),
        special_persons=_special_persons(random, amounts.special_persons, paired),
    )


def _cadres(random: Random, amounts: Figures, receiving: list[Household]) -> tuple[Recipient, ...]:
    """Each answers for the town of his first household."""
    firsts = [receiving[_first(number, amounts.cadres, len(receiving))] for number in range(amounts.cadres)]
    return tuple(_recipient(random, "paired-cadre", first.village.town_code, number) for number, first in enumerate(firsts, 1))


def _paired(receiving: list[Household], cadres: tuple[Recipient, ...]) -> list[Household]:
    """Neighbours share a cadre; nobody has none."""
    paired: list[Household] = []
    for number, cadre in enumerate(cadres):
        low, high = (_first(n, len(cadres), len(receiving)) for n in (number, number + 1))
        paired += [replace(household, cadre=cadre.id) for household in receiving[low:high]]
    return paired


def _first(number: int, cadres: int, households: int) -> int:
    return number * households // cadres


def _in_villages(random: Random, role: Role, count: int) -> tuple[Recipient, ...]:
    """At least one in every village as far as `count` goes."""
    places: list[Village] = list(villages())
    random.shuffle(places)
    places += [random.choice(villages()) for _ in range(count - len(places))]
    return tuple(_recipient(random, role, village.code, number) for number, village in enumerate(places[:count], 1))


def _recipient(random: Random, role: Role, area: str, number: int) -> Recipient:
    return Recipient(identifier(random, number), role, area, f"{role.removeprefix('paired-')}-{number:05d}@example.invalid")


def _special_persons(random: Random, count: int, households: list[Household]) -> tuple[SpecialPerson, ...]:
    everybody = [(household, member) for household in households for member in household.members]
    return tuple(_special(random, *chosen) for chosen in random.sample(everybody, min(count, len(everybody))))


def _special(random: Random, household: Household, person: Person) -> SpecialPerson:
    grown = 16
    if person.age < grown:
        return SpecialPerson(household.id, person, "left_behind_child", "none")
    category = random.choice(("severe_disability", "severe_illness", "severe_mental_disorder", "other"))
    dependencies: tuple[Dependency, ...] = ("none", "partial", "full")
    return SpecialPerson(household.id, person, category, random.choices(dependencies, (7, 2, 1))[0])
