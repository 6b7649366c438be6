"""What a batch of messages names, before anybody is asked about it; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from pipeline.envelope import Envelope
from schemas.clock import DayStarted
from schemas.enrollment import (
    Apply,
    ConfirmErasure,
    FileAppeal,
    Member,
    MergePersons,
    RecordVerification,
    RegisterHousehold,
    RequestErasure,
    UnmergePersons,
)
from schemas.facts import Fact, FactWithdrawn, IdentityCorrected, PersonBorn, PersonDied, WaterTested
from services.enrollment.identify.changes import document
from services.enrollment.identify.directory import Contested
from services.enrollment.identify.named_beside import named_beside
from services.enrollment.identify.one_person import Document, named_in
from services.enrollment.translate.facts import fact_id, fact_of
from services.enrollment.translate.free_text import free_text
from services.enrollment.vault import Identity


@dataclass(frozen=True, slots=True)
class Named:
    """Everything that a batch names, gathered in one walk, so that each table is asked once."""

    identities: list[Identity] = field(default_factory=list[Identity])
    texts: list[str] = field(default_factory=list[str])
    facts: list[UUID] = field(default_factory=list[UUID])
    registers: list[RegisterHousehold] = field(default_factory=list[RegisterHousehold])
    villages: list[str] = field(default_factory=list[str])
    days: list[date] = field(default_factory=list[date])
    vital: list[Document] = field(default_factory=list[Document])
    changes: list[Fact] = field(default_factory=list[Fact])
    withdrawn: list[UUID] = field(default_factory=list[UUID])
    merging: list[Document] = field(default_factory=list[Document])
    appeals: list[Contested] = field(default_factory=list[Contested])
    erasures: list[UUID] = field(default_factory=list[UUID])

    def add(self, envelope: Envelope) -> None:
        text = free_text(envelope.data)
        if text is not None:
            self.texts.append(text)
        match envelope.data:
            case Fact() as data:
                self._fact(envelope, data)
            case FactWithdrawn(source=source, id=reference):
                self.facts.append(fact_id(envelope.record.topic, source, reference))
                self.withdrawn.append(self.facts[-1])
            case RegisterHousehold() as data:
                self.registers.append(data)
                self.identities.extend(Identity(*document(member), _details(member), registered=True) for member in data.members)
            case Apply(applicant=applicant):
                self.identities.append(Identity(*document(applicant), {"name": applicant.name}))
            case RecordVerification(members=members):
                self.identities.extend(Identity(*document(member), {}) for member in members or ())
            case FileAppeal(decision_event_id=decision):
                self.appeals.append((UUID(envelope.subject), decision))
            case MergePersons() | UnmergePersons() as data:
                self.identities.extend(Identity(*document(one), {"name": one.name}) for one in (data.keep, data.duplicate))
                self.merging.extend(named_in(data))
            case RequestErasure(person_id=person) | ConfirmErasure(person_id=person):
                self.erasures.append(person)
            case DayStarted(date=day):
                self.days.append(day)
            case _:
                return

    def _fact(self, envelope: Envelope, data: Fact) -> None:
        self.facts.append(fact_of(envelope))
        others = named_beside(data)
        if others is not None:
            self.changes.append(data)
            self.identities.extend(Identity(*document(other), {"name": other.name}) for other in others)
        if isinstance(data, IdentityCorrected):
            self.identities.extend(Identity(*one, {}) for one in named_in(data))
            self.merging.extend(named_in(data))
        if isinstance(data, PersonBorn | PersonDied) and data.person is not None:
            self.vital.append(document(data.person))
        if data.person is not None:
            self.identities.append(Identity(*document(data.person), {"name": data.person.name}))
        elif isinstance(data, WaterTested) and data.village_code:
            self.villages.append(data.village_code)


def _details(member: Member) -> dict[str, Any]:
    return orjson.loads(member.model_dump_json(exclude={"id_type", "id_number"}))
