"""What befalls households: each hardship is a series of facts that crosses a threshold of the season."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from county.contents import Content, at_or_above, just_below, medical, previous_month, school_fee
from county.figures import Signals
from county.households import Household
from county.people import RETIREMENT, WORKING_AGE, Person, chance

SCHOOL_AGE: Final = 6
GROWN: Final = 23
DISEASES: Final = ("C34", "C50", "C16", "I63", "N18.5", "I21", "C91", "G20")
DISASTERS: Final = ("flood", "hail", "fire", "landslide", "snow")


@dataclass(frozen=True, slots=True)
class Hardship:
    """`worse` crosses; `milder` says the same below the threshold, as a correction does; `over` ends it from a later day."""

    kind: str
    person: Person
    worse: Content
    milder: Content | None = None
    over: Content | None = None


class Hardships:
    """Chooses what befalls whom; kinds differ in their series, so that a second kind is a new signal."""

    def __init__(self, random: Random, signals: Signals) -> None:
        self._random, self._signals = random, signals
        self._kinds: Sequence[Callable[[Household, date], Hardship | None]] = (
            self._inpatient,
            self._outpatient,
            self._serious_illness,
            self._school_fee,
            self._dropout,
            self._disability,
            self._house,
            self._water,
            self._disaster,
            self._unemployment,
        )

    def befall(self, household: Household, day: date, fits: Callable[[Hardship], bool] = lambda _: True) -> Hardship:
        """A hardship of the household that fits; every household can lose its water, so there is always one."""
        kinds = self._random.sample(self._kinds, len(self._kinds))
        possible = (hardship for kind in kinds if (hardship := kind(household, day)))
        return next(hardship for hardship in possible if fits(hardship))

    def _inpatient(self, household: Household, day: date) -> Hardship:
        threshold, period = self._signals.inpatient_fen(household.category), previous_month(day)
        return self._expense("inpatient", self._anybody(household), threshold, period)

    def _outpatient(self, household: Household, day: date) -> Hardship:
        kind, threshold = "outpatient_chronic_special", self._signals.outpatient_fen
        return self._expense(kind, self._anybody(household), threshold, previous_month(day))

    def _expense(self, kind: str, person: Person, threshold: int, period: str) -> Hardship:
        worse = medical(kind, period, at_or_above(self._random, threshold))
        return Hardship(kind, person, worse, medical(kind, period, just_below(self._random, threshold)))

    def _serious_illness(self, household: Household, _day: date) -> Hardship:
        data = {"disease_code": self._random.choice(DISEASES)}
        return Hardship("serious-illness", self._anybody(household), Content("health", "serious-illness-confirmed", data))

    def _school_fee(self, household: Household, _day: date) -> Hardship | None:
        student = self._aged(household, WORKING_AGE, GROWN)
        if student is None:
            return None
        stage, limit = self._random.choice(("senior", "vocational", "university")), self._signals.school_fee_fen
        above = limit + (1 if chance(self._random, 0.3) else self._random.randrange(1, limit))
        return Hardship("school-fee", student, school_fee(stage, above), school_fee(stage, limit))

    def _dropout(self, household: Household, _day: date) -> Hardship | None:
        child = self._aged(household, SCHOOL_AGE, WORKING_AGE)
        if child is None:
            return None
        worse = Content("education", "school-dropout-reported", {"stage": self._random.choice(("primary", "junior"))})
        return Hardship("dropout", child, worse, over=Content("education", "school-returned", {}))

    def _disability(self, household: Household, _day: date) -> Hardship:
        person, category, level = self._anybody(household), self._random.randrange(1, 8), self._random.randrange(1, 5)
        data = {"category": category, "level": level, "certificate_no": f"{person.number}{category}{level}"}
        return Hardship("disability", person, Content("disability", "disability-certified", data))

    def _house(self, household: Household, day: date) -> Hardship:
        worse, milder = (self._random.choice(grades) for grades in ("CD", "AB"))
        grades = (Content("housing", "house-graded", {"grade": grade}, day) for grade in (worse, milder))
        return self._state("house", household.members[0], *grades)

    def _water(self, household: Household, day: date) -> Hardship:
        tests = (Content("water", "water-tested", {"safe": safe}, day) for safe in (False, True))
        return self._state("water", household.members[0], *tests)

    def _disaster(self, household: Household, day: date) -> Hardship:
        data = {"kind": self._random.choice(DISASTERS), "loss_fen": self._random.randrange(100_000, 9_000_000)}
        return Hardship("disaster", household.members[0], Content("emergency", "disaster-affected", data, day))

    def _unemployment(self, household: Household, day: date) -> Hardship | None:
        worker = self._aged(household, WORKING_AGE, RETIREMENT)
        if worker is None:
            return None
        again: Mapping[str, object] = {
            "employed": True,
            "employer": "扶贫车间",
            "monthly_wage_fen": self._random.randrange(180_000, 420_000),
        }
        changes = (Content("human-resources", "employment-changed", data, day) for data in ({"employed": False}, again))
        return self._state("employment", worker, *changes)

    def _state(self, kind: str, person: Person, worse: Content, better: Content) -> Hardship:
        return Hardship(kind, person, worse, better, replace(better, valid_on=None))

    def _anybody(self, household: Household) -> Person:
        return self._random.choice(household.members)

    def _aged(self, household: Household, low: int, high: int) -> Person | None:
        fitting = [member for member in household.members if low <= member.age < high]
        return self._random.choice(fitting) if fitting else None
