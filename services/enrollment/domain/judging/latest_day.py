"""A message that comes late judges nobody by the past: a household is judged for no day before the latest that is known of it."""

from __future__ import annotations

from datetime import date, timedelta

from services.enrollment.domain.household.state import Household
from services.enrollment.domain.pack.policy import Policy


def judged_from(on: date, state: Household, policy: Policy) -> date:
    """The local date `on`, or the latest that is known: of its steps, its line, its members, its enrolment, and the start of what runs.

    The log holds when something is over, not when it began: it began on no day from which it would be over earlier. A deadline in
    months says nothing, since what an appeal left of it is counted in days.
    """
    line = state.line.valid_from if state.line is not None else date.min
    day = max(_as_changed(on, state), state.latest, line)
    while _before_what_runs(day, state, policy):
        day += timedelta(days=1)
    return day


def _as_changed(on: date, state: Household) -> date:
    """Who comes or goes tomorrow may be told today, the day itself is told to nobody for it: the household is judged as it will be."""
    tomorrow = on + timedelta(days=1)
    return tomorrow if any(tomorrow in {stay.since, stay.until} for stay in state.stays) else on


def _before_what_runs(day: date, state: Household, policy: Policy) -> bool:
    units = {kind: rule.unit for kind, rule in policy.deadlines.items()}
    deadlines = ((due, policy.due(kind, day)) for kind, due in state.running.due.items() if units.get(kind, "months") != "months")
    lengths = {"before-exit": policy.exit.minimum_months, "income-stable": policy.exit.income_stable_months}
    minima = ((until, policy.period(day, lengths[kind], "months")) for kind, until in state.running.minima.items())
    return any(over < known for known, over in (*deadlines, *minima))
