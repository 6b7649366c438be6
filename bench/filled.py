"""A database as years of service leave it: a larger register and a longer log, row for row as the service writes them, by COPY."""

from __future__ import annotations

import gc
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from bench.append import row
from county.households import identifier
from county.people import PREFIX
from pipeline.kernel import StructMapper
from pipeline.postgres import connect
from pipeline.store import Metadata, NewEvent
from schemas.topics import FACTS
from services.enrollment.domain.commands import Member
from services.enrollment.domain.events import FactRecorded, HouseholdRegistered
from services.enrollment.domain.fact import Fact
from services.enrollment.translate.facts import fact_id
from services.enrollment.vault import Identity, Vault
from services.enrollment.vault_keys import Keys
from services.enrollment.views.feeds import came_by

PAGE: Final = 20_000
LINE_FEN: Final = 50_000  # nothing of it reaches a threshold
OPENED: Final = datetime(2011, 1, 1, tzinfo=UTC)
SPREAD_MS: Final = 30_000  # the ids of the sample county's households name as many instants; others lie between them
IN_A_VILLAGE: Final = 43  # as many as in the sample county
LOG: Final = ("enrollment.stored_events", "enrollment.inbox", "enrollment.facts")
TABLES: Final = (*LOG, "enrollment.households", "enrollment.members", "vault.persons")
HOUSEHOLD: Final = ("household", "village_code", "category", "member_count", "stage", "episode", "changed_at")
MEMBER: Final = ("person", "household", "relation", "position")
RELATION: Final = "户主"
FACT: Final = ("fact", "stream", "position", "department", "period", "village_code", "told_at", "counted_as", "withdrawn")
PERSON: Final = ("person", "hash", "wrapped_key", "sealed", "masked")
REGISTERED: Final = "SELECT household, min(person::text)::uuid AS person FROM enrollment.members GROUP BY household"
HEAD: Final = "SELECT position, recorded_at, (SELECT pack_hash FROM enrollment.stored_events LIMIT 1) AS pack_hash FROM enrollment.log_head"
LOG_ENDS: Final = "UPDATE enrollment.log_head SET position = $1"
ALL_SENT: Final = "UPDATE enrollment.relay_checkpoint SET position = $1"
# Filled without indexes and then indexed, a table takes a quarter of the time; a constraint brings its index with it.
INDEXES: Final = """
SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
            ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS remove,
       CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
            ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END AS restore
FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
WHERE i.indrelid = ANY($1::text[]::regclass[])"""


class Size(NamedTuple):
    """`households` in the register and `events` in the log, those that are there already among them."""

    households: int
    events: int


class Home(NamedTuple):
    """A household and the member whom its facts are about."""

    household: UUID
    person: UUID


class Head(NamedTuple):
    """Of the log as it is before it is filled."""

    position: int
    recorded_at: datetime
    pack_hash: bytes


class Family(NamedTuple):
    """The `number`-th household of the register."""

    number: int
    household: UUID
    members: Sequence[UUID]

    @property
    def village(self) -> str:
        return f"{PREFIX}{self.number // IN_A_VILLAGE:06d}"

    @property
    def registered(self) -> HouseholdRegistered:
        members = tuple(Member(person=person, relation=RELATION, labour_capacity="full") for person in self.members)
        return HouseholdRegistered(household=self.household, village_code=self.village, category="lifted_receiving", members=members)

    def row(self, changed_at: datetime) -> tuple[object, ...]:
        """Its row in the read model, in the order of `HOUSEHOLD`."""
        return (self.household, self.village, "lifted_receiving", len(self.members), "outside", 0, changed_at)


@dataclass(frozen=True)
class Kind:
    """What a department says of everybody once in a while, below every threshold."""

    department: str
    name: str
    series: str
    signal: str | None = None

    @property
    def source(self) -> str:
        return f"/370399/departments/{self.department}"

    def said(self, month: date) -> dict[str, Any]:
        """What all facts of one feed have in common."""
        period = f"{month:%Y-%m}"
        series = self.series.format(period=period)
        return {"source": self.source, "name": self.name, "series": series, "signal": self.signal, "period": period, "valid_on": month}


KINDS: Final = (
    Kind("medical-insurance", "medical-expense-reported", "outpatient:{period}", "outpatient"),
    Kind("human-resources", "employment-changed", "employment"),
    Kind("civil-affairs", "benefit-changed", "benefit-changed"),
)


async def fill(dsn: str, size: Size, keys: Keys) -> None:
    """Until there are as many households and events; where households come, all facts are about them, else about those that are there.

    Nobody of those that are there may have a fact yet when no household comes.
    """
    async with _without_indexes(dsn) as connection:
        head = Head(*await connection.fetchrow(HEAD))
        there = [Home(*found) for found in await connection.fetch(REGISTERED)]
        filling = _Filling(connection, Random(f"bench/filled/{size}"), head)  # noqa: S311 - to be repeated, not a secret
        vault = Vault(await connect(dsn, "vault", size=1), keys)
        came = await filling.register(range(len(there), size.households), vault)
        await filling.tell(sorted(came or there), size.events)
        await connection.execute(LOG_ENDS, filling.position)
        await connection.execute(ALL_SENT, filling.position)
    await _vacuum(dsn)


