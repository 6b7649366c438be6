"""What waits for somebody whom nobody knows goes up when nobody comes, once from each level, and waits on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from schemas.notifications import Acknowledge, EscalateNotice, RegisterRecipient
from services.notifications.domain import events as did
from services.notifications.domain.delivering import hand_over
from services.notifications.names import notification_id
from services.notifications.unacknowledged import overdue
from services.notifications.unclaimed import asked_for, unclaimed
from tests.notifications.letters import ADDRESS, CADRE, CLUE, HOUSEHOLD, NOON, PILOT, VILLAGE, WAITING, escalate_notice, given, queue
from tests.notifications.test_escalation import COUNTY_OFFICER, POSTS, SECRETARY, TOWN_OFFICER, Service, clue, gone_up
from tests.read_models import ReadModels, read_models

UP = did.NoticeEscalated(event="event 1", level="village", to="town")
# Within a day, so that a message of then is no message from the future.
HOURS = timedelta(hours=4)
HASTY = PILOT.model_copy(update={"escalation": PILOT.escalation.model_copy(update={"hours": {"urgent": 1, "normal": 4}})})
SECRETARYS_POST = f"first-secretary/{VILLAGE}/"


def test_what_nobody_came_for_in_its_hours_goes_up_once() -> None:
    given(*WAITING).when(escalate_notice(47)).then()
    given(*WAITING).when(escalate_notice(48)).then(UP)
    given(*WAITING, UP).when(escalate_notice(99)).then()


def test_what_waits_no_more_or_is_only_for_knowing_or_has_nobody_above_does_not_go_up() -> None:
    given(*WAITING, did.NoticeAddressed(event="event 1")).when(escalate_notice()).then()
    given(*WAITING).when(escalate_notice(notice=replace(CLUE, escalates=False))).then()
    given(*WAITING).when(escalate_notice(notice=None)).then()
    given(*WAITING).when(escalate_notice(to="")).then()


def test_the_next_level_is_told_of_what_went_up() -> None:
    asked = queue(if_passed_on=True)
    assert queue() == hand_over(asked, [UP])


def test_what_is_asked_for_again_is_another_message() -> None:
    asked = EscalateNotice(waiting_id=HOUSEHOLD, event_id="event 1", post=SECRETARYS_POST)
    first, again = (dict(asked_for(asked, NOON + timedelta(minutes=minute))["headers"])["ce_id"] for minute in (0, 1))
    assert first != again


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    """Town and county have their officers, the village has nobody."""
    async with read_models(prepared, "notifications") as found:
        await register(found, TOWN_OFFICER)
        await register(found, COUNTY_OFFICER)
        await found.write(HOUSEHOLD, did.HouseholdLocated(village_code=VILLAGE))
        yield found


async def register(models: ReadModels, recipient: UUID) -> None:
    role, area = POSTS[recipient]
    await models.write(recipient, did.RecipientRegistered(role=role, area=area, address=ADDRESS))


async def ask(models: ReadModels, service: Service, at: datetime) -> int:
    due = await unclaimed(models.pool, HASTY, at)
    await service.hear(*((one, at) for one in due))
    return len(due)


async def told(models: ReadModels) -> set[UUID]:
    rows = await models.rows("SELECT recipient FROM outbox")
    assert len(rows) == len(set(rows))
    return {row[0] for row in rows}


@pytest.mark.parametrize("seed", range(3))
async def test_the_town_hears_once_of_what_nobody_in_the_village_could_be_told(models: ReadModels, seed: int) -> None:
    service, before = Service(models, seed, HASTY), datetime.now(UTC)
    await service.lead()
    await service.hear((clue(), NOON))
    assert await unclaimed(models.pool, HASTY, before + HOURS) == []
    later = datetime.now(UTC) + HOURS
    assert await ask(models, service, later) == 2
    assert (["town"], {TOWN_OFFICER}) == (await gone_up(models), await told(models))
    assert [("",), (SECRETARYS_POST,)] == await models.rows("SELECT post FROM awaiting ORDER BY post <> ''")
    assert await unclaimed(models.pool, HASTY, later + HOURS) == []
    assert await models.difference() is None


async def test_whoever_takes_the_post_later_is_told_and_does_not_make_it_go_up_again(models: ReadModels) -> None:
    service = Service(models, policy=HASTY)
    await service.lead()
    await service.hear((clue(), NOON))
    later = datetime.now(UTC) + HOURS
    await ask(models, service, later)
    said = {"recipient_id": SECRETARY, "role": "first-secretary", "area": VILLAGE, "channels": [{"kind": "email", "address": ADDRESS}]}
    await service.hear((RegisterRecipient.model_validate(said), later))
    await service.send_all(later)
    await service.hear((Acknowledge(notification_id=notification_id("clue", TOWN_OFFICER, "email")), later))
    assert {TOWN_OFFICER, SECRETARY} == await told(models)
    assert await overdue(models.pool, HASTY, later + HOURS) == []
    assert await models.difference() is None


async def test_where_the_town_has_nobody_either_it_goes_on_to_the_county(models: ReadModels) -> None:
    await models.write(TOWN_OFFICER, did.RecipientRetired())
    service = Service(models, policy=HASTY)
    await service.lead()
    await service.hear((clue(), NOON))
    for _ in range(3):
        await ask(models, service, datetime.now(UTC) + HOURS)
    assert (["town", "county"], {COUNTY_OFFICER}) == (await gone_up(models), await told(models))
    assert await models.difference() is None


async def test_what_one_leaves_and_another_never_got_goes_up_once(models: ReadModels) -> None:
    await register(models, CADRE)
    await models.write(HOUSEHOLD, did.HouseholdPaired(cadre=CADRE))
    service = Service(models, policy=HASTY)
    await service.lead()
    await service.hear((clue(), NOON))
    await service.send_all(NOON)
    assert await service.remind(NOON + HOURS) == 1
    assert await unclaimed(models.pool, HASTY, datetime.now(UTC) + HOURS) == []
    assert (["town"], {CADRE, TOWN_OFFICER}) == (await gone_up(models), await told(models))
