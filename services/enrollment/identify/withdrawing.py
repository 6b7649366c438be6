"""Where a fact is that its department takes back, as one batch follows it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.identify.one_person import Merging
from services.enrollment.identify.places import Places
from services.enrollment.translate import Found


@dataclass
class Withdrawing:
    places: Places
    facts: KnownFacts
    merging: Merging

    def withdraw(self, fact: UUID) -> Found:
        """A withdrawal that came before its fact waits in a stream of its own."""
        self.facts.withdraw(fact)
        streams = tuple(self.facts.streams_of.get(fact, (fact,)))
        along = self.places.gone_to(streams)
        home = self.merging.joined_by(fact)
        joined = home if home is None or home in (*streams, *along) else streams[-1]
        return Found(streams, joined=joined, along=along)
