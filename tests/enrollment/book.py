"""A register in memory: messages go through directory, translation and rules as in the service, one stream for each household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import reduce
from typing import Any, Final, cast
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.envelope import Envelope
from schemas.enrollment import RegisterHousehold
from schemas.facts import FactWithdrawn
from schemas.identity import Person
from schemas.message import Message
from services.enrollment.domain import decide, evolve
from services.enrollment.domain import events as did
from services.enrollment.domain.case.decisions import case_of, is_decision
from services.enrollment.domain.case.procedure_commands import Decision
from services.enrollment.domain.clocks.told_days import DayTold
from services.enrollment.domain.household.state import Household, State, Unregistered
from services.enrollment.domain.members import change_events as changed
from services.enrollment.domain.members import person_events as merged
from services.enrollment.domain.members.membership import hand_over
from services.enrollment.domain.policies import Policies
from services.enrollment.identify.directory import ENDS_BATCH, Directory
from services.enrollment.identify.one_person import Link
from services.enrollment.identify.places import Place
from services.enrollment.identify.vital_events import reports
from services.enrollment.translate import to_commands
from tests.enrollment.zhang import POLICIES, TODAY, VILLAGE
from tests.messages import envelope
from tests.schemas.identities import resident

FATHER, MOTHER, SON, WIFE, CHILD, STRANGER = (UUID(int=number) for number in range(1, 7))
NUMBERS: Final = {resident(order=f"{person.int:03}"): person for person in (FATHER, MOTHER, SON, WIFE, CHILD, STRANGER)}
NUMBER_OF: Final = {person: number for number, person in NUMBERS.items()}
ZHANG, WANG = UUID(int=100), UUID(int=200)


def named(person: UUID) -> Person:
    return Person(id_number=NUMBER_OF[person])


def registers(household: UUID, *members: UUID, village: str = VILLAGE) -> RegisterHousehold:
    """The first one is the head."""
    people = [
        {"id_number": NUMBER_OF[person], "name": "张", "relation": "head" if person == members[0] else "son", "labour_capacity": "full"}
        for person in members
    ]
    said = {"household_id": household, "village_code": village, "category": "never_registered", "members": people}
    return RegisterHousehold.model_validate(said)


@dataclass
class Book:
    """Each message is a batch of its own unless `batch` tells several; the vault knows everybody.

    A day is told to every household, whether anything is due there or not.
    """

    policies: Policies = POLICIES
    streams: dict[UUID, list[Event]] = field(default_factory=lambda: defaultdict(list))
    log: list[tuple[UUID, Event]] = field(default_factory=list)
    told: int = 0

    def tell(self, *messages: Message, on: date = TODAY, **other: Any) -> list[tuple[UUID, Event]]:  # noqa: ANN401 - fields of an envelope
        """One batch; gives what happened, each event with its stream."""
        batch = list[Envelope]()
        for message in messages:
            self.told += 1
            batch.append(envelope(message, f"message {self.told}", time=datetime.combine(on, time(4), UTC), **other))
        return self.hear(*batch)

    def hear(self, *batch: Envelope) -> list[tuple[UUID, Event]]:
        """As `tell`, with messages that keep their names whatever order they come in."""
        before, directory = len(self.log), self.directory()
        for said in batch:
            self._one(said, directory)
            directory = self.directory() if type(said.data) in ENDS_BATCH else directory
        return self.log[before:]

    def _one(self, said: Envelope, directory: Directory) -> None:
        events: list[Event] = []
        for stream, command in to_commands(said, directory.find(said)):
            state = self.state(stream)
            decided = decide(hand_over(command, events), state, self.policies)
            events += decided
            self.streams[stream] += decided
            self.log += [(stream, event) for event in decided]

    def state(self, stream: UUID) -> State:
        return cast("State", reduce(evolve, self.streams[stream], Unregistered()))

    def household(self, stream: UUID) -> Household:
        state = self.state(stream)
        assert isinstance(state, Household)
        return state

    def directory(self) -> Directory:
        """What the read models say."""
        directory = Directory({("resident", number): person for number, person in NUMBERS.items()}, {}, self.policies)
        for person, places in self.places().items():
            moved = any(place.since is not None or place.until is not None for place in places)
            for place in places:
                directory.places.add(person, place, moved=moved)
                directory.dwellings.registered.add(place.household)
        for stream, event in self.log:
            self._facts(stream, event, directory)
        directory.publish(event for _, event in self.log)
        directory.decisions = self.decisions()
        directory.today = max((event.day for _, event in self.log if isinstance(event, DayTold)), default=None)
        for stream in self.streams:
            if isinstance(state := self.state(stream), Household):
                directory.dwellings.village_of[stream] = state.village_code
                directory.dwellings.moved |= {stream: state.settled["village"]} if "village" in state.settled else {}
                directory.places.headed |= {stream: state.settled["head"]} if "head" in state.settled else {}
                directory.vital_events.told |= reports(stream, self.streams[stream], directory.persons.kept)
                directory.due.append(stream)
                if state.ended is None:
                    directory.dwellings.in_village.setdefault(state.village_code, []).append(stream)
        return directory

    def decisions(self) -> dict[tuple[UUID, UUID], Decision]:
        """The first decision on a household has the id 1, and so on."""
        taken = {stream: [event for event in events if is_decision(event)] for stream, events in self.streams.items()}
        return {
            (stream, UUID(int=number)): Decision(by=getattr(event, "by", ""), case=case_of(event))
            for stream, events in taken.items()
            for number, event in enumerate(events, 1)
        }

    def _facts(self, stream: UUID, event: Event, directory: Directory) -> None:
        match event:
            case did.FactRecorded(fact=fact) | changed.FactDoubted(fact=fact):
                directory.facts.streams_of.setdefault(fact.id, []).append(stream)
            case did.FactUnmatched(fact=fact):
                directory.facts.streams_of.setdefault(fact.id, []).append(stream)
                directory.facts.wait(stream, fact)
            case did.FactWithdrawn(fact=fact):
                directory.facts.withdrawn.add(fact)
                for waiting in directory.facts.waiting.values():
                    waiting[:] = [one for one in waiting if one.id != fact]
            case did.HouseholdRegistered(members=members) | changed.MembersJoined(members=members):
                for gone in (stream, *(member.person for member in members)):
                    _wait_no_more(directory, gone)
            case _:
                self._persons(stream, event, directory)

    def _persons(self, stream: UUID, event: Event, directory: Directory) -> None:
        match event:
            case merged.PersonsMerged(keep=keep, duplicate=duplicate, fact=said) if stream == duplicate:
                directory.persons.links[duplicate] = Link(keep, said)
                _wait_no_more(directory, stream)
            case merged.PersonsUnmerged(duplicate=duplicate, facts=facts):
                if stream == duplicate:
                    del directory.persons.links[duplicate]
                _wait_no_more(directory, stream, {fact.id for fact in facts})
            case _:
                pass

    def places(self) -> dict[UUID, list[Place]]:
        """The read model `members`, followed by hand."""
        found: dict[UUID, list[Place]] = defaultdict(list)
        for stream, event in self.log:
            match event:
                case did.HouseholdRegistered(members=members, since=since):
                    for member in members:
                        found[member.person].append(Place(stream, member.relation, since))
                case changed.MembersJoined(members=members, reason="withdrawn"):
                    for member in members:
                        last = max(number for number, place in enumerate(found[member.person]) if place.household == stream)
                        found[member.person][last] = replace(found[member.person][last], relation=member.relation, until=None, left=None)
                case changed.MembersJoined(members=members, on=on):
                    for member in members:
                        found[member.person].append(Place(stream, member.relation, on))
                case _:
                    _change(found, stream, event)
        return found


def _change(found: dict[UUID, list[Place]], stream: UUID, event: Event) -> None:
    match event:
        case changed.MembersLeft(members=members, on=on, reason=reason):
            for member in members:
                found[member.person] = [
                    replace(place, until=on, left=reason) if place.household == stream and place.until is None else place
                    for place in found[member.person]
                ]
        case changed.MembershipRedated() as redated:
            _redate(found[redated.person], stream, redated)
        case changed.HeadChanged(person=person, before=before):
            for one, relation in [*((other, "member") for other in before), (person, "head")]:
                found[one] = [replace(place, relation=relation) if place.until is None else place for place in found[one]]
        case _:
            pass


def _redate(places: list[Place], stream: UUID, event: changed.MembershipRedated) -> None:
    for number, place in reversed(list(enumerate(places))):
        if event.reason == "born" and (place.household, place.since) == (stream, event.instead_of):
            places[number] = replace(place, since=event.on)
            return
        if event.reason == "died" and (place.household, place.until, place.left) == (stream, event.instead_of, "died"):
            places[number] = replace(place, until=event.on)
            return


def _wait_no_more(directory: Directory, stream: UUID, gone: Container[UUID] | None = None) -> None:
    """These facts, or all of them, are in another stream now."""
    waiting = directory.facts.waiting.pop(stream, [])
    going = [fact for fact in waiting if gone is None or fact.id in gone]
    directory.facts.waiting[stream] = [fact for fact in waiting if fact not in going]
    for fact in going:
        directory.facts.streams_of[fact.id].remove(stream)


def taken_back(number: int) -> FactWithdrawn:
    """Of the message with this number."""
    return FactWithdrawn(source="/department", id=f"message {number}", reason="wrong")


def kinds(happened: list[tuple[UUID, Event]]) -> list[tuple[UUID, str]]:
    return [(stream, event.TOPIC.removeprefix("enrollment.")) for stream, event in happened]
