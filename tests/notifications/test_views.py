"""Recipients, pairings, what waits and the outbox follow from the log, live and rebuilt alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from msgspec import json

from schemas.assistance import CadreAnswers
from schemas.enrollment import ClueRaised, HouseholdRegistered
from schemas.message import Message
from schemas.notifications import RegisterRecipient
from services.notifications.domain import events as did
from services.notifications.domain.commands import Contact, Notice, Target
from services.notifications.identify import Found, Identify
from services.notifications.identify.waiting import Waiting
from services.notifications.names import waiting_id
from tests.messages import TODAY, envelope
from tests.notifications.letters import (
    ADDRESS,
    ALONE,
    ANNOUNCED,
    ANSWERABLE,
    CADRE,
    CLUE,
    DEFERRED,
    FAILED,
    GIVEN_UP,
    HOLDER,
    HOUSEHOLD,
    LEASED,
    NOTIFICATION,
    QUEUED,
    REGISTERED,
    RELEASED,
    SEEN,
    SENT,
    UNKNOWN,
    UNTIL,
    VILLAGE,
    WHO_ANSWERS,
    WORKER,
)
from tests.read_models import ReadModels, read_models

BY_WECOM = (Contact("wecom", UUID(int=802)),)
OUTBOX = "SELECT state, holder, until FROM outbox"
SECOND = Notice(event="event 2", kind="household-exited", household=HOUSEHOLD)
WAITS, WAITS_TOO = (Waiting(HOUSEHOLD, "", notice, WHO_ANSWERS) for notice in (CLUE, SECOND))


@pytest.fixture
async def outbox(prepared: str) -> AsyncIterator[ReadModels]:
    async with read_models(prepared, "notifications") as models:
        yield models


def worker(area: str = VILLAGE) -> did.RecipientRegistered:
    return did.RecipientRegistered(role="grid-worker", area=area, contacts=(Contact("email", UUID(int=801)),))


async def test_a_recipient_is_seen_as_he_is_now(outbox: ReadModels) -> None:
    await outbox.write(CADRE, *REGISTERED)
    as_he_is = "SELECT role, area, address, contacts, department, retired, since FROM recipients"
    assert [("paired-cadre", VILLAGE, "", f'{{"email": "{UUID(int=800)}"}}', "", False, 1)] == await outbox.rows(as_he_is)
    await outbox.write(CADRE, worker("370323001002"))
    assert [("grid-worker", "370323001002", "", f'{{"email": "{UUID(int=801)}"}}', "", False, 2)] == await outbox.rows(as_he_is)
    await outbox.write(CADRE, did.RecipientRetired())
    assert [(True,)] == await outbox.rows("SELECT retired FROM recipients")
    assert await outbox.difference() is None


async def test_who_has_a_post_has_it_since_he_took_it_whatever_his_address(outbox: ReadModels) -> None:
    moved = did.RecipientRegistered(role="grid-worker", area=VILLAGE, contacts=BY_WECOM)
    await outbox.write(CADRE, worker(), moved)
    assert [(1,)] == await outbox.rows("SELECT since FROM recipients")
    await outbox.write(CADRE, did.RecipientRetired(), moved)
    assert [(4, False)] == await outbox.rows("SELECT since, retired FROM recipients")
    assert await outbox.difference() is None


async def test_an_announcement_is_seen_as_far_as_it_came(outbox: ReadModels) -> None:
    seen: list[tuple[object, ...]] = []
    for event in (*ANNOUNCED, did.AnnouncementAdvanced(through=CADRE), did.AnnouncementEnded()):
        await outbox.write(UUID(int=55), event)
        seen += await outbox.rows("SELECT role, area, department, after, ended FROM announcements")
    assert seen == [("paired-cadre", "370323", "", after, ended) for after, ended in ((None, False), (CADRE, False), (CADRE, True))]
    assert await outbox.difference() is None


@pytest.mark.parametrize("order", [1, -1])
async def test_a_household_is_located_and_paired_in_either_order(outbox: ReadModels, order: int) -> None:
    await outbox.write(HOUSEHOLD, *ANSWERABLE[::order], did.HouseholdPaired(cadre=WORKER))
    assert [(HOUSEHOLD, VILLAGE, WORKER)] == await outbox.rows("TABLE answerable")
    assert await outbox.difference() is None


async def test_a_household_whose_cadre_was_released_has_none(outbox: ReadModels) -> None:
    await outbox.write(HOUSEHOLD, *ANSWERABLE, did.HouseholdUnpaired())
    assert [(HOUSEHOLD, VILLAGE, None)] == await outbox.rows("TABLE answerable")
    assert await outbox.difference() is None


async def test_a_notice_waits_with_all_that_it_says_until_it_is_addressed(outbox: ReadModels) -> None:
    await outbox.write(HOUSEHOLD, did.NoticeAwaited(notice=CLUE), did.NoticeAwaited(notice=SECOND))
    rows = await outbox.rows("SELECT stream, event, notice::text, position FROM awaiting ORDER BY position")
    assert [(HOUSEHOLD, "event 1", CLUE, 1), (HOUSEHOLD, "event 2", SECOND, 2)] == [
        (stream, event, json.decode(notice, type=Notice), position) for stream, event, notice, position in rows
    ]
    await outbox.write(HOUSEHOLD, did.NoticeAddressed(event="event 1"))
    assert [("event 2",)] == await outbox.rows("SELECT event FROM awaiting")
    assert await outbox.difference() is None


async def test_a_notification_is_in_the_outbox_with_all_that_its_letter_needs(outbox: ReadModels) -> None:
    await outbox.write(NOTIFICATION, *QUEUED)
    row = (NOTIFICATION, CADRE, HOUSEHOLD, "", "clue-raised", CLUE.due, "event 1", "normal", "village", True, False, "email", "queued", 1)
    what = "notification, recipient, household, area, kind, due, event, urgency, level, escalates, escalated, channel, state, position"
    assert [row] == await outbox.rows(f"SELECT {what} FROM outbox")


async def test_the_outbox_follows_a_notification(outbox: ReadModels) -> None:
    seen: list[tuple[object, ...]] = []
    for event in (QUEUED[0], LEASED, FAILED, LEASED, UNKNOWN[-1], SENT[-1], SEEN[-1]):
        await outbox.write(NOTIFICATION, event)
        seen += await outbox.rows(OUTBOX)
    states = ["queued", "sending", "queued", "sending", "unknown", "sent", "acknowledged"]
    assert [(state, HOLDER, UNTIL) if state == "sending" else (state, None, None) for state in states] == seen
    assert await outbox.difference() is None


async def test_a_notification_that_was_put_off_waits_until_then_and_one_given_back_does_not(outbox: ReadModels) -> None:
    seen: list[tuple[object, ...]] = []
    for event in (QUEUED[0], LEASED, DEFERRED, LEASED, RELEASED):
        await outbox.write(NOTIFICATION, event)
        seen += await outbox.rows("SELECT state, not_before FROM outbox")
    assert seen == [("queued", None), ("sending", None), ("queued", DEFERRED.until), ("sending", DEFERRED.until), ("queued", None)]
    assert await outbox.difference() is None


async def test_a_notification_that_may_be_lost_is_not_sent_again_before_its_pause_is_over(outbox: ReadModels) -> None:
    await outbox.write(NOTIFICATION, QUEUED[0], LEASED, UNKNOWN[-1], did.NotificationRepeated(until=DEFERRED.until))
    assert [("queued", DEFERRED.until)] == await outbox.rows("SELECT state, not_before FROM outbox")
    assert await outbox.difference() is None


async def test_a_notification_given_up_has_failed(outbox: ReadModels) -> None:
    await outbox.write(NOTIFICATION, *GIVEN_UP)
    assert [("failed", None, None)] == await outbox.rows(OUTBOX)
    assert await outbox.difference() is None


def clue() -> ClueRaised:
    said = {"household_id": HOUSEHOLD, "clue_id": UUID(int=3), "risk": "illness", "fact_source": "/d", "fact_id": "1", "due": CLUE.due}
    return ClueRaised.model_validate(said)


async def find(models: ReadModels, *messages: Message) -> Found:
    """What is found for the last message of a batch."""
    batch = [envelope(message, f"event {number}") for number, message in enumerate(messages, 1)]
    return (await Identify(models.pool, ALONE)(batch))[-1]


async def test_the_cadre_of_earlier_batches_is_found(outbox: ReadModels) -> None:
    await outbox.write(CADRE, *REGISTERED)
    await outbox.write(HOUSEHOLD, *ANSWERABLE)
    assert Found(told=((CLUE, CADRE),)) == await find(outbox, clue())


async def test_the_grid_worker_of_earlier_batches_is_found(outbox: ReadModels) -> None:
    await outbox.write(WORKER, worker())
    await outbox.write(HOUSEHOLD, ANSWERABLE[0])
    assert Found(told=((CLUE, WORKER),)) == await find(outbox, clue())


async def test_what_waited_in_earlier_batches_is_addressed_at_the_pairing(outbox: ReadModels) -> None:
    await outbox.write(CADRE, *REGISTERED)
    await outbox.write(HOUSEHOLD, did.NoticeAwaited(notice=CLUE), did.NoticeAwaited(notice=SECOND))
    paired = CadreAnswers(household_id=HOUSEHOLD, cadre_id=CADRE, on=TODAY)
    assert Found(told=((CLUE, CADRE), (SECOND, CADRE)), over=(WAITS, WAITS_TOO)) == await find(outbox, paired)


async def test_what_waited_in_earlier_batches_is_addressed_when_the_cadre_is_registered(outbox: ReadModels) -> None:
    await outbox.write(HOUSEHOLD, *ANSWERABLE, did.NoticeAwaited(notice=CLUE))
    await outbox.write(UUID(int=101), did.HouseholdPaired(cadre=WORKER), did.NoticeAwaited(notice=SECOND))
    said = {"recipient_id": CADRE, "role": "paired-cadre", "area": VILLAGE, "channels": [{"kind": "email", "address": ADDRESS}]}
    found = await find(outbox, RegisterRecipient.model_validate(said))
    assert (((CLUE, CADRE),), (WAITS,)) == (found.told, found.over)


async def test_what_waited_in_earlier_batches_is_addressed_when_the_grid_worker_is_registered(outbox: ReadModels) -> None:
    await outbox.write(HOUSEHOLD, ANSWERABLE[0], did.NoticeAwaited(notice=CLUE))
    said = {"recipient_id": WORKER, "role": "grid-worker", "area": VILLAGE, "channels": [{"kind": "email", "address": ADDRESS}]}
    found = await find(outbox, RegisterRecipient.model_validate(said))
    assert (((CLUE, WORKER),), (WAITS,)) == (found.told, found.over)


async def test_what_waited_in_earlier_batches_is_addressed_when_the_household_is_located(outbox: ReadModels) -> None:
    await outbox.write(WORKER, worker())
    await outbox.write(HOUSEHOLD, did.NoticeAwaited(notice=CLUE))
    said = HouseholdRegistered(household_id=HOUSEHOLD, village_code=VILLAGE, category="never_registered", member_count=2)
    assert Found(told=((CLUE, WORKER),), over=(WAITS,)) == await find(outbox, said)


async def test_what_waited_for_a_post_in_earlier_batches_is_told_to_whoever_takes_it(outbox: ReadModels) -> None:
    target, post = Target(role="first-secretary", level="village"), f"first-secretary/{VILLAGE}/"
    waits = Waiting(waiting_id("event 1", post), post, CLUE, target)
    await outbox.write(waits.stream, did.NoticeAwaited(notice=CLUE, target=target, post=post))
    said = {"recipient_id": WORKER, "role": "first-secretary", "area": VILLAGE, "channels": [{"kind": "email", "address": ADDRESS}]}
    found = await find(outbox, RegisterRecipient.model_validate(said))
    assert (((CLUE, WORKER),), (waits,)) == (found.told, found.over)


async def test_who_retired_in_an_earlier_batch_is_not_told(outbox: ReadModels) -> None:
    await outbox.write(WORKER, worker(), did.RecipientRetired())
    await outbox.write(HOUSEHOLD, ANSWERABLE[0])
    assert Found(waiting=(WAITS,)) == await find(outbox, clue())


async def test_the_channels_of_earlier_batches_are_found_where_there_are_others_than_email(outbox: ReadModels) -> None:
    await outbox.write(
        CADRE, did.RecipientRegistered(role="paired-cadre", area=VILLAGE, contacts=(*BY_WECOM, Contact("email", UUID(int=800))))
    )
    await outbox.write(HOUSEHOLD, *ANSWERABLE)
    assert Found(told=((CLUE, CADRE),), channels={CADRE: ("email", "wecom")}) == await find(outbox, clue())
