"""Scripted clerks, visitors, officers and desks: they see what the services publish and the hidden sheet, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from county.households import Household
from county.opening import registration
from county.outgoing import Command, Origin, Outgoing, command
from county.population import Population
from county.sheet import GUARANTEES, Sheet
from pipeline.envelope import COUNTY_TIME

THINKING: Final = timedelta(minutes=10)
ENROLLMENT: Final = "suishi.enrollment.event."
ASSISTANCE: Final = "suishi.assistance.event."
DECISIONS: Final = {
    "true": ("approved", "经县级审定，符合纳入条件，同意纳入"),
    "false": ("rejected", "经县级审定，不符合纳入条件"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A published event; `data` is its JSON, `correlation` what its answers carry on."""

    type: str
    id: str
    subject: str | None
    time: datetime
    data: Mapping[str, Any]
    correlation: str | None = None


class Actors:
    """Remembers nothing: the same event always gets the same answers, so that a replay repeats the same messages."""

    def __init__(self, people: Population, sheet: Sheet) -> None:
        self._people, self._sheet = people, sheet
        self._registered = frozenset(household.id for household in people.registered)
        self._answers: Mapping[str, Callable[[Seen], list[Outgoing]]] = {
            f"{ENROLLMENT}fact-unmatched.v1": self._clerk,
            f"{ENROLLMENT}clue-raised.v1": self._visitor,
            f"{ENROLLMENT}step-completed.v1": self._officer_on_entry,
            f"{ENROLLMENT}exit-proposed.v1": self._officer_on_exit,
            f"{ENROLLMENT}household-enrolled.v1": self._town,
            f"{ASSISTANCE}measure-proposed.v1": self._desk_accepts,
            f"{ASSISTANCE}measure-accepted.v1": self._town_starts,
            f"{ASSISTANCE}measure-started.v1": self._town_delivers,
        }

    def react(self, event: Seen) -> list[Outgoing]:
        """The answers of everybody whom the event concerns; a little later on the same day."""
        answer = self._answers.get(event.type)
        return answer(event) if answer is not None else []

    def _clerk(self, event: Seen) -> list[Outgoing]:
        """Registers the household behind a fact that waits; asked twice, sends the same message twice."""
        identity = self._sheet.household_behind(event.data["fact_source"], event.data["fact_id"])
        if identity is None or identity in self._registered:
            return []
        household = self._people.by_id[identity]
        return [registration(household, _origin(event, f"clerk:{household.village.town_code}", source="/370323/register"))]

    def _visitor(self, event: Seen) -> list[Outgoing]:
        household = self._household(event)
        finding = self._sheet.finding(household.id, event.time.astimezone(COUNTY_TIME).date())
        actor = f"visitor:{household.village.code}"
        if finding.verdict == "nothing_wrong":
            return [_enrollment(event, "dismiss-clue", actor, {"reason": finding.reason})]
        visit = {
            "visitors": [f"grid-worker:{household.village.code}", f"town-officer:{household.village.town_code}"],
            "findings": finding.reason,
            "income": finding.income.model_dump(mode="json") if finding.income else None,
            "guarantees": {name: name not in finding.unmet for name in GUARANTEES},
            "outcome": finding.verdict,
        }
        return [_enrollment(event, "record-verification", actor, visit)]

    def _officer_on_entry(self, event: Seen) -> list[Outgoing]:
        """Decides what the evaluation says; what is unknown is left for a person to find out."""
        decision = DECISIONS.get(event.data["evaluation"]["outcome"])
        if event.data["step"] != "verification" or decision is None:
            return []
        outcome, reason = decision
        return [_enrollment(event, "decide-at-county", "officer:county", {"outcome": outcome, "reason": reason})]

    def _officer_on_exit(self, event: Seen) -> list[Outgoing]:
        data = {"outcome": "approved", "reason": "经县级审定，风险已消除，同意退出"}
        return [_enrollment(event, "decide-at-county", "officer:county", data)]

    def _town(self, event: Seen) -> list[Outgoing]:
        """Pairs a newly enrolled household with a cadre of its town, once."""
        household = self._household(event)
        if household.cadre is not None or event.data["episode"] != 1:
            return []
        cadres = self._people.cadres_of_town.get(household.village.town_code, self._people.cadres)
        cadre = cadres[household.id.int % len(cadres)]
        data = {"cadre_id": cadre.id, "from_day": event.time.astimezone(COUNTY_TIME).date()}
        return [_assistance(event, "assign-cadre", f"town:{household.village.town_code}", data)]

    def _desk_accepts(self, event: Seen) -> list[Outgoing]:
        return [_assistance(event, "accept-measure", f"desk:{event.data['department']}", {"measure_id": event.data["measure_id"]})]

    def _town_starts(self, event: Seen) -> list[Outgoing]:
        return [_assistance(event, "start-measure", self._town_desk(event), {"measure_id": event.data["measure_id"]})]

    def _town_delivers(self, event: Seen) -> list[Outgoing]:
        data = {"measure_id": event.data["measure_id"], "evidence": "帮扶措施已落实到户，户主签字确认"}
        return [_assistance(event, "deliver-measure", self._town_desk(event), data)]

    def _town_desk(self, event: Seen) -> str:
        """What a department accepted, its desk in the town carries out."""
        return f"desk:{self._household(event).village.town_code}"

    def _household(self, event: Seen) -> Household:
        return self._people.by_id[UUID(str(event.data["household_id"]))]


def _origin(event: Seen, actor: str, source: str = "/370323/actors") -> Origin:
    return Origin(source, actor, event.time + THINKING, event.correlation, event.id)


def _enrollment(event: Seen, name: str, actor: str, data: Mapping[str, object]) -> Outgoing:
    asked = Command("enrollment", name, UUID(str(event.data["household_id"])), data)
    return command(f"{event.id}/{name}", asked, _origin(event, actor))


def _assistance(event: Seen, name: str, actor: str, data: Mapping[str, object]) -> Outgoing:
    asked = Command("assistance", name, UUID(str(event.data["household_id"])), data)
    return command(f"{event.id}/{name}", asked, _origin(event, actor))