@asynccontextmanager
async def _without_indexes(dsn: str) -> AsyncGenerator[Any]:
    connection: Any = await asyncpg.connect(dsn, server_settings={"synchronous_commit": "off", "maintenance_work_mem": "512MB"})
    gc.disable()  # rows hold no cycles
    try:
        indexes = await connection.fetch(INDEXES, TABLES)
        for index in indexes:
            await connection.execute(index["remove"])
        yield connection
        for index in indexes:
            await connection.execute(index["restore"])
    finally:
        gc.enable()
        await connection.close()


async def _vacuum(dsn: str) -> None:
    """As the server itself would have done long ago."""
    connection: Any = await asyncpg.connect(dsn)
    try:
        for table in TABLES:
            await connection.execute(f"VACUUM (ANALYZE) {table}")
    finally:
        await connection.close()


class _Filling:
    """Where the log ends by now, and how it goes on."""

    def __init__(self, connection: Any, random: Random, head: Head) -> None:  # noqa: ANN401 - an asyncpg connection
        self._connection, self._random, self._head, self.position = connection, random, head, head.position
        self._mapper = StructMapper()

    async def register(self, numbers: range, vault: Vault) -> list[Home]:
        """Households of one or two members, whose ids lie between those that are there."""
        homes: list[Home] = []
        for first in range(0, len(numbers), PAGE):
            families = [self._family(number) for number in numbers[first : first + PAGE]]
            await self._register(families, vault)
            homes += [Home(family.household, family.members[0]) for family in families]
        return homes

    def _family(self, number: int) -> Family:
        household, *members = (identifier(self._random, number % SPREAD_MS) for _ in range(2 + number % 2))
        return Family(number, household, members)

    async def _register(self, families: Sequence[Family], vault: Vault) -> None:
        first = self.position + 1
        said = [self._row(NewEvent(family.household, 1, family.registered, _asked(family))) for family in families]
        pairs = [(person, family.household, RELATION, at) for at, family in enumerate(families, first) for person in family.members]
        kept = [vault.row(person, _identity(number)) for number, (person, *_) in enumerate(pairs, 2 * families[0].number)]
        await self._log(said, [])
        await self._copy("enrollment.households", [family.row(self._head.recorded_at) for family in families], HOUSEHOLD)
        await self._copy("enrollment.members", pairs, MEMBER)
        await self._copy("vault.persons", kept, PERSON)

    async def tell(self, homes: Sequence[Home], until: int) -> None:
        """A feed of one fact about everybody each month, so that the events of a household lie far apart."""
        told = 0
        while self.position < until:
            feed, first = divmod(told, len(homes))
            page = homes[first : first + min(PAGE, until - self.position)]
            await self._log(*self._feed(page, feed))
            told += len(page)

    def _feed(self, homes: Sequence[Home], feed: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        kind, month = KINDS[feed % len(KINDS)], date(2011 + feed // 12 % 9, 1 + feed % 12, 5)
        at, topic, same = datetime(month.year, month.month, 5, 1, tzinfo=UTC), FACTS[kind.department], kind.said(month)
        events: list[tuple[object, ...]] = []
        facts: list[tuple[object, ...]] = []
        for household, person in homes:
            reference, fen = self._random.randbytes(16).hex(), int(self._random.random() * LINE_FEN)
            fact = fact_id(topic, kind.source, reference)
            said = FactRecorded(fact=Fact(id=fact, reference=reference, person=person, time=at, amount_fen=fen, **same))
            why = Metadata(reference, reference, "", kind.source, month, at)
            events.append(self._row(NewEvent(household, feed + 2, said, why)))
            facts.append((fact, household, self.position, *came_by(household, said.fact), False))
        return events, facts

    def _row(self, new: NewEvent) -> tuple[object, ...]:
        self.position += 1
        return row(self._mapper, new, self.position, self._head.recorded_at, self._head.pack_hash)

    async def _log(self, events: Sequence[tuple[object, ...]], facts: Sequence[tuple[object, ...]]) -> None:
        """Each of them came by a message of its own."""
        random, at = self._random, self._head.recorded_at
        await self._copy("enrollment.stored_events", events)
        await self._copy("enrollment.inbox", [(random.randbytes(16), random.randbytes(16), at) for _ in events])
        await self._copy("enrollment.facts", facts, FACT)

    async def _copy(self, table: str, rows: Sequence[tuple[object, ...]], columns: Sequence[str] | None = None) -> None:
        schema, name = table.split(".")
        await self._connection.copy_records_to_table(name, schema_name=schema, records=rows, columns=columns)


def _asked(family: Family) -> Metadata:
    name = str(family.household)
    return Metadata(name, name, "clerk:county", "/370399/register", OPENED.date(), OPENED)


def _identity(number: int) -> Identity:
    """A number that cannot be issued: no birthday begins with a nought."""
    details = {"name": "张伟", "relation": "户主", "birth": "1950-01-01", "health": "健康", "labour_capacity": "full"}
    return Identity("resident", f"{PREFIX}{number:012d}", details)
