"""Scripted clerks, visitors, officers and desks: they see what the services publish and the hidden sheet, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from county.caring import Caregivers
from county.households import Household
from county.opening import registration
from county.outgoing import Command, Origin, Outgoing, Told, command, fact
from county.pace import is_answered_late, is_visited_late
from county.population import Population
from county.sheet import GUARANTEES, Finding, Sheet
from county.visits import leaving
from schemas.clock import COUNTY_TIME

THINKING: Final = timedelta(minutes=10)
VILLAGERS: Final = [f"村民代表{number}" for number in range(1, 22)]
ENROLLMENT: Final = "suishi.enrollment.event."
ASSISTANCE: Final = "suishi.assistance.event."
DECISIONS: Final = {
    "true": ("approved", "经核实，符合纳入条件，同意纳入"),
    "false": ("rejected", "经核实，不符合纳入条件"),
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

    def __init__(self, people: Population, sheet: Sheet, caregivers: Caregivers | None = None) -> None:
        self._people, self._sheet, self._caregivers = people, sheet, caregivers
        self._leaving = leaving(people)
        self._registered = frozenset(household.id for household in people.registered)
        self._answers: Mapping[str, Callable[[Seen], list[Outgoing]]] = {
            f"{ENROLLMENT}fact-unmatched.v1": self._clerk,
            f"{ENROLLMENT}household-registered.v1": self._care_clerk,
            f"{ENROLLMENT}clue-raised.v1": self._visitor,
            f"{ENROLLMENT}deadline-breached.v1": self._visitor_who_is_late,
            f"{ENROLLMENT}step-completed.v1": self._next_step,
            f"{ENROLLMENT}notice-ended.v1": self._village,
            f"{ENROLLMENT}exit-proposed.v1": self._officer_on_exit,
            f"{ENROLLMENT}household-enrolled.v1": self._town,
            f"{ASSISTANCE}cadre-assigned.v1": self._new_cadre,
            f"{ASSISTANCE}cadre-missing.v1": self._town_without_a_cadre,
            f"{ASSISTANCE}referral-sent.v1": self._department,
            f"{ASSISTANCE}referral-overdue.v1": self._department_that_was_silent,
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

    def _care_clerk(self, event: Seen) -> list[Outgoing]:
        """Opens the care files of a registered household's special persons."""
        if self._caregivers is None:
            return []
        household = self._household(event)
        numbers, at = [member.number for member in household.members], _origin(event, f"town:{household.village.town_code}")
        return self._caregivers.registered(household.id, numbers, event.data["person_ids"], at)

    def _visitor(self, event: Seen) -> list[Outgoing]:
        """Looks in: nothing is wrong, or the household is asked for its authorisation; where the visitor is late, nobody comes yet.

        Whom a disaster struck is helped first (先行救助), before anything is decided.
        """
        household, finding = self._household(event), self._finding(event)
        if finding.verdict == "nothing_wrong":
            return [_enrollment(event, "dismiss-clue", f"visitor:{household.village.code}", {"reason": finding.reason})]
        approved = finding.verdict == "approved"
        helped = [self._help_first(event, household)] if approved and event.data.get("risk") == "natural_disaster" else []
        return helped if approved and is_visited_late(household.id) else [*helped, self._authorisation(event, household)]

    def _help_first(self, event: Seen, household: Household) -> Outgoing:
        return _enrollment(event, "start-emergency-help", f"town:{household.village.town_code}", {"reason": "突发灾害，先行救助"})

    def _visitor_who_is_late(self, event: Seen) -> list[Outgoing]:
        return [self._authorisation(event, self._household(event))] if event.data["kind"] == "verify" else []

    def _authorisation(self, event: Seen, household: Household) -> Outgoing:
        actor = f"clerk:{household.village.town_code}"
        return _enrollment(event, "sign-authorisation", actor, {"document": "家庭经济状况信息核对授权书，户主已签字"})

    def _next_step(self, event: Seen) -> list[Outgoing]:
        """Whoever is next does his part the same day; what is unknown is left for a person to find out."""
        village, step = self._household(event).village, event.data["step"]
        match step, DECISIONS.get(event.data["evaluation"]["outcome"]):
            case "authorisation", _:
                name, actor, said = "record-verification", f"visitor:{village.code}", self._visit(event)
            case "verification", _:
                name, actor = "record-comparison", f"clerk:{village.town_code}"
                said = {"outcome": "approved", "items": ["名下无车辆", "名下无企业"]}
            case "comparison", (outcome, reason):
                name, actor = "record-review", f"village:{village.code}"
                votes = {"for": 20, "against": 1} if outcome == "approved" else {"for": 1, "against": 20}
                said = {"attendees": VILLAGERS, **votes, "minutes": reason, "outcome": outcome}
            case "review", _:
                name, actor, said = "post-notice", f"village:{village.code}", dict[str, object]()
            case "notice", (outcome, reason):
                name, actor, said = "decide-at-township", f"town:{village.town_code}", {"outcome": outcome, "reason": reason}
            case "township", (outcome, reason):
                name, actor, said = "decide-at-county", "officer:county", {"outcome": outcome, "reason": reason}
            case _:
                return []
        return [_enrollment(event, name, actor, said)]

    def _visit(self, event: Seen) -> dict[str, object]:
        village, finding = self._household(event).village, self._finding(event)
        return {
            "visitors": [f"grid-worker:{village.code}", f"town-officer:{village.town_code}"],
            "findings": finding.reason,
            "income": finding.income.model_dump(mode="json") if finding.income else None,
            "guarantees": {name: name not in finding.unmet for name in GUARANTEES},
            "outcome": "approved" if finding.verdict == "approved" else "rejected",
        }

    def _village(self, event: Seen) -> list[Outgoing]:
        return [_enrollment(event, "close-notice", f"village:{self._household(event).village.code}", {})]

    def _officer_on_exit(self, event: Seen) -> list[Outgoing]:
        data = {"outcome": "approved", "reason": "经县级审定，风险已消除，同意退出"}
        return [_enrollment(event, "decide-at-county", "officer:county", data)]

    def _town(self, event: Seen) -> list[Outgoing]:
        """Pairs a newly enrolled household with a cadre of its town, once."""
        household = self._household(event)
        if household.cadre is not None or event.data["episode"] != 1:
            return []
        return [self._pairing(event, household)]

    def _town_without_a_cadre(self, event: Seen) -> list[Outgoing]:
        """The cadre left; somebody who stays follows him the same day."""
        return [self._pairing(event, self._household(event))]

    def _pairing(self, event: Seen, household: Household) -> Outgoing:
        of_town = self._people.cadres_of_town.get(household.village.town_code, ())
        staying = [cadre for cadre in of_town if cadre.id not in self._leaving] or self._people.cadres
        data = {"cadre_id": staying[household.id.int % len(staying)].id, "from_day": event.time.astimezone(COUNTY_TIME).date()}
        return _assistance(event, "assign-cadre", f"town:{household.village.town_code}", data)

    def _new_cadre(self, event: Seen) -> list[Outgoing]:
        """Whom a town pairs with a household in the course of the season visits it at once."""
        household = self._household(event)
        if event.data["cadre_id"] == str(household.cadre):
            return []
        visit = uuid5(household.id, f"first visit {event.id}")
        data: dict[str, object] = {"visit_id": visit, "cadre": event.data["cadre_id"], "on": event.data["from_day"]}
        data["checklist"] = dict.fromkeys(GUARANTEES, True)
        return [_assistance(event, "record-visit", f"cadre:{event.data['cadre_id']}", data)]

    def _department(self, event: Seen) -> list[Outgoing]:
        """Takes on what it is asked for, on its own topic; some are silent until they are told so, but never about the base item."""
        late = bool(event.data["answers"]) and is_answered_late(self._household(event).id)
        return [] if late else self._department_that_was_silent(event)

    def _department_that_was_silent(self, event: Seen) -> list[Outgoing]:
        department, referral = str(event.data["department"]), str(event.data["referral_id"])
        data = {"referral_id": referral, "outcome": "accepted", "reason": "已列入本部门帮扶计划"}
        answer = Told(department, "referral-answered", referral, data)
        return [fact(str(uuid5(UUID(event.id), "answer")), answer, event.time + THINKING)]

    def _town_starts(self, event: Seen) -> list[Outgoing]:
        return [_assistance(event, "start-measure", self._town_desk(event), {"measure_id": event.data["measure_id"]})]

    def _town_delivers(self, event: Seen) -> list[Outgoing]:
        data = {"measure_id": event.data["measure_id"], "evidence": "帮扶措施已落实到户，户主签字确认"}
        return [_assistance(event, "deliver-measure", self._town_desk(event), data)]

    def _town_desk(self, event: Seen) -> str:
        """What a department accepted, its desk in the town carries out."""
        return f"desk:{self._household(event).village.town_code}"

    def _finding(self, event: Seen) -> Finding:
        return self._sheet.finding(self._household(event).id, event.time.astimezone(COUNTY_TIME).date())

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
