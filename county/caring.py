"""Special-group care in the season: who has a file and a plan, and what caregivers do, forget, and tell late or twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Final, Literal
from uuid import UUID, uuid5

from county.outgoing import NAMES, Command, Origin, Outgoing, command
from county.people import chance
from county.population import Population, SpecialPerson
from county.season import Season
from schemas.clock import COUNTY_TIME

EVENING: Final = time(20)
WEEK: Final = timedelta(days=7)
DEATH: Final = ("ce_type", b"suishi.fact.person-died.v1")
TASKS: Final = ("laundry", "bathing", "cleaning", "medicine")
BORN: Final = date(1971, 6, 1)
Dependency = Literal["partial", "full"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A care visit as a caregiver made it on a local date; `sent` is when his phone told it, perhaps again."""

    number: str
    visit: UUID
    on: date
    sent: tuple[date, ...]
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Care:
    """`planned` are the care-dependent by identity number; whoever dies in the season has a file and no plan."""

    special: tuple[SpecialPerson, ...]
    planned: dict[str, Dependency]
    turns: tuple[Turn, ...]
    begins: date

    @cached_property
    def by_day(self) -> Mapping[date, list[Turn]]:
        """What is told on each day."""
        told: dict[date, list[Turn]] = {}
        for turn in self.turns:
            for day in turn.sent:
                told.setdefault(day, []).append(turn)
        return told


def care(people: Population, season: Season) -> Care:
    """The same people and season give the same care."""
    days = people.figures.days
    dead = b" ".join(record.value for day in season.days for record in day.facts if DEATH in record.headers)
    planned: dict[str, Dependency] = {
        one.person.number: one.care_dependency
        for one in people.special_persons
        if one.care_dependency != "none" and one.person.number.encode() not in dead
    }
    turns = [turn for place, (number, dependency) in enumerate(planned.items()) for turn in _turns(number, dependency, days, place)]
    return Care(people.special_persons, planned, tuple(turns), days[0])


def _turns(number: str, dependency: Dependency, days: tuple[date, ...], place: int) -> Iterator[Turn]:
    """Week by week: most are as they should be, in some something is forgotten, in some a visit is told in the week after.

    However small the county, the first of all has one of each.
    """
    random = Random(f"care/{number}")  # noqa: S311 - care that can be repeated, not a secret
    monday = days[0] - timedelta(days=days[0].weekday())
    for week in range((days[-1] - monday) // WEEK + 1):
        luck = {(0, 1): 0.0, (0, 2): 0.05}.get((place, week), random.random())
        forgotten, late = luck < 0.05, 0.05 <= luck < 0.1  # noqa: PLR2004 - one week in twenty each
        often = 3 if late else random.choice((3, 3, 3, 4))
        wanted = list(range(7)) if dependency == "full" else sorted(random.sample(range(7), often))
        made = random.sample(wanted, random.randrange(min(3, len(wanted)))) if forgotten else wanted
        for count, weekday in enumerate(made):
            on = monday + timedelta(days=weekday)
            if days[0] <= on <= days[-1]:
                yield _turn(random, number, on, told_late=late and count == 0)
        monday += WEEK


def _turn(random: Random, number: str, on: date, *, told_late: bool) -> Turn:
    """Offline for a while, but back in the village by Sunday; or not before Tuesday of the week after."""
    sunday = on + timedelta(days=6 - on.weekday())
    offline = random.randrange(1, 3) if chance(random, 0.1) else 0
    sent = sunday + timedelta(days=random.randrange(2, 5)) if told_late else min(sunday, on + timedelta(days=offline))
    again = (sent + timedelta(days=1),) if chance(random, 0.03) else ()
    tasks = tuple(sorted(random.sample(TASKS, random.randrange(3))))
    return Turn(number, uuid5(NAMES, f"care/{number}/{on}"), on, (sent, *again), tasks)


class Caregivers:
    """The clerk who opens files and sets plans when a household is registered, and the phones of the caregivers.

    `persons` are the internal ids by identity number, as enrollment says them.
    """

    def __init__(self, told: Care) -> None:
        self._care, self.persons = told, dict[str, UUID]()
        self._home = {one.person.number: one.household_id for one in told.special}
        self._of_household: dict[UUID, list[SpecialPerson]] = {}
        for one in told.special:
            self._of_household.setdefault(one.household_id, []).append(one)

    def registered(self, household: UUID, numbers: Iterable[str], persons: Iterable[str], at: Origin) -> list[Outgoing]:
        """`numbers` and `persons` are those of the members in the order of the registration."""
        special = self._of_household.get(household, [])
        ids = dict(zip(numbers, persons, strict=True)) if special else {}
        return [message for one in special for message in self._opened(one, UUID(ids[one.person.number]), at)]

    def _opened(self, one: SpecialPerson, person: UUID, at: Origin) -> Iterator[Outgoing]:
        number = one.person.number
        self.persons[number] = person
        opened = Command("assistance", "open-care-file", one.household_id, {"person": person, "category": one.category})
        yield command(f"open-care-file/{person}", opened, at)
        if (dependency := self._care.planned.get(number)) is not None:
            said = {
                "person": person,
                "care_dependency": dependency,
                "caregivers": [{"caregiver_id": who, "birth": BORN} for who in _group(number, dependency)],
                "quantified_tasks": [{"task": "laundry", "times": 1}, {"task": "bathing", "times": 1}],
                "from_day": self._care.begins,
            }
            yield command(f"set-care-plan/{person}", Command("assistance", "set-care-plan", one.household_id, said), at)

    def visits(self, day: date) -> list[Outgoing]:
        """What the phones tell on that day, of those whose household is in the register."""
        return [self._told(turn, day) for turn in self._care.by_day.get(day, []) if turn.number in self.persons]

    def _told(self, turn: Turn, day: date) -> Outgoing:
        caregiver = _group(turn.number, self._care.planned[turn.number])[turn.on.toordinal() % 2 - 1]
        data = {"person": self.persons[turn.number], "visit_id": turn.visit, "on": turn.on, "tasks": turn.tasks, "caregiver": caregiver}
        at = Origin("/370323/care", f"caregiver:{caregiver}", datetime.combine(day, EVENING, COUNTY_TIME))
        return command(f"care-visit/{turn.visit}/{day}", Command("assistance", "record-care-visit", self._home[turn.number], data), at)


def _group(number: str, dependency: Dependency) -> list[UUID]:
    size = 1 if dependency == "full" else 2 + int(number[-2]) % 2
    return [uuid5(NAMES, f"caregiver/{number}/{place}") for place in range(size)]
