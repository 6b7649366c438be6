"""Who must be enrolled: computed from the season and the hidden sheet by rules written apart from the services'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from county.figures import Signals
from county.households import Household
from county.pace import NOTICE, TOLD_TO_BE_LATE, is_answered_late, is_visited_late
from county.population import Population
from county.season import Day, Season
from county.sheet import Finding, Sheet
from county.signals import Heard, Signal, hear, signal
from county.silence import Silence
from schemas.clock import COUNTY_TIME
from schemas.facts import Fact, FactWithdrawn, Income, IncomeDeclared

Identity = tuple[str, str]
Series = tuple[str, str]
Declared = tuple[date, datetime, Income]


@dataclass(frozen=True)
class Expectation:
    """Household ids; `enrolled` on the last day, `refused` counts messages that the door must turn away."""

    enrolled: frozenset[UUID]
    ever_enrolled: frozenset[UUID]
    exited: frozenset[UUID]
    reentered: frozenset[UUID]
    false_alarms: frozenset[UUID]
    visited_late: frozenset[UUID]
    answered_late: frozenset[UUID]
    refused: int


@dataclass(slots=True)
class _House:
    """What is known about one household: facts by (source, id), series by (person or household, name)."""

    household: Household
    signals: dict[Series, dict[Identity, Signal]] = field(default_factory=dict[Series, dict[Identity, Signal]])
    incomes: dict[Identity, Declared] = field(default_factory=dict[Identity, Declared])
    finding: Finding | None = None
    standing: dict[Series, Signal] = field(default_factory=dict[Series, Signal])
    looked_at: dict[Series, Signal] = field(default_factory=dict[Series, Signal])
    crossed: frozenset[Series] = frozenset()
    worse: frozenset[Series] = frozenset()
    alarmed: bool = False
    visit: date | None = None
    decision: date | None = None
    visited_late: bool = False
    silence: Silence = field(default_factory=Silence)
    answered_late: bool = False
    enrolled: bool = False
    entries: int = 0
    exits: int = 0


def expected(people: Population, season: Season, days: int | None = None) -> Expectation:
    """The outcome of the season, or of its first `days`."""
    oracle = _Oracle(people, season.sheet)
    for day in season.first(len(season.days) if days is None else days):
        oracle.play(day)
    return oracle.outcome()


class _Oracle:
    """Judges each household once a day: first what was due, then what is told when everything of the day is known."""

    def __init__(self, people: Population, sheet: Sheet) -> None:
        self._law: Signals = people.figures.signals
        self._sheet = sheet
        self._houses = {identity: _House(household) for identity, household in people.by_id.items()}
        self._lives_in = {member.number: household.id for household in people.by_id.values() for member in household.members}
        self._open: dict[UUID, _House] = {}
        self._helped: dict[UUID, _House] = {}
        self._heard: dict[Identity, bytes] = {}
        self._withdrawn: set[Identity] = set()
        self._place: dict[Identity, UUID] = {}
        self._refused = 0

    def play(self, day: Day) -> None:
        for house in self._helped.values():
            house.answered_late |= house.enrolled and house.silence.is_broken_by(day.date)
        for house in list(self._open.values()):
            self._proceed(house, day.date)
        touched: dict[UUID, None] = {}
        for record in day.facts:
            heard = hear(record, day.date)
            if heard is None or self._heard.setdefault((heard.source, heard.id), record.value) != record.value:
                self._refused += 1
            elif (household := self._take(heard)) is not None:
                touched[household] = None
        for household in touched:
            self._judge(self._houses[household], day.date)

    def outcome(self) -> Expectation:
        houses = self._houses.values()
        return Expectation(
            enrolled=_ids(house for house in houses if house.enrolled),
            ever_enrolled=_ids(house for house in houses if house.entries),
            exited=_ids(house for house in houses if house.exits),
            reentered=_ids(house for house in houses if house.entries > 1),
            false_alarms=_ids(house for house in houses if house.alarmed and not house.entries),
            visited_late=_ids(house for house in houses if house.visited_late),
            answered_late=_ids(house for house in houses if house.answered_late),
            refused=self._refused,
        )

    def _take(self, heard: Heard) -> UUID | None:
        """The household that the message touches."""
        match heard.message:
            case FactWithdrawn(source=source, id=identity):
                self._withdrawn.add((source, identity))
                return self._place.get((source, identity))
            case Fact(person=person, household_id=named):
                identity = named or self._lives_in[person.id_number if person else ""]
                self._place[heard.source, heard.id] = identity
                self._keep(self._houses[identity], heard, person.id_number if person else "")
                return identity
            case _:
                return None

    def _keep(self, house: _House, heard: Heard, about: str) -> None:
        if isinstance(heard.message, IncomeDeclared):
            house.incomes[heard.source, heard.id] = (heard.message.window_to, heard.time, heard.message)
        elif said := signal(heard, house.household.category, self._law):
            house.signals.setdefault((about, said.series), {})[heard.source, heard.id] = said
            house.alarmed = house.alarmed or said.crosses

    def _judge(self, house: _House, on: date) -> None:
        before, worse = house.crossed, house.worse
        house.standing = self._standing(house)
        house.crossed = frozenset(series for series, said in house.standing.items() if said.crosses)
        house.worse = frozenset(
            one for one, said in house.standing.items() if one in house.looked_at and said.is_worse(house.looked_at[one])
        )
        new = house.crossed - before
        if house.enrolled:
            if not self._holds(house, on) and house.household.can_work:
                house.enrolled, house.exits = False, house.exits + 1
                _look(house)
            else:
                self._ask(house, min((_said(house, series) for series in new), default=on))
        elif new := new | (house.worse - worse):
            self._clue(house, min(_said(house, series) for series in new), on)

    def _clue(self, house: _House, said: date, on: date) -> None:
        """Somebody looks in, now or when he is told that he is late; a clue or a case that is open takes what is told into account."""
        if house.household.id in self._open:
            return
        if self._sheet.finding(house.household.id, said).verdict != "approved":
            _look(house)
            return
        late = is_visited_late(house.household.id)
        house.visit = on + TOLD_TO_BE_LATE if late else None
        self._open[house.household.id] = house
        if not late:
            self._visit(house, said, on)

    def _proceed(self, house: _House, today: date) -> None:
        if house.visit is not None and today >= house.visit:
            house.visited_late = True
            self._visit(house, house.visit, house.visit)
        if house.decision is not None and today >= house.decision:
            if self._holds(house, house.decision):
                house.enrolled, house.entries = True, house.entries + 1
                house.silence = Silence()
                self._ask(house, house.decision)
            self._close(house)

    def _ask(self, house: _House, on: date) -> None:
        """Departments are asked what they do about each risk."""
        if is_answered_late(house.household.id):
            self._helped[house.household.id] = house
            house.silence.asks((name for _, name in house.crossed), on)

    def _visit(self, house: _House, said: date, on: date) -> None:
        """The visit and all until the notice hangs are of one day; who does not qualify goes no further."""
        house.visit, house.finding = None, self._sheet.finding(house.household.id, said)
        if self._holds(house, said):
            house.decision = max(said + NOTICE, on + timedelta(days=1))
        else:
            self._close(house)

    def _close(self, house: _House) -> None:
        _look(house)
        house.visit = house.decision = None
        del self._open[house.household.id]

    def _standing(self, house: _House) -> dict[Series, Signal]:
        standing: dict[Series, Signal] = {}
        for series, told in house.signals.items():
            valid = [said for identity, said in told.items() if identity not in self._withdrawn]
            if valid:
                standing[series] = max(valid, key=lambda said: said.order)
        return standing

    def _holds(self, house: _House, on: date) -> bool:
        """A risk, and an income below the line or an unmet guarantee."""
        finding = house.finding
        if not house.crossed or finding is None or finding.income is None:
            return False
        incomes = [income for identity, income in house.incomes.items() if identity not in self._withdrawn]
        declared = max(incomes, key=lambda income: income[:2], default=None)
        newest = finding.income if declared is None or declared[0] <= finding.income.window_to else declared[2]
        return bool(finding.unmet) or reference_fen(newest) < self._law.line_fen(on) * len(house.household.members)


def reference_fen(income: Income) -> int:
    """Net income, and what illness gave and took."""
    gained = income.wage_fen + income.business_fen + income.property_fen + income.transfer_fen + income.payouts_fen
    return gained - income.business_cost_fen - income.within_policy_out_of_pocket_fen


def _look(house: _House) -> None:
    """Somebody has looked in, and what is known led to nothing, or no further."""
    house.looked_at, house.worse = dict(house.standing), frozenset()


def _said(house: _House, series: Series) -> date:
    """The local date on which what crosses was said."""
    crossing = [said.order[1] for said in house.signals[series].values() if said.crosses]
    return max(crossing).astimezone(COUNTY_TIME).date()


def _ids(houses: Iterable[_House]) -> frozenset[UUID]:
    return frozenset(house.household.id for house in houses)
