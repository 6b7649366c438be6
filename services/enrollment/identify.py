"""Whose stream does a message concern? One batched look into the vault and the register, then memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from msgspec import json

from pipeline.envelope import Envelope
from pipeline.uuid5 import uuid5
from schemas.assistance import MeasureDelivered
from schemas.clock import DayStarted
from schemas.enrollment import DecideAtCounty, DismissClue, Member, RecordVerification, RegisterHousehold
from schemas.facts import Fact, FactWithdrawn, Person, WaterTested
from services.enrollment.domain import commands
from services.enrollment.reported import FACT_IDS, fact_id, to_fact
from services.enrollment.translate import Found
from services.enrollment.vault import Identity, Vault

MEMBERS = "SELECT person, household FROM members WHERE person = ANY($1::uuid[]) OR household = ANY($2::uuid[])"
FACTS = "SELECT fact, stream, withdrawn FROM facts WHERE fact = ANY($1::uuid[])"
WAITING = "SELECT stream, waiting::text FROM facts WHERE stream = ANY($1::uuid[]) AND waiting IS NOT NULL ORDER BY position"
VILLAGES = "SELECT village_code, household FROM households WHERE village_code = ANY($1)"
DUE = "SELECT DISTINCT stream FROM deadlines WHERE due < $1 ORDER BY stream"


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

    def find(self, envelope: Envelope) -> Found:
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
                return Found(tuple(self.due))
            case RecordVerification() | DismissClue() | DecideAtCounty():
                return Found((UUID(envelope.subject),))
            case _:
                return Found()

    def _fact(self, envelope: Envelope, data: Fact) -> Found:
        fact = fact_id(envelope.record.topic, envelope.source, envelope.id)
        person = self.persons[_key(data.person)] if data.person is not None else None
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
        members = tuple(self.persons[_key(member)] for member in data.members)
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


@dataclass(frozen=True, slots=True)
class Named:
    """Everything that a batch names, gathered in one walk, so that each table is asked once."""

    identities: list[Identity] = field(default_factory=list[Identity])
    texts: list[str] = field(default_factory=list[str])
    facts: list[UUID] = field(default_factory=list[UUID])
    registers: list[RegisterHousehold] = field(default_factory=list[RegisterHousehold])
    villages: list[str] = field(default_factory=list[str])
    days: list[date] = field(default_factory=list[date])

    def add(self, envelope: Envelope) -> None:
        match envelope.data:
            case Fact() as data:
                self._fact(envelope, data)
            case FactWithdrawn(source=source, id=reference):
                self.facts.append(fact_id(envelope.record.topic, source, reference))
            case RegisterHousehold() as data:
                self.registers.append(data)
                self.identities.extend(Identity(*_key(member), _details(member), registered=True) for member in data.members)
            case RecordVerification(findings=text) | DismissClue(reason=text) | DecideAtCounty(reason=text):
                self.texts.append(text)
            case DayStarted(date=day):
                self.days.append(day)
            case _:
                return

    def _fact(self, envelope: Envelope, data: Fact) -> None:
        self.facts.append(fact_id(envelope.record.topic, envelope.source, envelope.id))
        if data.person is not None:
            self.identities.append(Identity(*_key(data.person), {"name": data.person.name}))
        elif isinstance(data, WaterTested) and data.village_code:
            self.villages.append(data.village_code)


class Identify:
    """The batched query of enrollment; free texts are put into the vault before the event names their digest."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], vault: Vault) -> None:
        self._pool, self._vault = pool, vault

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        named = Named()
        for envelope in envelopes:
            named.add(envelope)
        if named.texts:
            await self._vault.texts(named.texts)
        directory = await self._directory(named, await self._vault.persons(named.identities) if named.identities else {})
        return [directory.find(envelope) for envelope in envelopes]

    async def _directory(self, named: Named, persons: dict[tuple[str, str], UUID]) -> Directory:
        directory = Directory(persons, {})
        households = [data.household_id for data in named.registers]
        for person, household in await self._pool.fetch(MEMBERS, list(persons.values()), households):
            directory.household_of[person] = household
            directory.registered.add(household)
        for fact, stream, withdrawn in await self._pool.fetch(FACTS, named.facts):
            directory.streams_of.setdefault(fact, []).append(stream)
            directory.withdrawn |= {fact} if withdrawn else set()
        if named.registers:
            for stream, waiting in await self._pool.fetch(WAITING, list(_places(named.registers, persons))):
                directory.waiting.setdefault(stream, []).append(json.decode(waiting, type=commands.Fact))
        await self._villages_and_deadlines(named, directory)
        return directory

    async def _villages_and_deadlines(self, named: Named, directory: Directory) -> None:
        if named.villages:
            for village, household in await self._pool.fetch(VILLAGES, named.villages):
                directory.in_village.setdefault(village, []).append(household)
        if named.days:
            directory.due = [row[0] for row in await self._pool.fetch(DUE, max(named.days))]


def village_stream(village_code: str) -> UUID:
    """Where a fact about a whole village waits for households yet to be registered."""
    return uuid5(FACT_IDS, village_code)


def _places(registers: Iterable[RegisterHousehold], persons: Mapping[tuple[str, str], UUID]) -> Iterable[UUID]:
    """The streams in which facts may wait for a registration."""
    for data in registers:
        yield data.household_id
        yield village_stream(data.village_code)
        yield from (persons[_key(member)] for member in data.members)


def _key(person: Person | Member) -> tuple[str, str]:
    return (person.id_type, person.id_number)


def _details(member: Member) -> dict[str, Any]:
    return orjson.loads(member.model_dump_json(exclude={"id_type", "id_number"}))
