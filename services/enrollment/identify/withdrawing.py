"""Where a fact is that its department takes back, and who is back or gone by that, as one batch follows it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.enrollment.identify.dwellings import Dwellings
from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.identify.one_person import Merging
from services.enrollment.identify.places import Places
from services.enrollment.identify.vital_events import VitalEvents
from services.enrollment.translate import Found


@dataclass
class Withdrawing:
    places: Places
    dwellings: Dwellings
    facts: KnownFacts
    merging: Merging
    vital_events: VitalEvents

    def withdraw(self, fact: UUID) -> Found:
        """A withdrawal that came before its fact waits in a stream of its own."""
        self.facts.withdraw(fact)
        streams = tuple(self.facts.streams_of.get(fact, (fact,)))
        along = self.places.gone_to(streams)
        home = self.merging.joined_by(fact)
        joined = home if home is None or home in (*streams, *along) else streams[-1]
        self._undo(fact)
        return Found(streams, joined=joined, along=along)

    def _undo(self, fact: UUID) -> None:
        """A household that had ended lives in its village again."""
        home = self.vital_events.take_back(fact)
        if home is not None and home in self.dwellings.village_of:
            self.dwellings.live(home, self.dwellings.village_of[home])
