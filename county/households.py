"""Households: who lives together, where, and in which category of the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Final, Literal
from uuid import UUID

from county.divisions import Village
from county.figures import Group
from county.people import People, Person, chance

Category = Literal["lifted_receiving", "lifted_not_receiving", "never_registered"]
LARGEST: Final = 6
OPENED: Final = int(datetime(2020, 11, 30, tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Household:
    """The first member is the head; `cadre` is the recipient id of the paired cadre."""

    id: UUID
    village: Village
    category: Category
    members: tuple[Person, ...]
    cadre: UUID | None = None

    @property
    def can_work(self) -> bool:
        return any(member.labour != "none" for member in self.members)


def identifier(random: Random, number: int) -> UUID:
    """A UUIDv7 whose instant is the opening of the register plus `number` milliseconds."""
    high, low = random.getrandbits(12), random.getrandbits(62)
    return UUID(int=(OPENED + number) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def sizes(random: Random, group: Group) -> list[int]:
    """The number of members of each household of the group; together exactly its persons."""
    counts = [1] * group.households
    left = group.persons - group.households
    while left:
        place = random.randrange(group.households)
        if counts[place] < LARGEST:
            counts[place] += 1
            left -= 1
    return counts


def members(people: People, random: Random, size: int, *, elderly: bool = False) -> tuple[Person, ...]:
    """A head and those who live with him; `elderly` means that everybody is beyond working."""
    surname = people.surname()
    age = random.randrange(76, 90) if elderly else _head_age(random, size)
    female = chance(random, 0.25)
    household = [people.person("户主", age, female=female, surname=surname)]
    relations = _relations(random, size - 1, elderly=elderly)
    for relation, older in relations:
        other_sex = not female if relation == "配偶" else chance(random, 0.5)
        name = people.surname() if relation == "配偶" else surname
        grown = min(92, max(0, age + older))
        household.append(people.person(relation, grown, female=other_sex, surname=name))
    return tuple(household)


def _head_age(random: Random, size: int) -> int:
    alone = 3
    return random.randrange(45, 89) if size < alone else random.randrange(30, 58)


def _relations(random: Random, others: int, *, elderly: bool) -> list[tuple[str, int]]:
    if others == 0:
        return []
    relations: Sequence[tuple[str, int]] = [("配偶", random.randrange(-1 if elderly else -6, 3))]
    if elderly:
        return [*relations, *[("兄弟姐妹", random.randrange(3)) for _ in range(others - 1)]]
    if others == 1 and chance(random, 0.3):
        return [("子女", -random.randrange(22, 30))]
    more = [("子女", -random.randrange(22, 30)) if chance(random, 0.8) else ("父母", random.randrange(20, 28)) for _ in range(others - 1)]
    return [*relations, *more]
