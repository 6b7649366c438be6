"""Who is registered with whom, and what waited for them, as one batch follows it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from pipeline.envelope import Envelope
from schemas.enrollment import RegisterHousehold
from services.enrollment.domain import commands
from services.enrollment.domain.case.taking_over import cannot_be_taken_over
from services.enrollment.domain.household.state import Unregistered
from services.enrollment.domain.pack.lines import Published
from services.enrollment.domain.policies import Policies
from services.enrollment.identify.changes import document
from services.enrollment.identify.dwellings import Dwellings
from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.identify.one_person import Persons
from services.enrollment.identify.places import Place, Places
from services.enrollment.identify.vital_events import VitalEvents
from services.enrollment.translate import Found, to_commands
from services.enrollment.translate.facts import village_stream


@dataclass
class Registering:
    persons: Persons
    places: Places
    dwellings: Dwellings
    facts: KnownFacts
    vital_events: VitalEvents
    policies: Policies

    def register(self, envelope: Envelope, data: RegisterHousehold, published: Published) -> Found:
        household, members = data.household_id, tuple(self.persons[document(member)] for member in data.members)
        asked = self._asked(data, members)
        if self._is_refused(envelope, replace(asked, published=published)):
            return asked
        since = self._since(envelope.on, members)
        waiting = [fact for stream in (household, *members) for fact in self.facts.take(stream, household)]
        waiting += self.facts.copy(village_stream(data.village_code), household)
        self._settle(data, members, since)
        returned = self.places.returned(members, household)
        taken_in, placed = self.vital_events.take_in(self.facts.in_order(waiting), household)
        return replace(asked, waiting=taken_in, since=since, placed=placed, returned=returned)

    def _since(self, on: date, members: Sequence[UUID]) -> date | None:
        """None where nobody ever moved; who left the register comes back no earlier than he left it, whenever the registration is told."""
        past = [place for person in members for place in self.places.past.get(person, ())]
        return max([on, *(place.until for place in past if place.until is not None)]) if past else None

    def _asked(self, data: RegisterHousehold, members: tuple[UUID, ...]) -> Found:
        household, places = data.household_id, self.places
        elsewhere = frozenset(person for person in members if places.household_of.get(person, household) != household)
        dead = frozenset(person for person in members if household not in self.dwellings.registered and places.is_dead(person))
        merged = frozenset(self.persons[document(member)] for member in data.members if self.persons.named(member) is not None)
        return Found((household,), members=members, elsewhere=elsewhere, dead=dead, merged=merged)

    def _is_refused(self, envelope: Envelope, asked: Found) -> bool:
        """By the rules, or ignored by them: a household in the register has taken its facts."""
        known = asked.streams[0] in self.dwellings.registered or len(set(asked.members)) != len(asked.members)
        return bool(known or asked.elsewhere or asked.dead) or self._cannot_be_taken_over(envelope, asked)

    def _cannot_be_taken_over(self, envelope: Envelope, asked: Found) -> bool:
        """An opening balance may say what cannot be under the pack of the village."""
        if not isinstance(envelope.data, RegisterHousehold) or envelope.data.opening is None:
            return False
        ((_, command),) = to_commands(envelope, asked)
        if not isinstance(command, commands.RegisterHousehold):
            return False
        return bool(cannot_be_taken_over(command, self.policies.of(command, Unregistered())))

    def _settle(self, data: RegisterHousehold, members: Sequence[UUID], since: date | None) -> None:
        household = data.household_id
        for person, member in zip(members, data.members, strict=True):
            self.places.add(person, Place(household, member.relation, since), moved=since is not None)
        self.dwellings.live(household, data.village_code)
