"""A database that an older release wrote is taken over with what its log says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from audit.replay import replay
from audit.services import AUDITED
from audit.verify import Verdict, verify
from local.stack import Stack
from pipeline.decider import Event
from pipeline.migrate import LOG, bring_up
from pipeline.postgres import Log, PostgresStore, connect
from pipeline.store import Commit, Metadata, NewEvent, Recorded
from services import prepare
from services.notifications.domain import events as did
from services.notifications.domain.commands import Notice
from tests.conftest import a_database
from tests.messages import TODAY
from tests.notifications.letters import ADDRESS, CADRE, CLUE, HOUSEHOLD, NOON, NOTIFICATION, QUEUED, VILLAGE, WORKER

BEFORE: Final = ("0001_outbox.sql", "0002_pause.sql")
EXITED: Final = Notice(event="event 2", kind="household-exited", household=HOUSEHOLD)
TOLD: Final = UUID(int=9)
ELSEWHERE: Final = "370323001002"
WRITTEN: Final[Sequence[tuple[UUID, Event]]] = [
    (WORKER, did.RecipientRegistered(role="grid-worker", area=ELSEWHERE, address=ADDRESS)),
    (CADRE, did.RecipientRegistered(role="paired-cadre", area=VILLAGE, address=ADDRESS)),
    (WORKER, did.RecipientRegistered(role="grid-worker", area=VILLAGE, address=ADDRESS)),
    (WORKER, did.RecipientRegistered(role="grid-worker", area=VILLAGE, address="new@example.org")),
    (HOUSEHOLD, did.HouseholdLocated(village_code=VILLAGE)),
    (HOUSEHOLD, did.NoticeAwaited(notice=CLUE)),
    (NOTIFICATION, QUEUED[0]),
    (HOUSEHOLD, did.NoticeAwaited(notice=EXITED)),
    (TOLD, did.NotificationQueued(notice=EXITED, recipient=CADRE, channel="email")),
]
ROWS: Final = f"""
SET search_path = notifications;
INSERT INTO recipients VALUES
    ('{WORKER}', 'grid-worker', '{VILLAGE}', 'new@example.org'), ('{CADRE}', 'paired-cadre', '{VILLAGE}', '{ADDRESS}');
INSERT INTO answerable VALUES ('{HOUSEHOLD}', '{VILLAGE}', NULL);
INSERT INTO awaiting SELECT '{HOUSEHOLD}', state->'notice'->>'event', state->'notice', position FROM events
WHERE topic = 'notifications.notice-awaited';
INSERT INTO outbox (notification, recipient, household, kind, due, correlation, state, position)
VALUES ('{NOTIFICATION}', '{CADRE}', '{HOUSEHOLD}', 'clue-raised', '2021-01-08', 'correlation', 'queued', 7),
    ('{TOLD}', '{CADRE}', '{HOUSEHOLD}', 'household-exited', NULL, 'correlation', 'queued', 9);
"""


def test_the_read_models_of_an_older_release_become_what_its_log_says_now(stack: Stack) -> None:
    with a_database(stack) as owner:
        asyncio.run(as_before(owner))
        asyncio.run(prepare.database(owner))
        assert Verdict(9) == asyncio.run(verify(owner, "notifications"))
        assert asyncio.run(replay(owner, "notifications", messages=True)).ok


async def as_before(owner: str) -> None:
    AUDITED["notifications"].register()
    connection = await asyncpg.connect(owner)
    folder = prepare.MIGRATIONS["notifications"][1]
    log = [f"pipeline/{file.name}" for file in LOG.glob("*.sql")]
    async with connection.transaction():
        await bring_up(connection, "notifications", [LOG, folder], only=[*log, *(f"notifications/{name}" for name in BEFORE)])
    pool = await connect(owner, "notifications", size=1)
    store = PostgresStore(pool, Log("notifications", nothing))
    await store.lead()
    why = Metadata("correlation", "cause", "clerk", "/test", TODAY, NOON)
    versions = [[stream for stream, _ in WRITTEN[:number]].count(stream) + 1 for number, (stream, _) in enumerate(WRITTEN)]
    events = [NewEvent(stream, version, event, why) for version, (stream, event) in zip(versions, WRITTEN, strict=True)]
    await store.commit(Commit(events=events))
    await pool.close()
    await connection.execute(ROWS)
    await connection.close()


async def nothing(connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401 - an asyncpg connection
    """An older release kept its read models by its own code."""
