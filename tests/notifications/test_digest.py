"""Who wants one message a day gets one: the letters in it are held, leave, fail, are lost and are acknowledged together."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from county.mailbox import Mailbox
from schemas.message import Message
from schemas.notifications import Acknowledge, BeginDigest, RecordDigest
from services.notifications.domain import events as did
from services.notifications.domain.commands import Notice
from services.notifications.domain.policy import Limit
from services.notifications.identify import Found, Identify
from services.notifications.names import digest_id
from tests.messages import envelope
from tests.notifications.letters import (
    ADDRESS,
    CADRE,
    FAILED,
    HOLDER,
    HOUSEHOLD,
    HURRY,
    LEASED,
    NOON,
    PILOT,
    QUEUED,
    UNTIL,
    begin,
    escalate,
    given,
)
from tests.notifications.post_office import Greylisting, PostOffice, Reading, listening

DIGEST = UUID(int=56)
FIVE = datetime(2021, 1, 5, 9, tzinfo=UTC)  # 17:00 of the 5th in Shandong, the hour of the pack
DAY = timedelta(days=1)
HELD = did.NotificationHeld(until=FIVE, digest=True)
MAIL = {"kind": "email", "address": ADDRESS}
SHORT = PILOT.model_copy(update={"lease_seconds": 2})


def test_what_is_not_urgent_waits_once_for_the_digest_and_goes_with_it() -> None:
    assert PILOT.daily_at == "17:00"
    given(*QUEUED).when(begin(daily=True)).then(HELD)
    given(*QUEUED, HELD).when(begin(at=FIVE - timedelta(seconds=1), daily=True)).then()
    given(*QUEUED, HELD).when(begin(at=FIVE, daily=True, digest=DIGEST)).then(did.DeliveryBegun(holder=HOLDER, until=UNTIL, digest=DIGEST))


def test_what_comes_at_the_hour_or_after_it_waits_for_the_next_day() -> None:
    given(*QUEUED).when(begin(at=FIVE, daily=True)).then(did.NotificationHeld(until=FIVE + DAY, digest=True))


def test_a_digest_whose_hour_is_a_quiet_one_comes_at_its_end() -> None:
    held = did.NotificationHeld(until=FIVE + timedelta(hours=1), digest=True)
    given(*QUEUED).when(begin(daily=True, quiet="16:30-18:00")).then(held)


def test_a_digest_that_failed_waits_for_no_second_one_but_for_the_end_of_quiet_hours() -> None:
    tried = (*QUEUED, HELD, LEASED, FAILED)
    given(*tried).when(begin(at=FIVE + timedelta(hours=1), daily=True)).then(LEASED)
    quiet_ends = did.NotificationHeld(until=FIVE + timedelta(hours=2))
    given(*tried).when(begin(at=FIVE + timedelta(hours=1), daily=True, quiet="17:30-19:00")).then(quiet_ends)
    given(*tried, quiet_ends).when(begin(at=FIVE + timedelta(hours=2), daily=True, quiet="17:30-19:00")).then(LEASED)


def test_what_was_held_goes_when_its_recipient_wants_no_digest_any_more() -> None:
    given(*QUEUED, HELD).when(begin(daily=False)).then(LEASED)


def test_what_is_in_a_digest_goes_up_by_its_own_urgency() -> None:
    sent = (*QUEUED, HELD, LEASED, did.NotificationSent(recipient=CADRE, at=NOON))
    given(*sent).when(escalate(47)).then()
    given(*sent).when(escalate(48)).then(did.NotificationEscalated(recipient=CADRE, to="town"))


def test_a_digest_of_the_same_letters_is_the_same_message() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert digest_id([one, other]) == digest_id((one, other))
    assert len({digest_id([one, other]), digest_id([one]), digest_id([other, one])}) == 3


async def of_today(office: PostOffice, cadre: UUID, channel: str = "email") -> list[UUID]:
    """Three letters that were held for the digest of this hour."""
    letters = [await office.queue(cadre, channel) for _ in range(3)]
    for letter in letters:
        await office.hold(letter, timedelta())
    return letters


def histories(*steps: str) -> list[list[str]]:
    return [["notification-queued", "notification-held", *steps]] * 3


async def test_letters_are_held_and_the_urgent_one_is_not(office: PostOffice) -> None:
    cadre, urgent = await office.enrol(MAIL, daily=True), UUID(int=990)
    held = [await office.queue(cadre) for _ in range(3)]
    await office.models.write(urgent, did.NotificationQueued(notice=HURRY[0].notice, recipient=cadre, channel="email"))
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(urgent, "sent")
        await office.wait_until("SELECT 1 FROM outbox WHERE digest_at IS NOT NULL HAVING count(*) = 3")
    assert [await office.history(letter) for letter in held] == histories()
    assert mailbox.received == {str(urgent): 1}
    assert await office.models.difference() is None


async def test_a_digest_is_one_message_that_lists_its_letters(office: PostOffice) -> None:
    letters, mailbox = await of_today(office, await office.enrol(MAIL, daily=True)), Reading()
    async with listening(mailbox) as smtp, office.open(smtp, link=lambda one: f"https://county.example/{one}"):
        for letter in letters:
            await office.wait_for(letter, "sent")
    (sent,) = mailbox.letters
    digest = digest_id(letters)
    assert ("每日汇总 · Daily digest (3)", f"<{digest}@suishi>") == (sent["Subject"], sent["Message-ID"])
    visit = ("请于 2021-01-08 前办理。", f"户编号 Household: {HOUSEHOLD}", "Please act by 2021-01-08.")
    said = [line for number in (1, 2, 3) for line in (f"{number}. 预警线索，请入户核查 · Clue: please visit", *visit)]
    assert [*said, f"确认收到 Acknowledge: https://county.example/{digest}"] == sent.get_content().splitlines()
    assert mailbox.received == {str(letter): 1 for letter in letters}
    assert [await office.history(letter) for letter in letters] == histories("delivery-begun", "notification-sent")
    assert await office.models.difference() is None


async def test_the_digests_of_two_days_and_of_two_recipients_are_messages_of_their_own(office: PostOffice) -> None:
    cadre, other = await office.enrol(MAIL, daily=True), await office.enrol(MAIL, daily=True)
    letters = [*await of_today(office, cadre), *await of_today(office, other), yesterday := await office.queue(cadre)]
    await office.hold(yesterday, -DAY)
    async with listening(mailbox := Reading()) as smtp, office.open(smtp):
        for letter in letters:
            await office.wait_for(letter, "sent")
    listed = [frozenset(sent.get_all("X-Notification-Id")) for sent in mailbox.letters]
    assert {frozenset(map(str, part)) for part in (letters[:3], letters[3:6], letters[6:])} == set(listed)
    assert len(listed) == 3


async def test_a_digest_lists_no_more_letters_than_its_channel_bears(office: PostOffice) -> None:
    letters = await of_today(office, await office.enrol(MAIL, daily=True))
    narrow = PILOT.model_copy(update={"limits": {"email": Limit(listed=2)}})
    async with listening(mailbox := Reading()) as smtp, office.open(smtp, narrow):
        for letter in letters:
            await office.wait_for(letter, "sent")
    assert sorted(len(sent.get_all("X-Notification-Id")) for sent in mailbox.letters) == [1, 2]


async def test_a_digest_that_is_put_off_is_tried_again_as_a_whole(office: PostOffice) -> None:
    letters, mailbox = await of_today(office, await office.enrol(MAIL, daily=True)), Greylisting(1)
    async with listening(mailbox) as smtp, office.open(smtp, PILOT.model_copy(update={"pauses_minutes": (0,)})):
        for letter in letters:
            await office.wait_for(letter, "sent")
    tried = histories("delivery-begun", "delivery-deferred", "delivery-begun", "notification-sent")
    assert [await office.history(letter) for letter in letters] == tried
    assert mailbox.received == {str(letter): 1 for letter in letters}


@pytest.mark.parametrize("kind", [BeginDigest.TYPE, RecordDigest.TYPE])
async def test_what_kafka_lost_of_a_digest_is_asked_or_told_again(office: PostOffice, kind: str) -> None:
    letters, mailbox = await of_today(office, await office.enrol(MAIL, daily=True)), Reading()
    office.lost = {kind.encode()}
    async with listening(mailbox) as smtp, office.open(smtp, SHORT):
        for letter in letters:
            await office.wait_for(letter, "sent")
    assert (office.lost, len(mailbox.letters)) == (set(), 1)


async def test_of_a_digest_that_was_sent_by_a_run_that_died_before_it_said_so_all_is_unknown_and_nothing_is_sent_again(
    office: PostOffice,
) -> None:
    letters, mailbox = await of_today(office, await office.enrol(MAIL, daily=True)), Reading()
    office.lost = {RecordDigest.TYPE.encode()}
    async with listening(mailbox) as smtp:
        async with office.open(smtp, SHORT):
            async with asyncio.timeout(30):
                while office.lost:  # noqa: ASYNC110 - the loss tells nobody
                    await asyncio.sleep(0.01)
        async with office.open(smtp, SHORT):
            for letter in letters:
                await office.wait_for(letter, "unknown")
    assert [await office.history(letter) for letter in letters] == histories("delivery-begun", "notification-unknown")
    assert mailbox.received == {str(letter): 1 for letter in letters}
    assert await office.models.difference() is None


async def find(office: PostOffice, message: Message) -> Found:
    (found,) = await Identify(office.models.pool, PILOT)([envelope(message)])
    return found


async def test_who_acknowledges_a_digest_has_acknowledged_all_that_is_in_it_by_each_of_his_channels(office: PostOffice) -> None:
    cadre = await office.enrol(MAIL, {"kind": "wecom", "user": "zhang.san"}, daily=True)
    notice = Notice(event="both", kind="clue-raised", household=HOUSEHOLD)
    listed, alone, by_wecom = UUID(int=991), UUID(int=992), UUID(int=993)
    for letter, channel in ((listed, "email"), (by_wecom, "wecom")):
        await office.models.write(letter, did.NotificationQueued(notice=notice, recipient=cadre, channel=channel))
    await office.models.write(alone, did.NotificationQueued(notice=HURRY[0].notice, recipient=cadre, channel="email"))
    for letter, digest in ((listed, DIGEST), (by_wecom, UUID(int=57)), (alone, None)):
        sent = did.NotificationSent(recipient=cadre, at=NOON)
        await office.models.write(letter, did.DeliveryBegun(holder=HOLDER, until=UNTIL, digest=digest), sent)
    assert (listed, by_wecom) == (await find(office, Acknowledge(notification_id=DIGEST))).same
    assert (by_wecom,) == (await find(office, Acknowledge(notification_id=listed))).same


async def test_a_lease_of_letters_to_several_recipients_begins_nothing(office: PostOffice) -> None:
    letters = [await office.queue(await office.register()) for _ in range(2)]
    asked: dict[str, Any] = {"digest_id": DIGEST, "holder": HOLDER, "until": UNTIL}
    assert (await find(office, BeginDigest(notification_ids=tuple(letters), **asked))).quiet is None
    assert (await find(office, BeginDigest(notification_ids=(letters[0],), **asked))).quiet == ""
