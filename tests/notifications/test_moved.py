"""Who is reached otherwise by now is told by the channels that he has: nothing fails, waits for ever or is told twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from county.mailbox import Mailbox
from schemas.notifications import RegisterRecipient, WithdrawNotification
from services.notifications.address_book import enter
from services.notifications.channels.wecom import Wecom
from services.notifications.domain import events as did
from services.notifications.domain.policy import Limit
from services.notifications.identify import Found, Identify
from services.notifications.names import notification_id
from services.notifications.outbox import Outbox
from services.notifications.pace import Pace
from tests.messages import envelope
from tests.notifications.letters import CADRE, PILOT, QUEUED, SENDING, VILLAGE, WITHDRAWN, given, queue, withdraw
from tests.notifications.post_office import PostOffice, Reading, listening
from tests.notifications.wecom_server import WecomServer, wecom

WECOM, MAIL, OTHER_MAIL = {"kind": "wecom", "user": "zhang.san"}, {"kind": "email", "address": "a@b"}, {"kind": "email", "address": "c@d"}
LEFT = did.NotificationWithdrawn(recipient=CADRE, reason="channel-changed")
BACK = did.NotificationResumed(recipient=CADRE)


def test_what_is_queued_by_a_channel_that_he_left_is_withdrawn_once_and_what_is_under_way_is_not() -> None:
    given(*QUEUED).when(withdraw(retired=False, moved=True)).then(LEFT)
    given(*QUEUED, LEFT).when(withdraw(retired=False, moved=True)).then()
    given(*SENDING).when(withdraw(retired=False, moved=True)).then()


def test_what_was_withdrawn_is_queued_again_when_he_is_to_be_told_by_this_channel_after_all() -> None:
    given(*QUEUED, LEFT).when(queue()).then(BACK)
    given(*WITHDRAWN).when(queue()).then(BACK)
    given(*QUEUED, LEFT, BACK).when(queue()).then()
    given(*QUEUED, LEFT).when(queue(if_passed_on=True)).then()


async def reach(office: PostOffice, cadre: UUID, *channels: dict[str, str], daily: bool = False) -> UUID:
    """From now on by these channels."""
    said = {"recipient_id": cadre, "role": "paired-cadre", "area": VILLAGE, "channels": channels}
    (contacts,) = await enter(office.models.pool, [RegisterRecipient.model_validate(said)])
    await office.models.write(cadre, did.RecipientRegistered(role="paired-cadre", area=VILLAGE, contacts=contacts, daily=daily))
    return cadre


async def find(office: PostOffice, letter: UUID) -> Found:
    (found,) = await Identify(office.models.pool, PILOT)([envelope(WithdrawNotification(notification_id=letter))])
    return found


async def waiting(office: PostOffice) -> list[UUID]:
    """What may be leased, for a channel with a pace and for one without."""
    free, paced = [
        [one.id for one in await Outbox(office.models.pool, "email", Pace(limit)).waiting()] for limit in (Limit(), Limit(each=9))
    ]
    assert free == paced
    return free


async def test_a_new_address_is_where_a_queued_letter_goes(office: PostOffice) -> None:
    letter = await office.queue(await reach(office, CADRE, MAIL))
    await reach(office, CADRE, OTHER_MAIL)
    async with listening(mailbox := Reading()) as smtp, office.open(smtp):
        await office.wait_for(letter, "sent")
    assert ["c@d"] == [sent["To"] for sent in mailbox.letters]


async def test_a_letter_goes_by_the_channel_that_he_has_now_and_by_no_other(office: PostOffice) -> None:
    letter, server = await office.queue(await reach(office, CADRE, MAIL)), WecomServer()
    await reach(office, CADRE, WECOM)
    followed = notification_id(str(letter), CADRE, "wecom")
    with wecom(server) as access:
        async with listening(mailbox := Mailbox()) as smtp, office.open(smtp, others=[Wecom(access)]):
            await office.wait_for(followed, "sent")
    assert ["notification-queued", "notification-withdrawn"] == await office.history(letter)
    assert ({}, ["zhang.san"]) == (mailbox.received, [message["touser"] for message in server.taken])
    assert await office.models.difference() is None


async def test_what_was_under_way_when_he_left_comes_back_and_follows(office: PostOffice) -> None:
    letter = await office.queue(await reach(office, CADRE, MAIL))
    await office.lease(letter, timedelta(minutes=1))
    await reach(office, CADRE, WECOM)
    assert [] == await waiting(office)
    await office.models.write(letter, did.DeliveryReleased())
    assert [] == await waiting(office)
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(letter, "withdrawn")
        await office.wait_for(notification_id(str(letter), CADRE, "wecom"), "queued")
    assert mailbox.received == {}


async def test_one_who_has_the_channel_again_before_anybody_looked_keeps_his_letter(office: PostOffice) -> None:
    letter = await office.queue(await reach(office, CADRE, MAIL))
    await reach(office, CADRE, WECOM)
    assert (await find(office, letter)).moved
    await reach(office, CADRE, WECOM, MAIL)
    assert (Found(), [letter]) == (await find(office, letter), await waiting(office))


async def test_one_who_goes_and_comes_back_is_told_once(office: PostOffice) -> None:
    event, cadre = uuid4(), await reach(office, CADRE, MAIL)
    first, second = (notification_id(str(event), cadre, kind) for kind in ("email", "wecom"))
    notice = QUEUED[0].notice.__class__(event=str(event), kind="clue-raised", household=QUEUED[0].notice.household)
    await office.models.write(first, did.NotificationQueued(notice=notice, recipient=cadre, channel="email"))
    await reach(office, cadre, WECOM)
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(second, "queued")
    await reach(office, cadre, MAIL)
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(first, "sent")
    assert ("withdrawn", {str(first): 1}) == (await office.state(second), mailbox.received)
    steps = ["queued", "withdrawn", "resumed", "begun", "sent"]
    assert steps == [step.rpartition("-")[2] for step in await office.history(first)]
    assert await office.models.difference() is None
