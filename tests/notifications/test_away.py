"""A channel whose server is away: nothing is leased, it is told of while letters wait, and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from county.mailbox import Mailbox
from services.notifications.domain import events as did
from tests.notifications.post_office import Barring, PostOffice, listening


async def test_nothing_is_leased_while_the_mail_server_is_away(office: PostOffice) -> None:
    letter = await office.queue(await office.register())
    async with listening(Mailbox()) as smtp:
        nobody = smtp
    async with office.open(nobody):
        await asyncio.sleep(0.5)
    assert await office.history(letter) == ["notification-queued"]


async def test_a_server_that_does_not_take_us_is_told_of_until_it_does(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Barring(0)
    async with listening(mailbox) as smtp, office.open(smtp) as (delivery,):
        assert delivery.remarks() == ()
        await until(delivery.remarks)
        said = delivery.remarks()
        mailbox.let = 99
        await office.wait_for(letter, "sent")
        assert delivery.remarks() == ()
    remedy = "see that its server runs and lets us in: docs/how-to/reach-cadres.md"
    assert [{"code": "channel.away", "channel": "email", "problem": "SMTPSenderRefused", "remedy": remedy}] == said


async def test_nothing_is_told_of_a_server_that_is_away_when_nothing_waits_for_it(office: PostOffice) -> None:
    cadre = await office.register()
    letter = await office.queue(cadre)
    async with listening(Mailbox()) as smtp:
        nobody = smtp
    async with office.open(nobody) as (delivery,):
        await until(delivery.remarks)
        await office.models.write(letter, did.NotificationWithdrawn(recipient=cadre, reason="recipient-retired"))
        await until(lambda: not delivery.remarks())


async def until(what: Callable[[], object]) -> None:
    """It is so."""
    async with asyncio.timeout(30):
        while not what():  # noqa: ASYNC110 - nobody is told when it changes
            await asyncio.sleep(0.05)
