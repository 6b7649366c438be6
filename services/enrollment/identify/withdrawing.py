"""Where a fact is that its department takes back, and who is back or gone by that, as one batch follows it; pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

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
        found = Found(streams, joined=joined, along=along)
        back = self.vital_events.take_back(fact)
        return self._come_back(found, back.person, back.household) if back is not None else found

    def _come_back(self, found: Found, person: UUID, home: UUID) -> Found:
        """A household that had ended lives in its village again, and is told what waited for who is back: births, for instance."""
        self.dwellings.live_again(home)
        waiting, placed = self.vital_events.take_in(self.facts.take(person, home), home)
        return replace(found, back=home, waiting=waiting, placed=placed)
