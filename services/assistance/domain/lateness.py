"""What is late in a household's plan on a day: an answer that nobody gave, a measure that has not begun; each is told once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from pipeline.decider import Events
from services.assistance.domain.events import MeasureOverdue
from services.assistance.domain.policy import Policy
from services.assistance.domain.referrals.referring import overdue
from services.assistance.domain.state import State

NOT_BEGUN: Final = frozenset({"proposed", "accepted"})


def late(state: State, on: date, policy: Policy) -> Events:
    return (*overdue(state, on, policy), *_not_begun(state, on))


def begins_by(kind: str, came: date, policy: Policy, from_day: date | None = None) -> date:
    """The last local date in time for a measure of which one knows since `came`; never before the day from which it is meant to go on."""
    due = came + timedelta(days=policy.start_days_of.get(kind, policy.first_measure_days))
    return max(due, from_day) if from_day is not None else due


def _not_begun(state: State, on: date) -> Iterable[MeasureOverdue]:
    for identity, known in state.measures.items():
        if known.step in NOT_BEGUN and known.due is not None and known.due < on and not known.overdue:
            yield MeasureOverdue(measure=identity, kind=known.kind, department=known.department, due=known.due)
