"""What must come of the visits, computed apart from the services' rules: day by day, who answers for a household and who was there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from county.outgoing import Outgoing
from county.population import Population

TOWN: Final = "somebody of the town"
TOWN_DIGITS: Final = 9


class Change(NamedTuple):
    """What the register was told of a household on the local date `told`: it moved, ended, or somebody is a member from `on` on."""

    household: UUID
    what: str
    told: date
    on: date
    village_code: str | None


class Answers(NamedTuple):
    """A cadre, and the day from which he answers."""

    since: date
    cadre: str


@dataclass(frozen=True)
class ExpectedVisits:
    """Household ids, but `open_findings`; `paired` and `visited` in the month, of those whom the register pairs from the beginning.

    `alarmed` by a finding, `unpaired` for a time.
    """

    paired: frozenset[UUID]
    visited: frozenset[UUID]
    alarmed: frozenset[UUID]
    unpaired: frozenset[UUID]
    open_findings: frozenset[UUID]


@dataclass
class _House:
    """`on` says who answers on each day that is played."""

    town: str
    on: dict[date, Answers | None]
    there: bool = True
    unpaired: bool = False
    visits: list[tuple[date, str]] = field(default_factory=list[tuple[date, str]])

    def nobody(self, since: date, of: Callable[[Answers], bool]) -> None:
        self.on |= {day: None for day, who in self.on.items() if day >= since and who is not None and of(who)}

    def look_for_somebody(self, today: date) -> None:
        """If nobody answers, the town finds somebody on that day, and he goes there at once."""
        if self.there and today in self.on and self.on[today] is None:
            self.unpaired = True
            self.on |= {day: Answers(today, TOWN) for day in self.on if day >= today}
            self.visits.append((today, TOWN))

    def take(self, change: Change) -> None:
        match change.what:
            case "household-moved":
                town, self.town = self.town, (change.village_code or "")[:TOWN_DIGITS]
                if town != self.town:
                    self.nobody(change.on, lambda who: who.since < change.on)
                    self.look_for_somebody(change.told)
            case "household-ended":
                self.there = False
                self.nobody(change.on, lambda _: True)
            case _ if not self.there:
                self.there = True
                self.look_for_somebody(change.told + timedelta(days=1))
            case _:
                pass

    def leave(self, cadre: str, day: date) -> None:
        self.nobody(day, lambda who: who.cadre == cadre)
        self.look_for_somebody(day)

    def is_visited(self, days: Collection[date]) -> bool:
        return any((who := self.on[day]) is not None and who.cadre == by for day, by in self.visits if day in days)


def expected_visits(people: Population, month: date, sent: Mapping[date, Sequence[Outgoing]], changes: Sequence[Change]) -> ExpectedVisits:
    """`sent` are the days that were played, `changes` what the register was told of households meanwhile, in its order."""
    own = {household.id: str(household.cadre) for household in people.registered if household.cadre is not None}
    houses = {
        identity: _House(people.by_id[identity].village.town_code, dict.fromkeys(sent, Answers(date.min, cadre)))
        for identity, cadre in own.items()
    }
    told = [_told(message) for day in sorted(sent) for message in sent[day]]
    gone = {data["cadre_id"]: date.fromisoformat(data["on"]) for name, _, data in told if name == "release-cadre"}
    visits = [(household, data) for name, household, data in told if name == "record-visit"]
    for household, data in visits:
        houses[household].visits.append((date.fromisoformat(data["on"]), data["cadre"]))
    for identity, house in houses.items():
        if own[identity] in gone:
            house.leave(own[identity], gone[own[identity]])
    for change in changes:
        if change.household in houses:
            houses[change.household].take(change)
    days = frozenset(day for day in sent if day.replace(day=1) == month)
    found = {UUID(one["finding_id"]) for _, data in visits for one in data["findings"]}
    return ExpectedVisits(
        paired=frozenset(one for one, house in houses.items() if visits and any(house.on[day] for day in days)),
        visited=frozenset(one for one, house in houses.items() if house.is_visited(days)),
        alarmed=frozenset(household for household, data in visits if any(one.get("risk") for one in data["findings"])),
        unpaired=frozenset(one for one, house in houses.items() if house.unpaired),
        open_findings=frozenset(found - {UUID(data["finding_id"]) for name, _, data in told if name == "resolve-finding"}),
    )


def _told(message: Outgoing) -> tuple[str, UUID, dict[str, Any]]:
    """The command's name, whom it is about, and what it says."""
    name = (dict(message.headers)["ce_type"] or b"").decode().split(".")[3]
    return name, UUID(message.key.decode()), orjson.loads(message.value)
