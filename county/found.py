"""Stories that end with the household enrolled; each is told by its facts and the visit's finding alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from county.households import Household
from county.pace import LONGEST
from county.people import chance
from county.plots import Plot

DECIDED: Final = LONGEST + 2
LAST: Final = 89 - LONGEST
UNMET: Final = {"house": "housing", "water": "water", "school-fee": "education", "dropout": "education", "inpatient": "medical"}


def stays(plot: Plot, household: Household) -> None:
    """One hardship or two, repeated and followed up."""
    day = plot.day(0, LAST)
    plot.find_poor(household, visited=day)
    hardship, report = plot.strike(household, day)
    plot.follow_up(hardship, report)
    if chance(plot.random, 0.3):
        plot.strike(household, plot.day(day, 89), lambda other: other.kind != hardship.kind)
    if chance(plot.random, 0.15):
        plot.chronicle.tell_again(report, plot.chronicle.at(plot.day(day + 1, day + 5)))


def returns(plot: Plot, household: Household) -> None:
    """Enrolled, recovered, struck again by something else."""
    first, second = _in_and_out(plot, household)
    again = plot.day(second + 3, second + 8)
    plot.find_poor(household, since=again, visited=again)
    plot.strike(household, again, lambda other: other.kind != first)


def _in_and_out(plot: Plot, household: Household) -> tuple[str, int]:
    """The kind of the first hardship and the day of the recovery."""
    day = plot.day(0, 44)
    plot.find_poor(household, visited=day)
    hardship, report = plot.strike(household, day)
    over = plot.day(day + DECIDED, day + DECIDED + 6)
    plot.recover(hardship, report, over)
    return hardship.kind, over


def held_without_labour(plot: Plot, household: Household) -> None:
    """Nobody in the house can work, so that a good year does not put it out."""
    day = plot.day(0, 72)
    plot.find_poor(household, visited=day)
    plot.strike(household, day)
    plot.declare_enough(household, plot.day(day + DECIDED, 89))


def raised_line(plot: Plot, household: Household) -> None:
    """Poor only by the line of the new year."""
    day = plot.day(plot.line_rises, LAST)
    plot.find_between_lines(household, day)
    plot.strike(household, day)


def second_chance(plot: Plot, household: Household) -> None:
    """The first visit finds nothing; a second hardship is real."""
    day = plot.day(0, 50)
    plot.find_nothing(household)
    hardship, _ = plot.strike(household, day)
    again = plot.day(day + 3, LAST)
    plot.find_poor(household, since=again, visited=again)
    plot.strike(household, again, lambda other: other.kind != hardship.kind)


def unmet_guarantee(plot: Plot, household: Household) -> None:
    """Income above the line, but a guarantee is not met."""
    day = plot.day(0, LAST)
    hardship, _ = plot.strike(household, day, lambda one: one.kind in UNMET)
    plot.find_well_off(household, day, frozenset({UNMET[hardship.kind]}))


def reordered(plot: Plot, household: Household) -> None:
    """The correction that crosses arrives days before the report that it corrects."""
    day = plot.day(1, LAST)
    visited = min(day, plot.line_rises - 1)
    plot.find_poor(household, visited=visited)
    hardship = plot.choose(household, max(0, day - 1), lambda one: one.milder is not None)
    chronicle = plot.chronicle
    corrected = chronicle.tell(household, hardship.person, hardship.worse, chronicle.at(day))
    late = chronicle.at(plot.day(day + 1, day + 5), made=day - 1)
    chronicle.tell_again(corrected, late, hardship.milder)


def corrected_up(plot: Plot, household: Household) -> None:
    """Reported below the threshold, corrected to above it."""
    day = plot.day(0, LAST - 12)
    again = plot.day(day + 1, day + 12)
    plot.find_poor(household, visited=again)
    hardship = plot.choose(household, day, lambda one: one.milder is not None)
    chronicle = plot.chronicle
    report = chronicle.tell(household, hardship.person, hardship.milder or hardship.worse, chronicle.at(day))
    chronicle.tell_again(report, chronicle.at(again), hardship.worse)


def late(plot: Plot, household: Household) -> None:
    """The report arrives days after it was made; poor by every line in between."""
    made = plot.day(0, LAST - 9)
    plot.find_poor(household, visited=0)
    hardship = plot.choose(household, made)
    moment = plot.chronicle.at(plot.day(made + 1, made + 9), made=made)
    plot.chronicle.tell(household, hardship.person, hardship.worse, moment)


def one_risk_over(plot: Plot, household: Household) -> None:
    """Two risks, one of which passes."""
    day = plot.day(0, 70)
    plot.find_poor(household, visited=day)
    first, _ = plot.strike(household, day)
    hardship, report = plot.strike(household, plot.day(day, day + 5), lambda one: one.kind != first.kind and bool(one.milder or one.over))
    plot.end(hardship, report, plot.day(report.moment.played + 3, report.moment.played + 10))


FOUND: Final[Mapping[str, Callable[[Plot, Household], None]]] = {
    "held_without_labour": held_without_labour,
    "returns": returns,
    "raised_line": raised_line,
    "second_chance": second_chance,
    "unmet_guarantee": unmet_guarantee,
    "reordered": reordered,
    "corrected_up": corrected_up,
    "late": late,
    "one_risk_over": one_risk_over,
}
