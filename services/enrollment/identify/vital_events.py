"""Births, deaths and new heads, and what waited for them, as one batch follows them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from schemas.facts import HeadChanged, PersonBorn, PersonDied
from services.enrollment.domain.fact import Fact
from services.enrollment.domain.household.stays import HEAD
from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.identify.places import Places

# Facts by which somebody comes or goes, or a household gets another head.
FOLLOWED = (PersonBorn, PersonDied, HeadChanged)


class Vital(NamedTuple):
    """Somebody came into a household by his birth, or left it by his death."""

    person: UUID
    household: UUID
    born: bool


@dataclass
class VitalEvents:
    """`told` are those that the batch may take back, by their facts."""

    places: Places
    facts: KnownFacts
    told: dict[UUID, Vital] = field(default_factory=dict[UUID, Vital])

    def is_born(self, fact: Fact, household: UUID) -> bool:
        """The fact brings a child into this household."""
        born = fact.name == "person-born" and fact.person is not None and not self.places.is_known(fact.person)
        return born and self.places.is_inhabited(household)

    def follow(self, fact: Fact, household: UUID) -> tuple[Fact, ...]:
        """Gives what waited for a newborn."""
        person = fact.person
        if person is None:
            return ()
        if self.is_born(fact, household):
            self.places.move([person], household, fact.valid_on, "child")
            self.told[fact.id] = Vital(person, household, born=True)
            waiting = self.facts.take(person, household)
            return (*waiting, *(more for one in waiting for more in self.follow(one, household)))
        if fact.name == "person-died" and person in self.places.household_of:
            self.places.move([person], None, fact.valid_on, left="died")
            self.told[fact.id] = Vital(person, household, born=False)
        if fact.name == "head-changed" and person in self.places.household_of:
            self.places.lead(person)
        return ()

    def take_in(self, waiting: Sequence[Fact], household: UUID) -> tuple[tuple[Fact, ...], frozenset[UUID]]:
        """What waited, what waited in turn for those who are born by it, and the births of children who belong elsewhere by now."""
        placed = frozenset(fact.id for fact in waiting if self._is_elsewhere(fact, household))
        more = [other for fact in waiting if fact.id not in placed for other in self.follow(fact, household)]
        return (*waiting, *more), placed

    def _is_elsewhere(self, fact: Fact, household: UUID) -> bool:
        """A child who waited for his parents may have come into another household meanwhile."""
        person = fact.person
        if fact.name != "person-born" or person is None:
            return False
        return self.places.streams(person, fact.valid_on)[-1] not in {person, household}

    def take_back(self, fact: UUID) -> Vital | None:
        """As the rules will, where nothing else has happened to him since. Gives the death of who is back."""
        if fact not in self.told:
            return None
        vital = person, household, born = self.told.pop(fact)
        *before, last = self.places.past[person]
        if born and not before and last.since is not None and last.until is None:
            self.places.move([person], None, last.since, left="withdrawn")
        if born or last.left != "died" or last.until is None:
            return None
        headed = any(self.places.is_head(one) for one in self.places.members(household))
        relation = "member" if headed and last.relation in HEAD else last.relation
        self.places.move([person], household, last.until, relation)
        return vital
