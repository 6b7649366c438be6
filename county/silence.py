"""About whom a department will have kept silent too long: the oracle's own reckoning of risks, days and answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from county.pace import ANSWER, ANSWER_OF

# The first word of a series is what the message was about.
RISKS: Final = {
    "inpatient": "illness",
    "outpatient": "illness",
    "illness": "illness",
    "school": "education",
    "dropout": "education",
    "disability": "disability",
    "disaster": "natural_disaster",
    "house": "housing",
    "water": "drinking_water",
    "employment": "unstable_work",
    "benefit": "other",
}


@dataclass(slots=True)
class Silence:
    """Of one enrolled household: since when each of its risks waits for an answer."""

    since: dict[str, date] = field(default_factory=dict[str, date])

    def asks(self, series: Iterable[str], on: date) -> None:
        """The risks that stand; one that is gone waits no more, one that is new since `on`."""
        standing = {RISKS[name.split(" ", maxsplit=1)[0]] for name in series}
        self.since = {risk: self.since.get(risk, on) for risk in sorted(standing)}

    def is_broken_by(self, today: date) -> bool:
        """Somebody waits longer than he should: the day after the last one in time has begun."""
        return any(today > since + ANSWER_OF.get(risk, ANSWER) for risk, since in self.since.items())
