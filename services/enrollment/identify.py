"""Whose stream does a message concern? One batched look into the vault and the register, then memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import orjson

from pipeline.envelope import Envelope
from schemas.assistance import MeasureDelivered
from schemas.clock import DayStarted
from schemas.enrollment import DecideAtCounty, DismissClue, Member, RecordVerification, RegisterHousehold
from schemas.facts import Fact, FactWithdrawn, Person, WaterTested
from services.enrollment.domain import commands
from services.enrollment.translate import FACT_IDS, Found, fact_id, to_fact
from services.enrollment.vault import Identity, Vault

FACTS = "SELECT fact, stream, withdrawn FROM facts WHERE fact = ANY($1::uuid[])"
WAITING = "SELECT stream, waiting::text FROM facts WHERE stream = ANY($1::uuid[]) AND waiting IS NOT NULL ORDER BY position"


@dataclass
class Directory:
    """The part of the register that one batch touches; it follows the batch message by message."""

    persons: dict[tuple[str, str], UUID]
    household_of: dict[UUID, UUID]
    waiting: dict[UUID, list[commands.Fact]] = field(default_factory=dict[UUID, list[commands.Fact]])
    streams_of: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])
    withdrawn: set[UUID] = field(default_factory=set[UUID])
    in_village: dict[str, list[UUID]] = field(default_factory=dict[str, list[UUID]])
    due: list[UUID] = field(default_factory=list[UUID])

    def find(self, envelope: Envelope) -> Found:
        match envelope.data:
            case RegisterHousehold() as data:
                return self._register(data)
            case Fact() as data:
                return self._fact(envelope, data)
            case FactWithdrawn(source=source, id=reference):
                return self._withdraw(fact_id(source, reference))
            case MeasureDelivered(household_id=household):
                return Found((household,))
            case DayStarted():
                return Found(tuple(self.due))
            case RecordVerification() | DismissClue() | DecideAtCounty():
                return Found((UUID(envelope.subject),) if envelope.subject else ())
            case _:
                return Found()

    def _fact(self, envelope: Envelope, data: Fact) -> Found:
        fact = fact_id(envelope.source, envelope.id)
        person = self.persons[_key(data.person)] if data.person is not None else None
        streams = self._streams(data, person)
        self.streams_of[fact] = list(streams)
        return Found(streams, person=person, withdrawn=fact in self.withdrawn)

    def _streams(self, data: Fact, person: UUID | None) -> tuple[UUID, ...]:
        if person is not None:
            return (self.household_of.get(person, person),)
        if data.household_id is not None:
            return (data.household_id,)
        village = data.village_code or "" if isinstance(data, WaterTested) else ""
        return tuple(self.in_village.get(village, [])) or (uuid5(FACT_IDS, village),)

    def _register(self, data: RegisterHousehold) -> Found:
        household = data.household_id
        members = tuple(self.persons[_key(member)] for member in data.members)
        elsewhere = frozenset(person for person in members if self.household_of.get(person, household) != household)
        if elsewhere:
            return Found((household,), members=members, elsewhere=elsewhere)
        waiting = [fact for stream in (household, *members) for fact in self.waiting.pop(stream, [])]
        for fact in waiting:
            self.streams_of[fact.id] = [household]
        self.household_of |= dict.fromkeys(members, household)
        return Found((household,), members=members, waiting=tuple(waiting))

    def _withdraw(self, fact: UUID) -> Found:
        """A withdrawal that came before its fact waits in a stream of its own."""
        self.withdrawn.add(fact)
        for stream, facts in self.waiting.items():
            self.waiting[stream] = [kept for kept in facts if kept.id != fact]
        return Found(tuple(self.streams_of.get(fact, [fact])))


class Identify:
    """The batched query of enrollment; free texts are put into the vault before the event names their digest."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], vault: Vault) -> None:
        self._pool, self._vault = pool, vault

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        named = [identity for envelope in envelopes for identity in _identities(envelope)]
        texts = [text for envelope in envelopes for text in _texts(envelope.data)]
        if texts:
            await self._vault.texts(texts)
        directory = await self._directory(envelopes, await self._vault.persons(named) if named else {})
        found: list[Found] = []
        for envelope in envelopes:
            place = directory.find(envelope)
            found.append(place)
            _wait(directory, envelope, place)
        return found

    async def _directory(self, envelopes: Sequence[Envelope], persons: dict[tuple[str, str], UUID]) -> Directory:
        rows = await self._pool.fetch("SELECT person, household FROM members WHERE person = ANY($1::uuid[])", list(persons.values()))
        directory = Directory(persons, {row[0]: row[1] for row in rows})
        for fact, stream, withdrawn in await self._pool.fetch(FACTS, list(_fact_ids(envelopes))):
            directory.streams_of.setdefault(fact, []).append(stream)
            directory.withdrawn |= {fact} if withdrawn else set()
        registers = [e.data for e in envelopes if isinstance(e.data, RegisterHousehold)]
        if registers:
            places = [data.household_id for data in registers] + [persons[_key(member)] for data in registers for member in data.members]
            for stream, waiting in await self._pool.fetch(WAITING, places):
                directory.waiting.setdefault(stream, []).append(commands.Fact.model_validate_json(waiting))
        await self._villages_and_deadlines(envelopes, directory)
        return directory

    async def _villages_and_deadlines(self, envelopes: Sequence[Envelope], directory: Directory) -> None:
        villages = [e.data.village_code for e in envelopes if isinstance(e.data, WaterTested) and e.data.village_code]
        if villages:
            rows = await self._pool.fetch("SELECT village_code, household FROM households WHERE village_code = ANY($1)", villages)
            for village, household in rows:
                directory.in_village.setdefault(village, []).append(household)
        days = [e.data.date for e in envelopes if isinstance(e.data, DayStarted)]
        if days:
            rows = await self._pool.fetch("SELECT DISTINCT stream FROM deadlines WHERE due < $1 ORDER BY stream", max(days))
            directory.due = [row[0] for row in rows]


def _wait(directory: Directory, envelope: Envelope, found: Found) -> None:
    """A fact whose person nobody has yet is there when the same batch registers him."""
    if isinstance(envelope.data, Fact) and found.person is not None and found.streams == (found.person,) and not found.withdrawn:
        directory.waiting.setdefault(found.person, []).append(to_fact(envelope, envelope.data, found.person))


def _key(person: Person | Member) -> tuple[str, str]:
    return (person.id_type, person.id_number)


def _identities(envelope: Envelope) -> Iterable[Identity]:
    match envelope.data:
        case Fact(person=Person() as person):
            yield Identity(*_key(person), {"name": person.name})
        case RegisterHousehold(members=members):
            for member in members:
                yield Identity(*_key(member), orjson.loads(member.model_dump_json(exclude={"id_type", "id_number"})), registered=True)
        case _:
            return


def _texts(data: Any) -> Iterable[str]:  # noqa: ANN401 - any message
    match data:
        case RecordVerification(findings=text) | DismissClue(reason=text) | DecideAtCounty(reason=text):
            yield text
        case _:
            return


def _fact_ids(envelopes: Sequence[Envelope]) -> Iterable[UUID]:
    for envelope in envelopes:
        match envelope.data:
            case Fact():
                yield fact_id(envelope.source, envelope.id)
            case FactWithdrawn(source=source, id=reference):
                yield fact_id(source, reference)
            case _:
                continue
