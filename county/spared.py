"""Stories that end with the household not enrolled: those that leave again, and false alarms of every sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from county.chronicle import AFTERNOON, MORNING
from county.found import DECIDED, returns
from county.hardships import Hardship
from county.households import Household
from county.people import chance
from county.plots import Plot
from county.sheet import Finding


def leaves(plot: Plot, household: Household) -> None:
    """Enrolled, recovered, gone."""
    day = plot.day(0, 89 - DECIDED)
    plot.find_poor(household, visited=day)
    hardship, report = plot.strike(household, day)
    plot.recover(hardship, report, plot.day(day + DECIDED, 89))


def leaves_twice(plot: Plot, household: Household) -> None:
    """Enrolled, recovered, enrolled again, recovered again."""
    returns(plot, household)
    again = plot.chronicle.reports[-1].moment.played
    plot.declare_enough(household, plot.day(again + DECIDED, again + DECIDED + 5))


def dismissed(plot: Plot, household: Household) -> None:
    """Everything reported is true, and nothing is wrong; repeats and further signals change nothing."""
    plot.find_nothing(household)
    day = plot.day(0, 86)
    hardship, report = plot.strike(household, day)
    if chance(plot.random, 0.3):
        plot.chronicle.tell_again(report, plot.chronicle.at(plot.day(day + 1, day + 5)))
    if chance(plot.random, 0.3):
        plot.strike(household, plot.day(day + 1, 89), lambda other: other.kind != hardship.kind)


def not_confirmed(plot: Plot, household: Household) -> None:
    """The visitors do not confirm what was reported."""
    day = plot.day(0, 86)
    plot.find_poor(household, visited=day)
    found = plot.chronicle.findings[household.id]
    found[-1] = replace(found[-1], verdict="rejected", reason="入户核查：所报情况与实际不符")
    plot.strike(household, day)


def above_line(plot: Plot, household: Household) -> None:
    """Confirmed by the visit, but the income is not below the line."""
    day = plot.day(0, 86)
    plot.find_well_off(household, day)
    plot.strike(household, day)


def self_corrected(plot: Plot, household: Household) -> None:
    """The department takes back what it said, at once or before anybody hears it."""
    plot.chronicle.find(household, Finding(date.min, "nothing_wrong", "入户核查：部门数据有误，已更正"))
    plot.random.choice((_within_a_day, _correction_first, _withdrawn_first, _next_day))(plot, household)


def _can_be_milder(hardship: Hardship) -> bool:
    return hardship.milder is not None


def _within_a_day(plot: Plot, household: Household) -> None:
    day, chronicle = plot.day(0, 89), plot.chronicle
    hardship = plot.choose(household, day, _can_be_milder)
    report = chronicle.tell(household, hardship.person, hardship.worse, chronicle.at(day, minutes=MORNING))
    if chance(plot.random, 0.5):
        chronicle.withdraw(report, chronicle.at(day, minutes=AFTERNOON))
    else:
        chronicle.tell_again(report, chronicle.at(day, minutes=AFTERNOON), hardship.milder)


def _correction_first(plot: Plot, household: Household) -> None:
    """What is corrected arrives after its correction and must not count."""
    day, chronicle = plot.day(1, 86), plot.chronicle
    hardship = plot.choose(household, day - 1, _can_be_milder)
    late = chronicle.at(plot.day(day, day + 3), made=day - 1)
    report = chronicle.tell(household, hardship.person, hardship.worse, late)
    chronicle.tell_again(report, chronicle.at(day), hardship.milder)


def _withdrawn_first(plot: Plot, household: Household) -> None:
    """The withdrawal arrives before the fact that it takes back."""
    day, chronicle = plot.day(1, 86), plot.chronicle
    hardship = plot.choose(household, day - 1)
    late = chronicle.at(plot.day(day, day + 3), made=day - 1)
    report = chronicle.tell(household, hardship.person, hardship.worse, late)
    chronicle.withdraw(report, chronicle.at(day))


def _next_day(plot: Plot, household: Household) -> None:
    day, chronicle = plot.day(0, 87), plot.chronicle
    hardship, report = plot.strike(household, day, _can_be_milder)
    chronicle.tell_again(report, chronicle.at(plot.day(day + 1, day + 4)), hardship.milder)


OTHERS: Final[Mapping[str, Callable[[Plot, Household], None]]] = {
    "leaves": leaves,
    "leaves_twice": leaves_twice,
    "dismissed": dismissed,
    "not_confirmed": not_confirmed,
    "above_line": above_line,
    "self_corrected": self_corrected,
}
