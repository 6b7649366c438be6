"""Who answers for a household? Its paired cadre, else its village's grid worker; one batched look, then memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
from msgspec import json
from msgspec.structs import replace

from pipeline.envelope import Envelope
from pipeline.value import Value
from schemas.assistance import CadreAssigned, MeasureProposed
from schemas.enrollment import (
    ClueRaised,
    ExitProposed,
    HouseholdEnrolled,
    HouseholdEvent,
    HouseholdExited,
    HouseholdMoved,
    HouseholdRegistered,
)
from schemas.notifications import RegisterRecipient
from services.notifications.address_book import enter, kinds
from services.notifications.domain.commands import Contact, Notice

HOUSEHOLDS: Final = "SELECT household, village_code, cadre FROM answerable WHERE household = ANY($1::uuid[])"
AWAITING_FOR: Final = (
    "SELECT household FROM awaiting JOIN answerable USING (household) WHERE cadre = ANY($1::uuid[]) OR village_code = ANY($2)"
)
AWAITING: Final = "SELECT household, notice::text FROM awaiting WHERE household = ANY($1::uuid[]) ORDER BY position"
CADRES: Final = "SELECT recipient FROM recipients WHERE recipient = ANY($1::uuid[])"
BY_EMAIL: Final = ("email",)
CHANNELS: Final = """
SELECT recipient, ARRAY(SELECT jsonb_object_keys(contacts) ORDER BY 1) FROM recipients
WHERE recipient = ANY($1::uuid[]) AND contacts - 'email' <> '{}'"""
GRID: Final = "SELECT area, recipient FROM recipients WHERE area = ANY($1) AND role = 'grid-worker'"


class Found(Value, frozen=True):
    """`recipient` is who must know the message's notice; `addressed` are notices whose waiting ends with it.

    `channels` are those of the recipients among them who have others than e-mail alone, `contacts` those of a new recipient.
    """

    notice: Notice | None = None
    recipient: UUID | None = None
    addressed: tuple[tuple[Notice, UUID], ...] = ()
    channels: dict[UUID, tuple[str, ...]] = {}  # noqa: RUF012 - msgspec gives each its own
    contacts: tuple[Contact, ...] = ()


@dataclass
class Directory:
    """The part of the register of recipients that one batch touches; it follows the batch message by message."""

    village_of: dict[UUID, str] = field(default_factory=dict[UUID, str])
    cadre_of: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    recipients: set[UUID] = field(default_factory=set[UUID])
    grid_workers: dict[str, set[UUID]] = field(default_factory=dict[str, set[UUID]])
    awaiting: dict[UUID, list[Notice]] = field(default_factory=dict[UUID, list[Notice]])
    channels: dict[UUID, tuple[str, ...]] = field(default_factory=dict[UUID, tuple[str, ...]])

    def find(self, envelope: Envelope) -> Found:
        found = self._find(envelope)
        told = {found.recipient, *(recipient for _, recipient in found.addressed)}
        reached = {
            recipient: channels for recipient in told if recipient and (channels := self.channels.get(recipient, BY_EMAIL)) != BY_EMAIL
        }
        return replace(found, channels=reached) if reached else found

    def _find(self, envelope: Envelope) -> Found:
        match envelope.data:
            case (
                HouseholdRegistered(household_id=household, village_code=village)
                | HouseholdMoved(household_id=household, village_code=village)
            ):
                self.village_of[household] = village
                return Found(addressed=self._address([household]))
            case CadreAssigned(household_id=household, cadre_id=cadre):
                self.cadre_of[household] = cadre
                return Found(addressed=self._address([household]))
            case RegisterRecipient(recipient_id=recipient, role=role, area=area):
                self.recipients.add(recipient)
                self.channels[recipient] = kinds(envelope.data)
                for workers in self.grid_workers.values():
                    workers.discard(recipient)
                if role == "grid-worker":
                    self.grid_workers.setdefault(area, set()).add(recipient)
                return Found(addressed=self._address(list(self.awaiting)))
            case _:
                return self._announce(to_notice(envelope))

    def answers_for(self, household: UUID) -> UUID | None:
        """The paired cadre; without one, the grid worker with the smallest id; None while nobody is known."""
        cadre = self.cadre_of.get(household)
        if cadre is not None:
            return cadre if cadre in self.recipients else None
        return min(self.grid_workers.get(self.village_of.get(household, ""), set()), default=None)

    def _announce(self, notice: Notice | None) -> Found:
        if notice is None:
            return Found()
        recipient = self.answers_for(notice.household)
        if recipient is None:
            self.awaiting.setdefault(notice.household, []).append(notice)
        return Found(notice, recipient)

    def _address(self, households: Sequence[UUID]) -> tuple[tuple[Notice, UUID], ...]:
        found: list[tuple[Notice, UUID]] = []
        for household in households:
            recipient = self.answers_for(household)
            if recipient is not None:
                found += [(notice, recipient) for notice in self.awaiting.pop(household, [])]
        return tuple(found)


class Identify:
    """The batched query of notifications."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        directory = await self._directory(envelopes)
        contacts = iter(await enter(self._pool, [e.data for e in envelopes if isinstance(e.data, RegisterRecipient)]))
        found = [(envelope, directory.find(envelope)) for envelope in envelopes]
        return [replace(f, contacts=next(contacts)) if isinstance(e.data, RegisterRecipient) else f for e, f in found]

    async def _directory(self, envelopes: Sequence[Envelope]) -> Directory:
        directory, registered = Directory(), [e.data for e in envelopes if isinstance(e.data, RegisterRecipient)]
        households = [e.data.household_id for e in envelopes if isinstance(e.data, HouseholdEvent)]
        if registered:
            found = await self._pool.fetch(AWAITING_FOR, [r.recipient_id for r in registered], [r.area for r in registered])
            households += [row[0] for row in found]
        for household, village, cadre in await self._pool.fetch(HOUSEHOLDS, households):
            directory.village_of |= {household: village} if village is not None else {}
            directory.cadre_of |= {household: cadre} if cadre is not None else {}
        assigned = [e.data.cadre_id for e in envelopes if isinstance(e.data, CadreAssigned)]
        cadres = [*directory.cadre_of.values(), *assigned]
        directory.recipients = {row[0] for row in await self._pool.fetch(CADRES, cadres)}
        located = [e.data.village_code for e in envelopes if isinstance(e.data, HouseholdRegistered | HouseholdMoved)]
        for area, recipient in await self._pool.fetch(GRID, [*directory.village_of.values(), *located]):
            directory.grid_workers.setdefault(area, set()).add(recipient)
        candidates = directory.recipients.union(*directory.grid_workers.values())
        directory.channels = {row[0]: tuple(row[1]) for row in await self._pool.fetch(CHANNELS, candidates)}
        for household, notice in await self._pool.fetch(AWAITING, households):
            directory.awaiting.setdefault(household, []).append(json.decode(notice, type=Notice))
        return directory


def to_notice(envelope: Envelope) -> Notice | None:
    """What a cadre must hear of a message, if anything."""
    data = envelope.data
    if isinstance(data, HouseholdEnrolled | MeasureProposed) and data.taken_over:
        return None  # it was so before this log, and who answers for the household knows
    match data:
        case ClueRaised() | HouseholdEnrolled() | MeasureProposed() | ExitProposed() | HouseholdExited():
            due = getattr(data, "due", None)
            kind = data.TYPE.split(".")[3]
            return Notice(event=envelope.id, kind=kind, household=data.household_id, due=due if isinstance(due, date) else None)
        case _:
            return None
