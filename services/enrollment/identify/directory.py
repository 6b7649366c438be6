"""Whose stream does a message concern? It is followed through the part of the register that one batch touches; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.envelope import Envelope
from schemas.assistance import MeasureDelivered, MeasureStarted, VisitRecorded
from schemas.clock import DayStarted
from schemas.enrollment import (
    Apply,
    ConfirmErasure,
    DecideAtCounty,
    DismissClue,
    FileAppeal,
    MergePersons,
    ProcedureCommand,
    RecordVerification,
    RegisterHousehold,
    ReportScreening,
    RequestErasure,
    UnmergePersons,
)
from schemas.facts import (
    DivorceRegistered,
    Fact,
    FactWithdrawn,
    HouseholdMerged,
    HouseholdMoved,
    HouseholdSplit,
    IdentityCorrected,
    MarriageRegistered,
    PersonBorn,
    WaterTested,
)
from services.enrollment.domain import commands
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.domain.fact import ToldAt
from services.enrollment.domain.members.change import Admit, Form, Move, Note, Refuse
from services.enrollment.domain.members.person_commands import Merge
from services.enrollment.domain.pack.lines import Published
from services.enrollment.domain.policies import Policies
from services.enrollment.domain.publications.publication_events import LinePublished, PackPublished
from services.enrollment.identify import changes
from services.enrollment.identify.changes import Changing, Part, Told, document
from services.enrollment.identify.dwellings import Dwellings
from services.enrollment.identify.keeping import Known, together
from services.enrollment.identify.known_facts import KnownFacts
from services.enrollment.identify.one_person import Merging, Persons
from services.enrollment.identify.places import Places
from services.enrollment.identify.registering import Registering
from services.enrollment.identify.vital_events import FOLLOWED, VitalEvents
from services.enrollment.identify.withdrawing import Withdrawing
from services.enrollment.translate import Found
from services.enrollment.translate.custody import Kept
from services.enrollment.translate.discovery import FeedToday
from services.enrollment.translate.facts import fact_id, fact_of, to_fact, village_stream

# Who is parted from another takes along what only the log of their household knows to be his.
ENDS_BATCH: Final = frozenset({UnmergePersons})
# The household, and the event that somebody appeals against.
Contested: TypeAlias = tuple[UUID, UUID]


@dataclass
class Directory:
    """The part of the register that one batch touches; it follows the batch message by message.

    `today` is the last day that was told.
    """

    ids: InitVar[Mapping[tuple[str, str], UUID]]
    household_of: dict[UUID, UUID]
    policies: InitVar[Policies]
    facts: KnownFacts = field(default_factory=KnownFacts)
    dwellings: Dwellings = field(default_factory=Dwellings)
    due: list[UUID] = field(default_factory=list[UUID])
    feeds: tuple[FeedToday, ...] = ()
    absent: tuple[tuple[UUID, commands.Fact], ...] = ()
    published: Published = field(default_factory=Published)
    today: date | None = None
    persons: Persons = field(init=False)
    decisions: Mapping[Contested, Decision] = field(default_factory=dict[Contested, Decision])
    known: dict[UUID, Known] = field(default_factory=dict[UUID, Known])
    places: Places = field(init=False)
    merging: Merging = field(init=False)
    vital_events: VitalEvents = field(init=False)
    registering: Registering = field(init=False)
    withdrawing: Withdrawing = field(init=False)

    def __post_init__(self, ids: Mapping[tuple[str, str], UUID], policies: Policies) -> None:
        self.persons, self.places = Persons(ids), Places(self.household_of)
        self.merging, self.vital_events = Merging(self.persons, self.places, self.facts), VitalEvents(self.places, self.facts)
        self.withdrawing = Withdrawing(self.places, self.dwellings, self.facts, self.merging, self.vital_events)
        self.registering = Registering(self.persons, self.places, self.dwellings, self.facts, self.vital_events, policies)

    def find(self, envelope: Envelope) -> Found:
        found = self._find(envelope)
        if isinstance(envelope.data, DayStarted):
            self.today = max(envelope.data.date, self.today or envelope.data.date)
        if self.today is None and not self.published.lines and not self.published.assignments:
            return found
        return replace(found, published=self.published, today=self.today)

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
            case (MarriageRegistered() | DivorceRegistered() | HouseholdSplit() | HouseholdMerged() | HouseholdMoved()) as data:
                return self._change(envelope, data)
            case IdentityCorrected() as data:
                return self._correct(envelope, data)
            case Fact() as data:
                return self._fact(envelope, data)
            case MergePersons() as data:
                merge = self.merging.merge(data, envelope.actor, envelope.on)
                return self._merged(Found(), merge) if merge is not None else Found()
            case UnmergePersons() as data:
                return Found(unmerge=self.merging.unmerge(data, envelope.actor, envelope.on))
            case RegisterHousehold() as data:
                return self.registering.register(envelope, data, self.published)
            case FactWithdrawn(source=source, id=reference):
                return self.withdrawing.withdraw(fact_id(envelope.record.topic, source, reference))
            case MeasureStarted(household_id=household) | MeasureDelivered(household_id=household) | VisitRecorded(household_id=household):
                return Found((household,))
            case DayStarted():
                return Found(tuple(dict.fromkeys(self.due)), feeds=self.feeds, absent=self.absent, told=self.today)
            case Apply(applicant=applicant):
                person = self.persons[document(applicant)]
                return Found((self.household_of.get(person, person),), person=person)
            case FileAppeal(decision_event_id=decision):
                household = UUID(envelope.subject)
                return Found((household,), against=self.decisions.get((household, decision)))
            case RecordVerification(members=members):
                return Found((UUID(envelope.subject),), members=tuple(self.persons[document(member)] for member in members or ()))
            case DismissClue() | DecideAtCounty() | ReportScreening() | ProcedureCommand():
                return Found((UUID(envelope.subject),))
            case RequestErasure(person_id=person) | ConfirmErasure(person_id=person):
                return Found(kept=self._kept(person, envelope.on))
            case _:
                return Found()

    def _kept(self, person: UUID, on: date) -> Kept:
        one = self.persons.one_with(person)
        kept = together(person, one, self.known, on)
        return replace(kept, in_register=kept.in_register or any(other in self.household_of for other in one))

    def _fact(self, envelope: Envelope, data: Fact) -> Found:
        fact = fact_of(envelope)
        person = self._person(data)
        streams, withdrawn = self._streams(data, person), fact in self.facts.withdrawn
        self.facts.streams_of[fact] = list(streams)
        known = person is not None and self.places.is_known(person)
        named = self.persons.named(data.person)
        if withdrawn or (known and not isinstance(data, FOLLOWED)):
            return Found(streams, person=person, named=named, withdrawn=withdrawn)
        told = to_fact(envelope, data, person, named)
        if not known and not self.vital_events.is_born(told, streams[-1]):
            self.facts.wait(streams[-1], told)
        return Found(streams, person=person, named=named, waiting=self.vital_events.follow(told, streams))

    def _correct(self, envelope: Envelope, data: IdentityCorrected) -> Found:
        fact = fact_of(envelope)
        withdrawn = fact in self.facts.withdrawn
        person, follows = self.merging.correct(data, None if withdrawn else fact)
        streams = self.places.streams(person, data.valid_on)
        streams = streams[-1:] if isinstance(follows, Refuse) else streams
        self.facts.streams_of[fact] = list(streams)
        if not withdrawn and not self.places.is_known(person):
            self.facts.wait(streams[-1], to_fact(envelope, data, person))
        found = Found(streams, person=person, withdrawn=withdrawn)
        match follows:
            case Merge():
                return self._merged(found, follows)
            case Refuse():
                return replace(found, parts=((streams[-1], follows),))
            case None:
                return found

    def _merged(self, found: Found, merge: Merge) -> Found:
        """What waited for the duplicate goes to the household of the one who is kept, or waits with him."""
        if merge.refusal is not None:
            return replace(found, merge=merge)
        waiting = self.merging.taken(merge)
        if self.places.is_known(merge.keep):
            taken_in, placed = self.vital_events.take_in(waiting, merge.home)
            return replace(found, merge=merge, waiting=taken_in, placed=placed)
        for fact in waiting:
            self.facts.wait(merge.home, fact)
        return replace(found, merge=merge, waiting=waiting)

    def _person(self, data: Fact) -> UUID | None:
        return self.persons[document(data.person)] if data.person is not None else None

    def _streams(self, data: Fact, person: UUID | None) -> tuple[UUID, ...]:
        if person is not None and isinstance(data, PersonBorn) and not self.places.is_known(person):
            return (self._parent(data, person),)
        if person is not None:
            return self.places.streams(person, data.valid_on)
        if data.household_id is not None:
            return (data.household_id,)
        village = data.village_code or "" if isinstance(data, WaterTested) else ""
        there = [household for household in self.dwellings.in_village.get(village, []) if not self.places.is_left(household)]
        return (*there, village_stream(village))

    def _parent(self, data: PersonBorn, child: UUID) -> UUID:
        """The mother's household, though she may be dead, else the father's; else the stream where the birth waits for one of them."""
        parents = [self.persons["resident", number] for number in (data.mother_id_number, data.father_id_number) if number]
        homes = [self.places.last_home(parent) for parent in parents if parent in self.household_of or self.places.is_dead(parent)]
        inhabited = [home for home in homes if home is not None and self.places.is_inhabited(home)]
        return (inhabited or parents or [child])[0]

    def _change(self, envelope: Envelope, data: Changing) -> Found:
        fact, person = fact_of(envelope), self._person(data)
        home = self.household_of.get(person, data.household_id) if person is not None else data.household_id
        told, named = Told(fact, person, home, data.valid_on), self.persons.named(data.person)
        withdrawn = fact in self.facts.withdrawn
        parts = (
            changes.noted(told, self.places)
            if withdrawn
            else changes.parts_of(told, data, self.persons, self.dwellings.village_of, self.places)
        )
        self.facts.streams_of[fact] = list(dict.fromkeys(stream for stream, _ in parts))
        for stream, part in parts:
            if isinstance(part, Note) and not withdrawn and not self._is_known(stream, person):
                self.facts.wait(stream, to_fact(envelope, data, person, named))
            if isinstance(part, Form):
                self.dwellings.live(part.household, self.dwellings.village_of.get(part.origin, ""))
        streams = tuple(self.facts.streams_of[fact])
        brought = self._brought(parts, (envelope.time, fact))
        waiting, placed = self.vital_events.take_in(brought, streams[-1]) if streams else ((), frozenset[UUID]())
        told_to = () if withdrawn else tuple(parts)
        returned = next((self.places.returned([part.person], home) for home, part in parts if isinstance(part, Admit)), ())
        known: dict[str, Any] = {"waiting": waiting, "placed": placed, "returned": returned}
        return Found(streams, person=person, named=named, parts=told_to, withdrawn=withdrawn, **known)

    def _is_known(self, stream: UUID, person: UUID | None) -> bool:
        return self.places.is_inhabited(stream) or (person is not None and self.places.is_known(person))

    def _brought(self, parts: Sequence[Part], told: ToldAt) -> tuple[commands.Fact, ...]:
        """What waited for somebody who comes into his first household, or for those who live in another village."""
        for stream, part in parts:
            if isinstance(part, Admit):
                return self.facts.take(part.person, stream)
            if isinstance(part, Move):
                return self._resettle(stream, part.village_code, told)
        return ()

    def _resettle(self, household: UUID, village: str, told: ToldAt) -> tuple[commands.Fact, ...]:
        if not self.places.is_inhabited(household) or not self.dwellings.move(household, village, told):
            return ()
        return self.facts.copy(village_stream(village), household)
