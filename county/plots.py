"""The turns that stories are made of: a hardship strikes, a visit finds poverty or none, a household recovers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from county.chronicle import Chronicle, Report
from county.contents import Content, medical, previous_month
from county.figures import Signals
from county.hardships import Hardship, Hardships
from county.households import Household
from county.people import chance
from county.sheet import Finding, income

MONTH_STARTS: Final = 1
YUAN: Final = 100
Fits = Callable[[Hardship], bool]


class Plot:
    """Tells turns into a chronicle; days are day numbers of the season."""

    def __init__(self, chronicle: Chronicle, signals: Signals) -> None:
        self.chronicle, self.signals, self.random = chronicle, signals, chronicle.random
        self._hardships = Hardships(chronicle.random, signals)
        self.line_rises = next(
            number for number, day in enumerate(chronicle.days) if signals.line_fen(day) > signals.line_fen(chronicle.days[0])
        )

    def day(self, low: int, high: int) -> int:
        """A day between both, inclusive, in a season of ninety days; shorter ones end earlier."""
        return min(self.random.randint(low, high), len(self.chronicle.days) - 1)

    def choose(self, household: Household, day: int, fits: Fits = lambda _: True) -> Hardship:
        return self._hardships.befall(household, self.chronicle.days[day], fits)

    def strike(self, household: Household, day: int, fits: Fits = lambda _: True) -> tuple[Hardship, Report]:
        """A hardship that fits, reported on that day."""
        hardship = self.choose(household, day, fits)
        return hardship, self.chronicle.tell(household, hardship.person, hardship.worse, self.chronicle.at(day))

    def find_poor(self, household: Household, *, since: int | None = None, visited: int) -> None:
        """Below the line of the day of the visit, by a fen or by far."""
        line = self.signals.line_fen(self.chronicle.days[visited])
        highest = line * len(household.members) - 1
        self._find(household, since, highest if chance(self.random, 0.1) else self.random.randint(highest // 6, highest * 49 // 50))

    def find_between_lines(self, household: Household, day: int) -> None:
        """Above the old line and below the new one, which is in force on that day."""
        old, new = (self.signals.line_fen(self.chronicle.days[number]) * len(household.members) for number in (0, day))
        self._find(household, None, new - 1 if chance(self.random, 0.2) else self.random.randint(old, new - 1))

    def find_well_off(self, household: Household, day: int, unmet: frozenset[str] = frozenset()) -> None:
        self._find(household, None, self._enough(household, day), unmet)

    def find_nothing(self, household: Household) -> None:
        self.chronicle.find(household, Finding(date.min, "nothing_wrong", self.random.choice(EXPLANATIONS)))

    def declare_enough(self, household: Household, day: int) -> None:
        """Civil affairs report an income above the line."""
        declared = income(self.random, self._enough(household, day), self.chronicle.days[day] - timedelta(days=1))
        content = Content("civil-affairs", "income-declared", declared.model_dump(mode="json"))
        self.chronicle.tell(household, household.members[0], content, self.chronicle.at(day))

    def recover(self, hardship: Hardship, report: Report, day: int) -> None:
        """One of the ways in which the facts stop to hold; no two of them meet on one day."""
        household, moment = report.household, self.chronicle.at(day)
        ways: list[Callable[[], object]] = [
            lambda: self.declare_enough(household, day),
            lambda: self.chronicle.withdraw(report, moment),
        ]
        if hardship.milder or hardship.over:
            ways.append(lambda: self.end(hardship, report, day))
        self.random.choice(ways)()

    def end(self, hardship: Hardship, report: Report, day: int) -> None:
        """The hardship is over, or it was never as bad as reported."""
        moment = self.chronicle.at(day)
        if hardship.over and (hardship.milder is None or chance(self.random, 0.5)):
            self.chronicle.tell(report.household, hardship.person, hardship.over, moment)
        elif hardship.milder:
            self.chronicle.tell_again(report, moment, hardship.milder)

    def follow_up(self, hardship: Hardship, report: Report) -> None:
        """In-patient costs of later months: growing within the year, beginning anew in the next."""
        if hardship.kind != "inpatient":
            return
        data, days = hardship.worse.data, self.chronicle.days
        for number in (n for n, day in enumerate(days) if day.day == MONTH_STARTS and n > report.moment.played):
            period = previous_month(days[number])
            grown = int(str(data["out_of_pocket_fen"])) + self.random.randrange(5_000 * YUAN)
            amount = grown if period[:4] == str(data["period"])[:4] else self.random.randrange(1_000 * YUAN)
            self.chronicle.tell(report.household, hardship.person, medical("inpatient", period, amount), self.chronicle.at(number))

    def _enough(self, household: Household, day: int) -> int:
        """Sometimes exactly the line, which is not below it; never between two lines."""
        if day >= self.line_rises and chance(self.random, 0.2):
            return self.signals.line_fen(self.chronicle.days[day]) * len(household.members)
        return len(household.members) * self.random.randint(9_000 * YUAN, 30_000 * YUAN)

    def _find(self, household: Household, since: int | None, reference_fen: int, unmet: frozenset[str] = frozenset()) -> None:
        first = self.chronicle.days[since or 0]
        found = income(self.random, reference_fen, first - timedelta(days=1))
        reason = "入户核查：情况属实，家庭收入已逐项核实"
        self.chronicle.find(household, Finding(date.min if since is None else first, "approved", reason, found, unmet))


EXPLANATIONS: Final = (
    "入户核查：子女已承担费用，生活未受影响",
    "入户核查：已由商业保险赔付，家庭收支正常",
    "入户核查：情况已自行解决，无返贫致贫风险",
    "入户核查：家庭有稳定收入和存款，能够自行承担",
)
