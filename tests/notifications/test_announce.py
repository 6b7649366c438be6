"""One event is told to each of 9,867 cadres once, though the service is killed in the middle of it again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

import pytest

from county.mailbox import Mailbox
from local.stack import Stack
from pipeline.envelope import Record
from pipeline.handler import Handler
from pipeline.postgres import Log, PostgresStore
from pipeline.projection import projection
from pipeline.store import OUTAGES, Commit, Metadata, NewEvent, Recorded, SetAside
from schemas.enrollment import LinePublished
from schemas.notifications import ContinueAnnouncement
from schemas.topics import COMMANDS, EVENTS
from services.notifications import views
from services.notifications.announce import asked_for, next_parts_of
from services.notifications.domain import events as did
from services.notifications.main import rules
from services.notifications.names import notification_id
from tests.notifications.letters import ADDRESS, PILOT
from tests.notifications.post_office import TOPIC, PostOffice, listening
from tests.pipeline.kafka import Broker
from tests.read_models import ReadModels, read_models

CADRES: Final = 9_867
NOW: Final = datetime(2021, 1, 5, 4, tzinfo=UTC)
LINE: Final = LinePublished.model_validate(
    {
        "area": "370323",
        "valid_from": "2021-02-01",
        "takes_effect": "2021-02-01",
        "fen_per_person_year": 600_000,
        "document_sha256": "0" * 64,
    }
)


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "notifications") as found:
        yield found


class Dying:
    """The read models of a service that dies in the middle of its n-th commit, before anything of it is there."""

    def __init__(self, models: ReadModels, *, at: set[int]) -> None:
        self._at, self._commits, self._project = at, count(), projection(views.statements)
        self.store = PostgresStore(models.pool, Log("notifications", self._die))

    async def _die(self, connection: Any, recorded: Sequence[Recorded]) -> None:  # noqa: ANN401 - an asyncpg connection
        await self._project(connection, recorded)
        if next(self._commits) in self._at:
            raise ConnectionResetError


async def register(models: ReadModels, cadres: Iterable[int], area: str) -> None:
    registered = did.RecipientRegistered(role="paired-cadre", area=area, address=ADDRESS)  # as of before the address book
    why = Metadata("correlation", "cause", "clerk", "/test", NOW.date(), NOW)
    await models.store.commit(Commit(events=[NewEvent(UUID(int=cadre), 1, registered, why) for cadre in cadres]))


def record(offset: int) -> Record:
    attributes = {"specversion": "1.0", "id": "line", "source": "/enrollment", "type": LINE.TYPE, "time": NOW.isoformat()}
    headers = tuple((f"ce_{name}", text.encode()) for name, text in attributes.items())
    return Record(EVENTS["enrollment"], 0, offset, 0, None, LINE.model_dump_json().encode(), headers)


def asked(part: ContinueAnnouncement, offset: int) -> Record:
    message = asked_for(part, NOW)
    return Record(COMMANDS["notifications"], 0, offset, 0, message["key"], message["value"], tuple(message["headers"]))


async def told_to_its_end(models: ReadModels, store: PostgresStore) -> int:
    """The line, and each part in turn, read again as often as it takes; gives how often the service had to begin anew."""
    deaths, offsets, message = 0, count(1), record(0)
    handler = Handler(rules(PILOT, models.pool), store)
    while True:
        try:
            await handler.handle([message])
        except OUTAGES:
            deaths, handler = deaths + 1, Handler(rules(PILOT, models.pool), store)
            await store.lead()
        parts = await next_parts_of(models.pool)
        if parts:
            message = asked(parts[0], next(offsets))
        elif await models.rows("TABLE announcements"):
            return deaths


async def test_each_of_9867_cadres_is_told_once_though_the_service_is_killed_in_between(models: ReadModels) -> None:
    await register(models, range(1, CADRES + 1), "370323001")
    await register(models, range(CADRES + 1, CADRES + 6), "370322001")
    service = Dying(models, at={0, 2, 3, 9, 17, 24})
    await service.store.lead()
    assert await told_to_its_end(models, service.store) == 6
    told = {row[0] for row in await models.rows("SELECT notification FROM outbox")}
    assert {notification_id("line", UUID(int=cadre), "email") for cadre in range(1, CADRES + 1)} == told
    parts = await models.rows("SELECT count(*) FROM events WHERE topic LIKE '%queued' GROUP BY recorded_at")
    assert sorted(row[0] for row in parts) == [367, *[500] * 19]
    assert await models.difference() is None


async def test_what_a_part_was_told_is_told_once_though_the_part_is_asked_for_twice(models: ReadModels) -> None:
    await register(models, range(1, 4), "370323001")
    handler = Handler(rules(PILOT, models.pool), models.store)
    await handler.handle([record(0)])
    (part,) = await next_parts_of(models.pool)
    await handler.handle([asked(part, 1), asked(part, 2)])
    await handler.handle([asked(part, 3)])
    assert [(3,)] == await models.rows("SELECT count(*) FROM outbox")


async def test_one_recipient_who_is_parked_holds_back_nobody_else(models: ReadModels) -> None:
    await register(models, range(1, 4), "370323001")
    handler = Handler(rules(PILOT, models.pool), models.store)
    await handler.handle([record(0)])
    parked = notification_id("line", UUID(int=2), "email")
    await models.store.commit(Commit(set_aside=[SetAside(UUID(int=1), record(9), parked, "household.parked", "-", "-", "-")]))
    (part,) = await next_parts_of(models.pool)
    await handler.handle([asked(part, 1)])
    assert [(UUID(int=1),), (UUID(int=3),)] == await models.rows("SELECT recipient FROM outbox ORDER BY recipient")
    assert [len(rows) for rows in (await models.store.parked([parked])).values()] == [2]
    (last,) = await next_parts_of(models.pool)
    assert UUID(int=3) == last.after


async def test_parts_are_asked_for_until_everybody_is_told(models: ReadModels, stack: Stack) -> None:
    await Broker(stack.kafka, TOPIC).create()
    office, mailbox = PostOffice(models, stack.kafka), Mailbox()
    await register(models, range(1, 6), "370323001")
    await Handler(rules(PILOT, models.pool), models.store).handle([record(0)])
    async with listening(mailbox) as smtp, office.open(smtp, PILOT.model_copy(update={"announced_at_once": 2})):
        for cadre in range(1, 6):
            await office.wait_for(notification_id("line", UUID(int=cadre), "email"), "sent")
    assert list(mailbox.received.values()) == [1] * 5
    assert await models.difference() is None
