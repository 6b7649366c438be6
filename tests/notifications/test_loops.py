"""The loops beside the writer wait out an outage; what does not go away by itself ends them, and the process with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest
from structlog.testing import capture_logs

from pipeline.service import Beside, end
from services.notifications import pass_on, unacknowledged, unclaimed
from services.notifications.announce import announcing
from services.notifications.asking import Asking, Pause
from services.notifications.channels.email import Email
from services.notifications.deliver import Delivery
from services.notifications.domain.policy import Limit
from services.notifications.households import Households
from services.notifications.letter import Writer
from services.notifications.outbox import Outbox
from services.notifications.pace import Pace
from services.notifications.pass_on import passing_on
from tests.notifications.letters import NOTIFICATION, PILOT
from tests.notifications.post_office import PostOffice

PATIENCE_S: Final = 30.0


def delivering(office: PostOffice) -> Delivery:
    outbox = Outbox(office.models.pool, "email", Pace(Limit()))
    return Delivery(outbox, office.kafka, PILOT, Email("127.0.0.1:1"), Writer(Households(office.models.pool), PILOT.subjects))


LOOPS: Final[Mapping[str, tuple[str, Callable[[PostOffice], Beside]]]] = {
    "announcing": ("announcements", lambda office: announcing(office.models.pool, office.kafka)),
    "passing on": ("outbox", lambda office: passing_on(office.models.pool, office.kafka, PILOT)),
    "unacknowledged": ("outbox", lambda office: unacknowledged.going_up(office.models.pool, office.kafka, PILOT)),
    "unclaimed": ("awaiting", lambda office: unclaimed.going_up(office.models.pool, office.kafka, PILOT)),
    "delivering": ("outbox", delivering),
}


@asynccontextmanager
async def without(office: PostOffice, table: str) -> AsyncIterator[None]:
    """For the time of the block."""
    owner = await asyncpg.connect(office.models.owner, server_settings={"search_path": "notifications"})
    await owner.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        yield
    finally:
        await owner.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
        await owner.close()


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_loop_whose_table_is_missing_ends_and_says_so(office: PostOffice, loop: str) -> None:
    table, made = LOOPS[loop]
    async with without(office, table), asyncio.timeout(PATIENCE_S):
        with pytest.raises(asyncpg.UndefinedTableError, match=table):
            await made(office).run()


OUTAGES: Final = [asyncpg.DiskFullError("no space left"), asyncpg.CannotConnectNowError("it starts"), ConnectionResetError()]


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda one: type(one).__name__)
async def test_a_loop_that_meets_an_outage_looks_again(office: PostOffice, outage: Exception) -> None:
    met, asked = [outage], asyncio.Event()

    async def query(_: datetime) -> list[UUID]:
        if met:
            raise met.pop()
        return [NOTIFICATION]

    def question(one: UUID, at: datetime) -> Mapping[str, Any]:
        asked.set()
        return pass_on.asked_for(one, at)

    task = asyncio.create_task(Asking(office.kafka, query, question, Pause(busy=0.1, idle=0.1)).run())
    with capture_logs() as said:
        await asyncio.wait_for(asked.wait(), PATIENCE_S)
    await end([task])
    assert ["asking.waits"] == [line["event"] for line in said]
