"""What departments report about everybody else: nothing of it crosses a threshold, much of it only just."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from county.chronicle import Chronicle, Report
from county.contents import Content, just_below, medical, previous_month, school_fee
from county.divisions import villages
from county.figures import Signals
from county.hardships import GROWN
from county.households import Household
from county.people import RETIREMENT, WORKING_AGE, Person, chance
from county.population import Population
from county.sheet import income
from county.signals import LIVED_ON

REPORTED_BY: Final = 5
TRIES: Final = 40
STEPS: Final = (0.4, 0.7, 1.0)
BENEFITS: Final = ("subsistence-allowance", "disability-subsidy", "old-age-allowance", "temporary-relief")
Resident = tuple[Household, Person]


class Everyday:
    """Tells facts about people of whom no story is told."""

    def __init__(self, chronicle: Chronicle, people: Population, planted: set[UUID]) -> None:
        self.chronicle, self.random = chronicle, chronicle.random
        self._signals: Signals = people.figures.signals
        self._registered = _residents(people.registered, planted)
        self._country = _residents(people.country, planted)
        self._feeds = [number for number, day in enumerate(chronicle.days) if day.day == 1]

    def tell(self, amounts: Mapping[str, int]) -> None:
        """As many facts (patients, for medical expenses) of each kind as `amounts` says."""
        for _ in range(amounts["inpatients"]):
            self._patient("inpatient")
        for _ in range(amounts["outpatients"]):
            self._patient("outpatient_chronic_special")
        kinds: Mapping[str, Callable[[], None]] = {
            "school_fees": self._school_fee,
            "house_grades": lambda: self._about_house("housing", "house-graded", {"grade": self.random.choice("AAB")}),
            "water_tests": lambda: self._about_house("water", "water-tested", {"safe": True}),
            "employments": self._employment,
            "benefits": self._benefit,
            "incomes": self._income,
            "family_events": self._family_event,
            "moves": lambda: self._simple("public-security", "household-moved", {"to_village_code": self.random.choice(villages()).code}),
            "new_heads": lambda: self._simple("public-security", "head-changed", {}),
            "assets": self._asset,
        }
        for kind, tell in kinds.items():
            for _ in range(amounts[kind]):
                tell()

    def anybody(self, low: int = 0, high: int = 200) -> Resident:
        """Somebody of that age, if one is quickly found."""
        resident = self._draw()
        for _ in range(TRIES):
            if low <= resident[1].age < high:
                break
            resident = self._draw()
        return resident

    def _draw(self) -> Resident:
        pool = self._country if not self._registered or chance(self.random, 0.35) else self._registered
        return self.random.choice(pool)

    def _patient(self, kind: str) -> None:
        household, person = self.anybody()
        inpatient = kind == "inpatient"
        threshold = self._signals.inpatient_fen(household.category) if inpatient else self._signals.outpatient_fen
        most = just_below(self.random, threshold) if chance(self.random, 0.3) else self.random.randrange(2_000, threshold)
        for start, step in zip(self._feeds, STEPS, strict=False):
            if chance(self.random, 0.75):
                period = previous_month(self.chronicle.days[start])
                fen = max(1, int(most * step)) if inpatient else self.random.randrange(1_000, most + 1)
                moment = self.chronicle.at(start + self.random.randrange(REPORTED_BY))
                self.chronicle.tell(household, person, medical(kind, period, fen), moment)

    def _school_fee(self) -> None:
        household, person = self.anybody(WORKING_AGE, GROWN)
        limit = self._signals.school_fee_fen
        fen = limit if chance(self.random, 0.1) else self.random.randrange(limit // 20, limit)
        self._say(household, person, school_fee(self.random.choice(("senior", "vocational", "university")), fen))

    def _employment(self) -> None:
        household, person = self.anybody(WORKING_AGE, RETIREMENT)
        data = {"employed": True, "employer": "小微扶贫站点", "monthly_wage_fen": self.random.randrange(150_000, 500_000)}
        self._say(household, person, Content("human-resources", "employment-changed", data))

    def _benefit(self) -> None:
        benefit = self.random.choice(BENEFITS)
        data = {
            "benefit": benefit,
            "granted": chance(self.random, 0.8) or benefit in LIVED_ON,
            "monthly_fen": self.random.randrange(6_000, 60_000),
        }
        self._about_house("civil-affairs", "benefit-changed", data)

    def _income(self) -> None:
        household, person = self.anybody()
        month_end = self.chronicle.days[0] - timedelta(days=1)
        declared = income(self.random, len(household.members) * self.random.randrange(250_000, 2_500_000), month_end)
        self._say(household, person, Content("civil-affairs", "income-declared", declared.model_dump(mode="json")))

    def _family_event(self) -> None:
        name = self.random.choice(("person-died", "marriage-registered", "divorce-registered"))
        household, person = self.anybody(GROWN)
        _, spouse = self.anybody(GROWN)
        data = {} if name == "person-died" else {"spouse": {"id_number": spouse.number, "name": spouse.name}}
        self._say(household, person, Content("civil-affairs", name, data))

    def _asset(self) -> None:
        kind = self.random.choice(("vehicle", "property", "company", "payroll", "deposit"))
        self._simple("assets", "asset-reported", {"kind": kind, "value_fen": self.random.randrange(100_000, 20_000_000)})

    def _simple(self, department: str, name: str, data: Mapping[str, object]) -> None:
        self._say(*self.anybody(), Content(department, name, data))

    def _about_house(self, department: str, name: str, data: Mapping[str, object]) -> None:
        """About the head, or about the household where the department knows its id from the register."""
        household, person = self.anybody()
        known = household.category != "never_registered" and chance(self.random, 0.1)
        self._say(household, person if known else household.members[0], Content(department, name, data), known=known)

    def _say(self, household: Household, person: Person, content: Content, *, known: bool = False) -> Report:
        moment = self.chronicle.at(self.random.randrange(len(self.chronicle.days)))
        return self.chronicle.tell(household, person, content, moment, names="household" if known else "person")


def _residents(households: Iterable[Household], planted: set[UUID]) -> list[Resident]:
    return [(household, member) for household in households if household.id not in planted for member in household.members]
