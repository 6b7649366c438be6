"""Which expenses are held against an income of twelve months: those of the twelve months before the day of judging.

What is told in sums is cut nowhere, in favour of whoever might be missed: a month counts as long as a day of it lies in the twelve
months, so that there may be thirteen of them, and an in-patient sum, which is that of a calendar year up to its month, counts whole until
twelve months after that month, so that after the turn of the year the sums of both years count.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Final

from services.enrollment.domain.fact import Fact
from services.enrollment.domain.pack.policy import Policy

MONTHS: Final = 12
YEAR_TO_DATE: Final = frozenset({"inpatient"})


def counts_on(fact: Fact, on: date, policy: Policy) -> bool:
    """An expense lies, in part at least, in the twelve months that end on a local date."""
    first, last = _spent(fact)
    return first <= on <= policy.period(last, MONTHS, "months")


def _spent(fact: Fact) -> tuple[date, date]:
    """The first and the last local date of what an expense is the sum of; one without a period (YYYY-MM) is that of its day."""
    if not fact.period:
        return fact.valid_on, fact.valid_on
    first = date.fromisoformat(f"{fact.period}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return (first.replace(month=1) if fact.signal in YEAR_TO_DATE else first), last
