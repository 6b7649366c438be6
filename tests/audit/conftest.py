from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest

from audit.services import AUDITED
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.projection import projection
from pipeline.store import Commit, Metadata, NewEvent
from services import prepare
from services.enrollment import views
from services.enrollment.domain import events
from services.enrollment.domain.clocks.deadline_events import DeadlineMet, DeadlineStarted
from services.enrollment.domain.commands import Member
from services.enrollment.domain.fact import Fact

Tamper: TypeAlias = Callable[[str], Awaitable[None]]
AT = datetime(2021, 1, 5, 4, tzinfo=UTC)
WHY = Metadata("correlation", "cause", "clerk", "/test", date(2021, 1, 5), AT)


def fact(person: UUID) -> Fact:
    return Fact(
        id=uuid4(), source="/hospital", reference="1", name="serious-illness-confirmed", person=person,
        series="serious-illness:C50", time=AT, valid_on=date(2021, 1, 5), present=True,
    )  # fmt: skip


def a_household() -> list[NewEvent]:
    """A fact that waited, the registration, the fact again, and a deadline that was met: each table is written."""
    household, person = uuid4(), uuid4()
    known, waiting = fact(person), fact(uuid4())
    registered = events.HouseholdRegistered(
        household=household, village_code="370323001001", category="never_registered", members=(Member(person=person, relation="head"),)
    )
    own = [
        registered,
        events.FactRecorded(fact=known),
        DeadlineStarted(kind="verify", due=date(2021, 1, 8)),
        DeadlineMet(kind="verify"),
        DeadlineStarted(kind="county-decision", due=date(2021, 1, 20)),
    ]
    waits = [NewEvent(person, 1, events.FactUnmatched(fact=known), WHY), NewEvent(uuid4(), 1, events.FactUnmatched(fact=waiting), WHY)]
    return waits + [NewEvent(household, version, event, WHY) for version, event in enumerate(own, 1)]


@pytest.fixture
async def log(database: str) -> str:
    """The DSN of a database whose enrollment log holds two households in 14 positions."""
    await prepare.database(database)
    AUDITED["enrollment"].register()
    pool = await connect(database, "enrollment", size=1)
    store = PostgresStore(pool, Log("enrollment", projection(views.statements)))
    await store.lead()
    for _ in range(2):
        await store.commit(Commit(events=a_household()))
    await pool.close()
    return database


@pytest.fixture
def tamper(log: str) -> Tamper:
    """Runs a statement as the owner, with the log's guard switched off."""

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(log)
        try:
            await connection.execute("ALTER TABLE enrollment.stored_events DISABLE TRIGGER append_only")
            await connection.execute(statement)
            await connection.execute("ALTER TABLE enrollment.stored_events ENABLE TRIGGER append_only")
        finally:
            await connection.close()

    return run
