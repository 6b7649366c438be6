"""Letters follow a household that moves or is paired anew: what is still queued goes to whoever answers now, and to nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

import pytest
from msgspec.structs import replace

from county.mailbox import Mailbox
from pipeline.kafka import Connection
from schemas.assistance import CadreAnswers, CareQuotaMissed
from schemas.enrollment import HouseholdMoved
from schemas.message import Message
from schemas.notifications import BeginDigest, RecordDelivery, RegisterRecipient, WithdrawNotification
from services.notifications.domain import events as did
from services.notifications.domain.routing import told_by_post
from services.notifications.names import digest_id, notification_id
from services.notifications.pass_on import left_behind
from tests.notifications.letters import (
    ADDRESS,
    CADRE,
    CLUE,
    HOLDER,
    HOUSEHOLD,
    NOON,
    NOTIFICATION,
    PILOT,
    QUEUED,
    SENDING,
    UNTIL,
    VILLAGE,
    WORKER,
    given,
    withdraw,
)
from tests.notifications.post_office import PostOffice, listening
from tests.notifications.test_ended import lease, said, take_back
from tests.notifications.test_escalation import POSTS, SECRETARY, Service
from tests.read_models import ReadModels, read_models

NEXT_VILLAGE, NEXT_TOWN = "370323001002", "370323002001"
NEW_CADRE, NEW_SECRETARY, NEW_WORKER, NEW_OFFICER, NEIGHBOUR = (UUID(int=number) for number in (511, 811, 611, 812, 899))
NEWCOMERS: Final = {
    NEW_CADRE: ("paired-cadre", NEXT_VILLAGE),
    NEW_SECRETARY: ("first-secretary", NEXT_VILLAGE),
    NEW_OFFICER: ("town-officer", NEXT_TOWN[:9]),
}
REPLACED: Final = did.NotificationWithdrawn(recipient=CADRE, reason="recipient-replaced")


def test_what_is_queued_for_who_was_replaced_is_withdrawn_and_what_is_under_way_is_not() -> None:
    given(*QUEUED).when(withdraw(retired=False, replaced=True)).then(REPLACED)
    given(*QUEUED, REPLACED).when(withdraw(retired=False, replaced=True)).then()
    given(*SENDING).when(withdraw(retired=False, replaced=True)).then()


def test_the_people_whom_an_event_names_are_told_as_who_they_are() -> None:
    told = told_by_post(PILOT)
    assert {"clue-raised paired-cadre", "clue-raised grid-worker", "clue-raised first-secretary", "clue-raised county-officer"} <= set(told)
    assert ["care-quota-missed county-officer", "care-quota-missed town-officer"] == [one for one in told if one.startswith("care-quota")]


@pytest.fixture
async def models(prepared: str) -> AsyncIterator[ReadModels]:
    """Everybody who may be told is known, in the next village and the next town too."""
    async with read_models(prepared, "notifications") as found:
        for recipient, (role, area) in {**POSTS, **NEWCOMERS}.items():
            await found.write(recipient, did.RecipientRegistered(role=role, area=area, address=ADDRESS))
        await found.write(HOUSEHOLD, did.HouseholdLocated(village_code=VILLAGE), did.HouseholdPaired(cadre=CADRE))
        yield found


def moved(village: str = NEXT_VILLAGE) -> tuple[Message, datetime]:
    return HouseholdMoved(household_id=HOUSEHOLD, village_code=village, on=NOON.date()), NOON


def paired(cadre: UUID | None = NEW_CADRE) -> tuple[Message, datetime]:
    return CadreAnswers(household_id=HOUSEHOLD, cadre_id=cadre, on=NOON.date()), NOON


async def listen(models: ReadModels, *kinds: str) -> Service:
    """These were told, and nothing has left."""
    service = Service(models)
    await service.lead()
    await service.hear(*(said(kind) for kind in kinds))
    return service


async def letters(models: ReadModels, kind: str = "clue-raised") -> dict[UUID, str]:
    """By whose they are."""
    return dict(await models.rows("SELECT recipient, state FROM outbox WHERE kind = $1", kind))


async def test_who_answers_where_the_household_lives_now_is_told_of_what_is_open(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    await service.hear(moved(), paired())
    await take_back(models, service)
    assert {CADRE: "withdrawn", SECRETARY: "withdrawn", NEW_CADRE: "queued", NEW_SECRETARY: "queued"} == await letters(models)
    assert [(CLUE.due,)] == await models.rows("SELECT DISTINCT due FROM outbox WHERE recipient = ANY($1)", [NEW_CADRE, NEW_SECRETARY])
    reasons = "SELECT DISTINCT state->>'reason' FROM events WHERE topic = 'notifications.notification-withdrawn'"
    assert [("recipient-replaced",)] == await models.rows(reasons)
    assert [] == await left_behind(models.pool, PILOT)
    await lease(models, service)
    assert {CADRE: "withdrawn", SECRETARY: "withdrawn", NEW_CADRE: "sending", NEW_SECRETARY: "sending"} == await letters(models)
    assert await models.difference() is None


async def test_nothing_is_begun_for_who_answers_no_more_before_anybody_looked(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    await service.hear(moved(), paired())
    await lease(models, service)
    assert {CADRE: "queued", SECRETARY: "queued"} == await letters(models)


async def test_whoever_still_answers_keeps_his_letter(models: ReadModels) -> None:
    service = await listen(models, "enrollment.household-enrolled", "enrollment.clue-raised")
    before = await letters(models, "household-enrolled")
    await service.hear(moved())  # within the town: cadre, town and county stay
    await take_back(models, service)
    assert before == await letters(models, "household-enrolled")
    assert {CADRE: "queued", SECRETARY: "withdrawn", NEW_SECRETARY: "queued"} == await letters(models)


async def test_in_another_town_its_officer_is_told(models: ReadModels) -> None:
    service = await listen(models, "assistance.cadre-missing")
    await service.hear(moved(NEXT_TOWN))
    await take_back(models, service)
    officers = await letters(models, "cadre-missing")
    assert "queued" == officers.pop(NEW_OFFICER)
    assert ["withdrawn"] == list(officers.values())


async def test_without_a_move_a_new_cadre_is_told_too(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    await service.hear(paired())
    await take_back(models, service)
    assert {CADRE: "withdrawn", NEW_CADRE: "queued", SECRETARY: "queued"} == await letters(models)


async def test_as_long_as_nobody_answers_it_waits_for_who_will(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    await service.hear(moved(), paired(None))
    await take_back(models, service)
    assert {CADRE: "withdrawn", SECRETARY: "withdrawn", NEW_SECRETARY: "queued"} == await letters(models)
    assert [(HOUSEHOLD,)] == await models.rows("SELECT stream FROM awaiting")
    await service.hear(paired())
    assert "queued" == (await letters(models))[NEW_CADRE]
    assert [] == await models.rows("TABLE awaiting")
    assert await models.difference() is None


async def test_what_went_to_the_grid_worker_for_want_of_a_cadre_goes_to_the_cadre(models: ReadModels) -> None:
    await models.write(WORKER, did.RecipientRegistered(role="grid-worker", area=VILLAGE, address=ADDRESS))
    await models.write(NEW_WORKER, did.RecipientRegistered(role="grid-worker", area=NEXT_VILLAGE, address=ADDRESS))
    await models.write(HOUSEHOLD, did.HouseholdUnpaired())
    service = await listen(models, "enrollment.clue-raised")
    assert "queued" == (await letters(models))[WORKER]
    await service.hear(moved(), paired())
    await take_back(models, service)
    assert {WORKER: "withdrawn", SECRETARY: "withdrawn", NEW_CADRE: "queued", NEW_SECRETARY: "queued"} == await letters(models)


async def test_who_is_told_because_he_cares_for_somebody_goes_on_being_told(models: ReadModels) -> None:
    await models.write(NEIGHBOUR, did.RecipientRegistered(role="grid-worker", area=NEXT_TOWN, address=ADDRESS))
    service = await listen(models)
    missed, at = said("assistance.care-quota-missed")
    assert isinstance(missed, CareQuotaMissed)
    await service.hear((missed.model_copy(update={"group": (CADRE, NEIGHBOUR)}), at), moved(), paired())
    assert [] == await left_behind(models.pool, PILOT)
    await lease(models, service)
    assert {"sending"} == set((await letters(models, "care-quota-missed")).values())


async def test_a_household_that_comes_back_is_its_first_cadres_again_and_he_is_told_once(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    await service.hear(moved(), paired())
    await take_back(models, service)
    await service.hear(moved(VILLAGE), paired(CADRE))
    await take_back(models, service)
    assert {CADRE: "queued", SECRETARY: "queued", NEW_CADRE: "withdrawn", NEW_SECRETARY: "withdrawn"} == await letters(models)
    assert await models.difference() is None


async def test_who_answers_again_when_he_is_asked_about_keeps_his_letter(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    await service.hear(paired())
    asked = await left_behind(models.pool, PILOT)
    await service.hear(paired(CADRE), *((WithdrawNotification(notification_id=one), NOON) for one in asked))
    assert {CADRE: "queued", SECRETARY: "queued"} == await letters(models)


async def test_a_grid_worker_or_secretary_who_takes_another_village_leaves_his_letters_there(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    email = {"kind": "email", "address": ADDRESS}
    said_of_him = {"recipient_id": SECRETARY, "role": "first-secretary", "area": NEXT_VILLAGE, "channels": [email]}
    await service.hear((RegisterRecipient.model_validate(said_of_him), NOON))
    await take_back(models, service)
    assert {CADRE: "queued", SECRETARY: "withdrawn"} == await letters(models)
    assert [(f"first-secretary/{VILLAGE}/",)] == await models.rows("SELECT post FROM awaiting")


async def test_what_was_under_way_is_taken_back_when_it_returns(models: ReadModels) -> None:
    service = await listen(models, "enrollment.clue-raised")
    await lease(models, service)
    await service.hear(paired())
    assert [] == await left_behind(models.pool, PILOT)
    ((his,),) = await models.rows("SELECT notification FROM outbox WHERE recipient = $1", CADRE)
    await service.hear((RecordDelivery(notification_id=his, holder=HOLDER, outcome="deferred", detail="later"), NOON))
    await take_back(models, service)
    assert {CADRE: "withdrawn", NEW_CADRE: "queued", SECRETARY: "sending"} == await letters(models)


async def test_a_digest_leaves_without_what_is_taken_back(models: ReadModels) -> None:
    other = replace(CLUE, event="event 2", household=UUID(int=101))
    await models.write(NOTIFICATION, did.NotificationQueued(notice=other, recipient=CADRE, channel="email"))
    service = await listen(models, "enrollment.clue-raised")
    await service.hear(paired())
    his = [row[0] for row in await models.rows("SELECT notification FROM outbox WHERE recipient = $1", CADRE)]
    await service.hear(digest(*his))
    assert ["queued", "queued"] == await states(models, *his)
    await take_back(models, service)
    await service.hear(digest(NOTIFICATION))
    assert ["sending"] == await states(models, NOTIFICATION)


def digest(*listed: UUID) -> tuple[Message, datetime]:
    return BeginDigest(digest_id=digest_id(listed), notification_ids=listed, holder=HOLDER, until=UNTIL), NOON


async def states(models: ReadModels, *notifications: UUID) -> list[str]:
    return [row[0] for row in await models.rows("SELECT state FROM outbox WHERE notification = ANY($1)", notifications)]


@pytest.fixture
async def office(kafka: Connection, models: ReadModels) -> PostOffice:
    return PostOffice(models, kafka)


async def test_the_new_cadre_is_sent_what_was_queued_for_the_one_before_and_he_nothing(office: PostOffice) -> None:
    await office.models.write(NOTIFICATION, *QUEUED)
    await office.models.write(HOUSEHOLD, did.HouseholdLocated(village_code=NEXT_VILLAGE), did.HouseholdPaired(cadre=NEW_CADRE))
    passed_on = notification_id("event 1", NEW_CADRE, "email")
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(passed_on, "sent")
    assert ["notification-queued", "notification-withdrawn"] == await office.history(NOTIFICATION)
    assert mailbox.received == {str(passed_on): 1}
    assert await office.models.difference() is None
