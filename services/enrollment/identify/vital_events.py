"""Births, deaths and new heads, and what waited for them, as one batch follows them; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from pipeline.decider import Event
from schemas.facts import HeadChanged, PersonBorn, PersonDied
from services.enrollment.domain.events import FactRecorded, FactWithdrawn
from services.enrollment.domain.fact import Fact, ToldAt
from services.enrollment.domain.household.stays import HEAD
from services.enrollment.domain.members.births_and_deaths import REASONS
from services.enrollment.domain.members.change_events import MembersJoined, MembersLeft
from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.identify.places import Places

# Facts by which somebody comes or goes, or a household gets another head.
FOLLOWED: Final = (PersonBorn, PersonDied, HeadChanged)


class Vital(NamedTuple):
    """Somebody came into a household by his birth, or left it by his death, on a local date; `told` says which of several stands."""

    person: UUID
    household: UUID
    born: bool
    told: ToldAt
    on: date

    def is_of(self, other: Vital) -> bool:
        return (self.person, self.household, self.born) == (other.person, other.household, other.born)


def reports(household: UUID, events: Iterable[Event], kept: Callable[[UUID], UUID]) -> Mapping[UUID, Vital]:
    """By the fact, what stands of those who were born into this household or died in it; the log of the household says it.

    `kept` gives the person in whose place somebody is kept.
    """
    caused, told = set[tuple[UUID, bool]](), dict[UUID, Vital]()
    for event in events:
        match event:
            case MembersJoined(members=(child,), reason="born"):
                caused.add((child.person, True))
            case MembersLeft(members=(dead,), reason="died"):
                caused.add((dead.person, False))
            case FactRecorded(fact=fact) if fact.name in REASONS and fact.person is not None:
                told[fact.id] = _vital(fact, kept(fact.person), household)
            case FactWithdrawn(fact=fact):
                told.pop(fact, None)
            case _:
                pass
    return {fact: vital for fact, vital in told.items() if (vital.person, vital.born) in caused}


def _vital(fact: Fact, person: UUID, household: UUID) -> Vital:
    return Vital(person, household, fact.name == "person-born", fact.told, fact.valid_on)


@dataclass
class VitalEvents:
    """`told` are those that the batch may take back or tell again, by their facts."""

    places: Places
    facts: KnownFacts
    told: dict[UUID, Vital] = field(default_factory=dict[UUID, Vital])

    def is_born(self, fact: Fact, household: UUID) -> bool:
        """The fact brings a child into this household."""
        born = fact.name == "person-born" and fact.person is not None and not self.places.is_known(fact.person)
        return born and self.places.is_inhabited(household)

    def follow(self, fact: Fact, streams: Sequence[UUID]) -> tuple[Fact, ...]:
        """Gives what waited for a newborn; `streams` are where the fact is told, the present household last."""
        person, household = fact.person, streams[-1]
        if person is None:
            return ()
        if self.is_born(fact, household):
            self.places.move([person], household, fact.valid_on, "child")
            self.told[fact.id] = _vital(fact, person, household)
            waiting = self.facts.take(person, household)
            return (*waiting, *(more for one in waiting for more in self.follow(one, [household])))
        if fact.name == "person-died" and person in self.places.household_of:
            self.places.move([person], None, fact.valid_on, left="died")
            self.told[fact.id] = _vital(fact, person, household)
        elif fact.name in REASONS:
            self._tell_again(fact, person, streams)
        if fact.name == "head-changed" and person in self.places.household_of:
            self.places.lead_as_told(person, fact.told)
        return ()

    def _tell_again(self, fact: Fact, person: UUID, streams: Iterable[UUID]) -> None:
        """He was born, or died, by another fact before."""
        told = (_vital(fact, person, household) for household in streams)
        again = next((one for one in told if any(one.is_of(other) for other in self.told.values())), None)
        if again is not None:
            self.told[fact.id] = again
            self._redate(again)

    def _redate(self, vital: Vital) -> bool:
        """The one that was told last says the day; none does where all were taken back."""
        standing = [other for other in self.told.values() if other.is_of(vital)]
        if standing:
            self.places.redate(vital.person, max(standing, key=lambda one: one.told).on, born=vital.born)
        return bool(standing)

    def take_in(self, waiting: Sequence[Fact], household: UUID) -> tuple[tuple[Fact, ...], frozenset[UUID]]:
        """What waited, what waited in turn for those who are born by it, and the births of children who belong elsewhere by now."""
        placed = frozenset(fact.id for fact in waiting if self._is_elsewhere(fact, household))
        more = [other for fact in waiting if fact.id not in placed for other in self.follow(fact, [household])]
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
        vital = self.told.pop(fact)
        person, household, born, *_ = vital
        if person not in self.places.past or self._redate(vital):
            return None
        *before, last = self.places.past[person]
        if born and not before and last.since is not None and last.until is None:
            self.places.forget(person)
        if born or last.left != "died" or last.until is None:
            return None
        headed = any(self.places.is_head(one) for one in self.places.members(household))
        relation = "member" if headed and last.relation in HEAD else last.relation
        self.places.resume(person, relation)
        return vital
