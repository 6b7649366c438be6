"""Who retired is sent nothing any more: what is still queued for him is withdrawn, and told to whoever has his post now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from msgspec.structs import replace

from county.mailbox import Mailbox
from pipeline.kafka import Connection
from schemas.message import Message
from schemas.notifications import BeginDelivery, BeginDigest, WithdrawNotification
from services.notifications.domain import events as did
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.delivering import hand_over
from services.notifications.domain.routing import successor
from services.notifications.identify import Found, Identify
from services.notifications.identify.waiting import Waiting
from services.notifications.names import notification_id, waiting_id
from tests.messages import envelope
from tests.notifications.letters import (
    ADDRESS,
    CADRE,
    CLUE,
    HOLDER,
    HOUSEHOLD,
    LINE,
    NOTIFICATION,
    PILOT,
    QUEUED,
    SENDING,
    SENT,
    SUCCESSOR,
    UNTIL,
    VILLAGE,
    WITHDRAWN,
    WORKER,
    begin,
    given,
    outcome,
    queue,
    withdraw,
)
from tests.notifications.post_office import PostOffice, listening
from tests.read_models import read_models

OFFICER = UUID(int=810)
OVERDUE = Notice(event="event 4", kind="deadline-breached", household=HOUSEHOLD, urgency="urgent", level="town", escalates=True)
FAILED_IN_HAND = (*SENDING, did.NotificationFailed(recipient=CADRE, final=False))


def test_what_is_queued_for_who_retired_is_withdrawn_once_and_never_sent() -> None:
    given(*QUEUED).when(withdraw()).then(*WITHDRAWN[-1:])
    given(*WITHDRAWN).when(withdraw()).then()
    given(*WITHDRAWN).when(begin(), outcome("sent")).then()


def test_what_is_queued_for_somebody_in_office_is_not_withdrawn() -> None:
    given(*QUEUED).when(withdraw(retired=False)).then()


def test_what_was_under_way_is_withdrawn_when_it_comes_back_into_the_queue() -> None:
    given(*SENDING).when(withdraw()).then()
    given(*SENT).when(withdraw()).then()
    given(*FAILED_IN_HAND).when(withdraw()).then(*WITHDRAWN[-1:])


def test_the_successor_is_told_only_of_what_was_withdrawn() -> None:
    asked = queue(to=WORKER, if_passed_on=True)
    given().when(hand_over(asked, [])).then()
    given().when(hand_over(asked, WITHDRAWN[-1:])).then(did.NotificationQueued(notice=CLUE, recipient=WORKER, channel="email"))


def test_who_is_told_in_his_place_has_his_post_and_a_caregiver_has_none() -> None:
    assert Target(role="town-officer", level="town") == successor("town-officer", "", OVERDUE, PILOT)
    assert Target(role="paired-cadre", level="village", instead="grid-worker") == successor("paired-cadre", "", CLUE, PILOT)
    desk = Notice(event="event 5", kind="referral-sent", household=HOUSEHOLD, level="county")
    assert Target(role="department-desk", level="county", department="health") == successor("department-desk", "health", desk, PILOT)
    assert successor("caregiver", "", CLUE, PILOT) is None


def test_who_stood_in_for_a_cadre_leaves_it_to_the_cadre() -> None:
    assert Target(role="paired-cadre", level="village", instead="grid-worker") == successor("grid-worker", "", CLUE, PILOT)
    assert Target(role="first-secretary", level="village") == successor("first-secretary", "", CLUE, PILOT)


def test_what_all_cadres_were_told_needs_no_successor() -> None:
    assert successor("paired-cadre", "", LINE, PILOT) is None


@pytest.fixture
async def office(kafka: Connection, prepared: str) -> AsyncIterator[PostOffice]:
    async with read_models(prepared, "notifications") as models:
        await models.write(HOUSEHOLD, did.HouseholdLocated(village_code=VILLAGE), did.HouseholdPaired(cadre=CADRE))
        await models.write(CADRE, did.RecipientRegistered(role="paired-cadre", area=VILLAGE, address="old@example.org"))
        await models.write(NOTIFICATION, *QUEUED)
        yield PostOffice(models, kafka)


async def retire(office: PostOffice) -> None:
    await office.models.write(CADRE, did.RecipientRetired())


async def succeed(office: PostOffice) -> None:
    await office.models.write(SUCCESSOR, did.RecipientRegistered(role="paired-cadre", area=VILLAGE, address=ADDRESS))
    await office.models.write(HOUSEHOLD, did.HouseholdPaired(cadre=SUCCESSOR))


async def find(office: PostOffice, message: Message) -> Found:
    (found,) = await Identify(office.models.pool, PILOT)([envelope(message)])
    return found


WITHDRAW = WithdrawNotification(notification_id=NOTIFICATION)


async def test_the_new_cadre_is_found_for_what_is_left(office: PostOffice) -> None:
    assert Found() == await find(office, WITHDRAW)
    await retire(office)
    await succeed(office)
    assert Found(told=((CLUE, SUCCESSOR),), retired=True) == await find(office, WITHDRAW)


async def test_without_a_new_cadre_it_waits_for_one_or_the_grid_worker_is_told(office: PostOffice) -> None:
    await retire(office)
    waits = Waiting(HOUSEHOLD, "", CLUE, Target(role="paired-cadre", level="village", instead="grid-worker"))
    assert Found(waiting=(waits,), retired=True) == await find(office, WITHDRAW)
    await office.models.write(WORKER, did.RecipientRegistered(role="grid-worker", area=VILLAGE, address=ADDRESS))
    assert Found(told=((CLUE, WORKER),), retired=True) == await find(office, WITHDRAW)


async def test_what_an_officer_leaves_waits_for_whoever_takes_his_post(office: PostOffice) -> None:
    letter, post = UUID(int=995), f"town-officer/{VILLAGE[:9]}/"
    await office.models.write(
        OFFICER, did.RecipientRegistered(role="town-officer", area=VILLAGE[:9], address=ADDRESS), did.RecipientRetired()
    )
    await office.models.write(letter, did.NotificationQueued(notice=OVERDUE, recipient=OFFICER, channel="email"))
    waits = Waiting(waiting_id("event 4", post), post, OVERDUE, Target(role="town-officer", level="town"))
    assert Found(waiting=(waits,), retired=True) == await find(office, WithdrawNotification(notification_id=letter))


async def test_nothing_is_begun_for_who_retired(office: PostOffice) -> None:
    lease = {"holder": HOLDER, "until": UNTIL}
    alone = BeginDelivery.model_validate({"notification_id": NOTIFICATION, **lease})
    digest = BeginDigest.model_validate({"digest_id": HOLDER, "notification_ids": [NOTIFICATION], **lease})
    assert ["", ""] == [(await find(office, one)).quiet for one in (alone, digest)]
    await retire(office)
    assert [None, None] == [(await find(office, one)).quiet for one in (alone, digest)]


async def test_his_successor_is_sent_what_was_queued_for_him_once_and_he_nothing(office: PostOffice) -> None:
    await retire(office)
    await succeed(office)
    passed_on = notification_id("event 1", SUCCESSOR, "email")
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(passed_on, "sent")
    assert await office.history(NOTIFICATION) == ["notification-queued", "notification-withdrawn"]
    assert await office.history(passed_on) == ["notification-queued", "delivery-begun", "notification-sent"]
    assert mailbox.received == {str(passed_on): 1}
    assert "withdrawn" == await office.state(NOTIFICATION)
    assert await office.models.difference() is None


async def test_what_was_told_to_his_successor_already_is_not_told_again(office: PostOffice) -> None:
    known = notification_id("event 1", SUCCESSOR, "email")
    await office.models.write(known, replace(QUEUED[0], recipient=SUCCESSOR), did.NotificationSent(recipient=SUCCESSOR))
    await retire(office)
    await succeed(office)
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(NOTIFICATION, "withdrawn")
    assert await office.history(known) == ["notification-queued", "notification-sent"]
    assert mailbox.received == {}
