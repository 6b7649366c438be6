"""A month of home visits: whom the paired cadres visit and when, what they find, and who leaves; as messages ready to send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID, uuid5

from county.households import Household
from county.outgoing import NAMES, Command, Origin, Outgoing, command
from county.population import Population
from county.sheet import GUARANTEES
from schemas.clock import COUNTY_TIME

PHONES: Final = "/370323/phones"
WORKING_WEEKDAYS: Final = range(5)
ONE_CADRE_IN_LEAVES: Final = 400
# Of a thousand visits that should be: not made, made by somebody else, sent days later, sent again under another message id.
MISSED, BY_ANOTHER, LATE, TWICE = 4, 2, 20, 10
# Of a thousand visited households: those where something is wrong that may lead to hardship, and that is merely to be put right.
WITH_RISK, WITHOUT_RISK = 5, 25
RISKS: Final = ("housing", "drinking_water", "illness", "unstable_work")
PUT_RIGHT_AFTER: Final = 5
DAYS_LATE: Final = range(1, 12)


@dataclass(frozen=True)
class Rounds:
    """What is sent on each day, in the order of sending; `leaving` are cadres who answer for nobody from `leave_on` on."""

    month: date
    leaving: frozenset[UUID]
    leave_on: date
    by_day: Mapping[date, list[Outgoing]]

    def first(self, days: Iterable[date]) -> dict[date, list[Outgoing]]:
        """Those of the days that are played."""
        return {day: self.by_day.get(day, []) for day in days}


def leaving(people: Population) -> frozenset[UUID]:
    """Cadres who are sent elsewhere in the course of the season."""
    return frozenset(cadre.id for cadre in people.cadres[::ONE_CADRE_IN_LEAVES])


def rounds(people: Population, busy: frozenset[UUID]) -> Rounds:
    """The visits of the season's first month; no risk is found in a household that is `busy` with a story of its own."""
    days = people.figures.days
    month = days[0].replace(day=1)
    working = [day for day in days if day.replace(day=1) == month and day.weekday() in WORKING_WEEKDAYS]
    going, leave_on = leaving(people), working[-4]
    plan = _Plan(people, busy)
    for household in people.registered:
        if household.cadre is not None:
            plan.visit(household, [day for day in working if household.cadre not in going or day < leave_on])
    for cadre in sorted(going):
        asked = Command("assistance", "release-cadre", cadre, {"cadre_id": cadre, "on": leave_on})
        plan.send(leave_on, command(f"release-cadre/{cadre}", asked, _origin(leave_on, "clerk:county", hour=8)))
    return Rounds(month, going, leave_on, plan.by_day)


class _Plan:
    """Whatever happens to one household does not change what happens to the next one: each has its own chances."""

    def __init__(self, people: Population, busy: frozenset[UUID]) -> None:
        self._people, self._busy = people, busy
        self.by_day: dict[date, list[Outgoing]] = {}

    def send(self, day: date, message: Outgoing) -> None:
        self.by_day.setdefault(day, []).append(message)

    def visit(self, household: Household, days: list[date]) -> None:
        random = Random(household.id.int)  # noqa: S311 - a month that can be repeated, not a secret
        chance, day = random.randrange(1000), random.choice(days)
        if chance < MISSED:
            return
        cadre = self._another(household) if chance < MISSED + BY_ANOTHER else household.cadre
        sent = day + timedelta(days=random.choice(DAYS_LATE)) if random.randrange(1000) < LATE else day
        findings = self._findings(household, random)
        data = {
            "visit_id": uuid5(household.id, f"visit {day:%Y-%m}"),
            "cadre": cadre,
            "on": day,
            "checklist": {item: not findings or item != "housing" for item in GUARANTEES},
            "findings": findings,
        }
        self.send(sent, self._record(household, data, sent, "once"))
        if random.randrange(1000) < TWICE:
            again = sent + timedelta(days=1)
            self.send(again, self._record(household, data, again, "again"))
        for finding in findings:
            if "risk" not in finding and random.randrange(2):
                self._put_right(household, UUID(str(finding["finding_id"])), sent + timedelta(days=PUT_RIGHT_AFTER))

    def _record(self, household: Household, data: Mapping[str, object], sent: date, name: str) -> Outgoing:
        origin = _origin(sent, f"cadre:{data['cadre']}")
        return command(f"record-visit/{data['visit_id']}/{name}", Command("assistance", "record-visit", household.id, data), origin)

    def _put_right(self, household: Household, finding: UUID, day: date) -> None:
        data = {"finding_id": finding, "evidence": "已整改到位，现场照片留存"}
        origin = _origin(day, f"grid-worker:{household.village.code}")
        asked = Command("assistance", "resolve-finding", household.id, data)
        self.send(day, command(f"resolve-finding/{finding}", asked, origin))

    def _findings(self, household: Household, random: Random) -> list[dict[str, object]]:
        chance, identity = random.randrange(1000), uuid5(NAMES, f"finding/{household.id}")
        if chance < WITH_RISK and household.id not in self._busy:
            return [{"finding_id": identity, "kind": "guarantee", "risk": random.choice(RISKS), "text": "家中出现新的困难，需上门核实"}]
        if WITH_RISK <= chance < WITH_RISK + WITHOUT_RISK:
            return [{"finding_id": identity, "kind": "clean_home", "text": "院内杂物堆放，需整理"}]
        return []

    def _another(self, household: Household) -> UUID:
        others = [cadre.id for cadre in self._people.cadres if cadre.id != household.cadre]
        return others[household.id.int % len(others)] if others else uuid5(NAMES, "a visitor from elsewhere")


def _origin(day: date, actor: str, hour: int = 17) -> Origin:
    return Origin(PHONES, actor, datetime.combine(day, time(hour), COUNTY_TIME))
