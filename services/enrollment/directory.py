"""Whose stream does a message concern? It is followed through the part of the register that one batch touches; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.envelope import Envelope
from pipeline.uuid5 import uuid5
from schemas.assistance import MeasureDelivered
from schemas.clock import DayStarted
from schemas.enrollment import (
    Apply,
    DecideAtCounty,
    DismissClue,
    ProcedureCommand,
    RecordVerification,
    RegisterHousehold,
    ReportScreening,
)
from schemas.facts import Fact, FactWithdrawn, WaterTested
from schemas.identity import Identified
from services.enrollment.discovery import FeedToday
from services.enrollment.domain import commands
from services.enrollment.domain.lines import Published
from services.enrollment.domain.publication_events import LinePublished, PackPublished
from services.enrollment.reported import FACT_IDS, fact_id, to_fact
from services.enrollment.translate import Found


@dataclass
class Directory:
    """The part of the register that one batch touches; it follows the batch message by message.

    `registered` has the households that a registration would find in the register.
    """

    persons: dict[tuple[str, str], UUID]
    household_of: dict[UUID, UUID]
    registered: set[UUID] = field(default_factory=set[UUID])
    waiting: dict[UUID, list[commands.Fact]] = field(default_factory=dict[UUID, list[commands.Fact]])
    streams_of: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])
    withdrawn: set[UUID] = field(default_factory=set[UUID])
    in_village: dict[str, list[UUID]] = field(default_factory=dict[str, list[UUID]])
    due: list[UUID] = field(default_factory=list[UUID])
    feeds: tuple[FeedToday, ...] = ()
    absent: tuple[tuple[UUID, commands.Fact], ...] = ()
    published: Published = field(default_factory=Published)

    def find(self, envelope: Envelope) -> Found:
        found = self._find(envelope)
        return replace(found, published=self.published) if self.published != Published() else found

    def publish(self, events: Iterable[Event]) -> None:
        """What the messages after this one are told."""
        for event in events:
            match event:
                case LinePublished(line=line):
                    self.published = replace(self.published, lines=(*self.published.lines, line))
                case PackPublished(assignment=assignment):
                    self.published = replace(self.published, assignments=(*self.published.assignments, assignment))
                case _:
                    pass

    def _find(self, envelope: Envelope) -> Found:
        match envelope.data:
            case Fact() as data:
                return self._fact(envelope, data)
            case RegisterHousehold() as data:
                return self._register(data)
            case FactWithdrawn(source=source, id=reference):
                return self._withdraw(fact_id(envelope.record.topic, source, reference))
            case MeasureDelivered(household_id=household):
                return Found((household,))
            case DayStarted():
                return Found(tuple(dict.fromkeys(self.due)), feeds=self.feeds, absent=self.absent)
            case Apply(applicant=applicant):
                person = self.persons[document(applicant)]
                return Found((self.household_of.get(person, person),), person=person)
            case RecordVerification() | DismissClue() | DecideAtCounty() | ReportScreening() | ProcedureCommand():
                return Found((UUID(envelope.subject),))
            case _:
                return Found()

    def _fact(self, envelope: Envelope, data: Fact) -> Found:
        fact = fact_id(envelope.record.topic, envelope.source, envelope.id)
        person = self.persons[document(data.person)] if data.person is not None else None
        streams, withdrawn = self._streams(data, person), fact in self.withdrawn
        self.streams_of[fact] = list(streams)
        if person not in self.household_of and not withdrawn:
            self.waiting.setdefault(streams[-1], []).append(to_fact(envelope, data, person))
        return Found(streams, person=person, withdrawn=withdrawn)

    def _streams(self, data: Fact, person: UUID | None) -> tuple[UUID, ...]:
        if person is not None:
            return (self.household_of.get(person, person),)
        if data.household_id is not None:
            return (data.household_id,)
        village = data.village_code or "" if isinstance(data, WaterTested) else ""
        return (*self.in_village.get(village, []), village_stream(village))

    def _register(self, data: RegisterHousehold) -> Found:
        household, village = data.household_id, village_stream(data.village_code)
        members = tuple(self.persons[document(member)] for member in data.members)
        elsewhere = frozenset(person for person in members if self.household_of.get(person, household) != household)
        # The rules will refuse it or ignore it, and a household in the register has taken its facts.
        if elsewhere or household in self.registered or len(set(members)) != len(members):
            return Found((household,), members=members, elsewhere=elsewhere)
        waiting = [fact for stream in (household, *members) for fact in self.waiting.pop(stream, [])]
        self.streams_of |= {fact.id: [household] for fact in waiting}
        for fact in self.waiting.get(village, []):
            waiting.append(fact)
            self.streams_of.setdefault(fact.id, [village]).append(household)
        self._settle(household, members, data.village_code)
        return Found((household,), members=members, waiting=tuple(waiting))

    def _settle(self, household: UUID, members: Sequence[UUID], village_code: str) -> None:
        self.household_of |= dict.fromkeys(members, household)
        self.registered.add(household)
        self.in_village.setdefault(village_code, []).append(household)

    def _withdraw(self, fact: UUID) -> Found:
        """A withdrawal that came before its fact waits in a stream of its own."""
        self.withdrawn.add(fact)
        for stream, facts in self.waiting.items():
            self.waiting[stream] = [kept for kept in facts if kept.id != fact]
        return Found(tuple(self.streams_of.get(fact, [fact])))


def village_stream(village_code: str) -> UUID:
    """Where a fact about a whole village waits for households yet to be registered."""
    return uuid5(FACT_IDS, village_code)


def document(person: Identified) -> tuple[str, str]:
    """The kind and the number, by which the vault is asked."""
    return (person.id_type, person.id_number)
