"""A register and a vault as earlier batches left them, and what is found in them for the next message."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from pipeline.postgres import connect
from schemas.enrollment import RegisterHousehold
from schemas.facts import SchoolReturned
from schemas.identity import Person
from schemas.message import Message
from services.enrollment.domain import events as did
from services.enrollment.domain.commands import Member
from services.enrollment.domain.fact import Fact
from services.enrollment.identify import Identify
from services.enrollment.translate import Found
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys
from tests.enrollment.zhang import HOUSEHOLD, POLICIES, TODAY, VILLAGE
from tests.enrollment.zhang import fact as heard
from tests.messages import envelope
from tests.read_models import ReadModels, read_models
from tests.schemas.identities import resident

NEIGHBOURS = UUID(int=200)
NUMBER, SON = resident(), resident(order="038")


@dataclass
class Register:
    """The service's own question, and a log to answer it from."""

    models: ReadModels
    vault: Vault
    vault_pool: asyncpg.Pool[asyncpg.Record]

    async def find(self, *messages: Message, subject: UUID | None = None) -> Found:
        """What is found for the last message of a batch."""
        batch = [envelope(message, f"message {number}", subject=subject) for number, message in enumerate(messages)]
        return (await Identify(self.models.pool, self.vault, POLICIES)(batch))[-1]

    async def person(self, number: str = NUMBER) -> UUID:
        return (await self.vault.persons([Identity("resident", number, {})]))["resident", number]

    async def registered(self, household: UUID, *people: UUID) -> None:
        members = tuple(Member(person=person, relation="head") for person in people)
        event = did.HouseholdRegistered(household=household, village_code=VILLAGE, category="never_registered", members=members)
        await self.models.write(household, event)


@asynccontextmanager
async def opened(dsn: str) -> AsyncGenerator[Register]:
    """Empty, until a test writes into it."""
    async with read_models(dsn, "enrollment") as models:
        pool = await connect(dsn, "vault", size=1)
        yield Register(models, Vault(pool, Keys.from_text("ab" * 32)), pool)
        await pool.close()


def about(number: str = NUMBER) -> SchoolReturned:
    return SchoolReturned(valid_on=TODAY, person=Person(id_number=number))


def registers(*numbers: str, household: UUID = HOUSEHOLD, village: str = VILLAGE) -> RegisterHousehold:
    people = [{"id_number": number, "name": "张·测试", "relation": "head"} for number in numbers]
    said = {"household_id": household, "village_code": village, "category": "never_registered", "members": people}
    return RegisterHousehold.model_validate(said)


def waits(reference: str, person: UUID | None) -> Fact:
    return heard(reference, signal="house", present=True, person=person)
