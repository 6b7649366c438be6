"""A letter goes out under a lease, once, and what became of it comes back through the service's own door."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from county.mailbox import Mailbox
from schemas.notifications import BeginDelivery, RecordDelivery
from services.notifications import deliver, outbox
from services.notifications.channels.email import Email
from services.notifications.domain import events as did
from tests.notifications.letters import ADDRESS, HOUSEHOLD, PILOT, VILLAGE
from tests.notifications.post_office import (
    Babbling,
    Barring,
    Clock,
    Dawdling,
    Greylisting,
    HangingUp,
    PostOffice,
    Reading,
    Refusing,
    Slow,
    listening,
)

MINUTE = timedelta(minutes=1)


async def test_a_letter_is_sent_once_under_a_lease(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Mailbox()
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(letter, "sent")
    assert await office.history(letter) == ["notification-queued", "delivery-begun", "notification-sent"]
    assert mailbox.received == {str(letter): 1}
    assert await office.models.difference() is None


async def test_a_letter_says_what_to_do_about_which_household_and_until_when(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Reading()
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(letter, "sent")
    (sent,) = mailbox.letters
    assert (ADDRESS, "预警线索，请入户核查 · Clue: please visit") == (sent["To"], sent["Subject"])
    assert (f"<{letter}@suishi>", "correlation") == (sent["Message-ID"], sent["X-Correlation-Id"])
    assert sent.get_content().splitlines() == [
        "请入户核查，如实填报。请于 2021-01-08 前办理。",
        f"户编号 Household: {HOUSEHOLD}",
        "Please visit the household and report what you find. Please act by 2021-01-08.",
    ]


async def test_a_letter_is_from_the_countys_own_address_where_one_is_set(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Reading()
    async with listening(mailbox) as smtp, office.open(Email(smtp, "office@county.example")):
        await office.wait_for(letter, "sent")
    assert "office@county.example" == mailbox.letters[0]["From"]


async def test_a_letter_tells_where_it_is_acknowledged_where_there_is_such_a_page(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Reading()
    async with listening(mailbox) as smtp, office.open(smtp, link=lambda notification: f"https://county.example/{notification}"):
        await office.wait_for(letter, "sent")
    assert mailbox.letters[0].get_content().splitlines()[-1] == f"确认收到 Acknowledge: https://county.example/{letter}"


async def test_a_recipient_of_before_the_address_book_is_reached_where_his_event_says(office: PostOffice) -> None:
    cadre, mailbox = UUID(int=900), Reading()
    await office.models.write(cadre, did.RecipientRegistered(role="paired-cadre", area=VILLAGE, address="before@example.org"))
    letter = await office.queue(cadre)
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(letter, "sent")
    assert [sent["To"] for sent in mailbox.letters] == ["before@example.org"]


async def test_many_letters_arrive_once_each(office: PostOffice) -> None:
    cadre, mailbox = await office.register(), Mailbox()
    letters = [await office.queue(cadre) for _ in range(20)]
    async with listening(mailbox) as smtp, office.open(smtp):
        for letter in letters:
            await office.wait_for(letter, "sent")
    assert mailbox.received == {str(letter): 1 for letter in letters}


async def test_a_letter_to_an_address_that_nobody_has_is_given_up_at_once_and_holds_up_no_other(office: PostOffice) -> None:
    cadre, mailbox = await office.register(), Refusing(1)
    wrong, right = await office.queue(cadre), await office.queue(cadre)
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(wrong, "failed")
        await office.wait_for(right, "sent")
    assert await office.history(wrong) == ["notification-queued", "delivery-begun", "notification-failed"]
    assert (0, {str(right): 1}) == (mailbox.refusals, mailbox.received)


async def test_a_letter_that_is_put_off_to_the_end_is_given_up_and_the_outbox_says_after_how_many_tries(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Greylisting(99)
    async with listening(mailbox) as smtp, office.open(smtp, PILOT.model_copy(update={"pauses_minutes": (0, 0)})):
        await office.wait_for(letter, "failed")
    put_off = ["delivery-begun", "delivery-deferred"] * 2
    assert await office.history(letter) == ["notification-queued", *put_off, "delivery-begun", "notification-failed"]
    assert [("failed", 3)] == await office.models.rows("SELECT state, tries FROM outbox")
    assert await office.models.difference() is None


async def test_a_letter_that_is_put_off_is_tried_again_after_the_pause(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Greylisting(1)
    async with listening(mailbox) as smtp, office.open(smtp, PILOT.model_copy(update={"pauses_minutes": (0,)})):
        await office.wait_for(letter, "sent")
    tried = ["delivery-begun", "delivery-deferred", "delivery-begun", "notification-sent"]
    assert await office.history(letter) == ["notification-queued", *tried]
    assert mailbox.received == {str(letter): 1}
    assert await office.models.difference() is None


async def test_a_letter_that_is_put_off_is_not_tried_before_the_pause_is_over(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Greylisting(1)
    async with listening(mailbox) as smtp, office.open(smtp):
        async with asyncio.timeout(30):
            while len(await office.history(letter)) < 3:  # noqa: ASYNC110 - a table tells nobody of its changes
                await asyncio.sleep(0.05)
        await asyncio.sleep(2.5)
    assert await office.history(letter) == ["notification-queued", "delivery-begun", "delivery-deferred"]


async def test_where_the_server_lets_us_not_write_at_all_no_letter_is_tried_and_none_is_lost(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Barring(0)
    async with listening(mailbox) as smtp, office.open(smtp):
        await mailbox.barred.wait()
        mailbox.let = 99
        await office.wait_for(letter, "sent")
    assert await office.history(letter) == ["notification-queued", "delivery-begun", "notification-sent"]
    assert mailbox.received == {str(letter): 1}


async def test_a_server_that_bars_us_between_two_letters_loses_neither(office: PostOffice) -> None:
    letter, mailbox = await office.queue(await office.register()), Barring(1)
    async with listening(mailbox) as smtp, office.open(smtp):
        await mailbox.barred.wait()
        mailbox.let = 99
        await office.wait_for(letter, "sent")
    given_back = ["delivery-begun", "delivery-released", "delivery-begun", "notification-sent"]
    assert await office.history(letter) == ["notification-queued", *given_back]
    assert mailbox.received == {str(letter): 1}
    assert await office.models.difference() is None


@pytest.mark.parametrize("said", ["354 go on", "no answer at all", "199 what"])
async def test_of_a_letter_that_was_taken_with_no_answer_nobody_knows_and_it_is_not_sent_again(office: PostOffice, said: str) -> None:
    letter, mailbox = await office.queue(await office.register()), Babbling(said)
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(letter, "unknown")
    assert mailbox.received == {str(letter): 1}


async def test_an_address_that_no_letter_can_bear_costs_only_its_own_letter(office: PostOffice) -> None:
    odd, letter = await office.queue(await office.register('.欧<+!@+"')), await office.queue(await office.register())
    async with listening(mailbox := Mailbox()) as smtp, office.open(smtp):
        await office.wait_for(odd, "failed")
        await office.wait_for(letter, "sent")
    assert mailbox.received == {str(letter): 1}


async def test_a_letter_whose_lease_ended_before_it_was_sent_goes_out_under_another(office: PostOffice) -> None:
    cadre, mailbox = await office.register(), Slow(4)
    letters = [await office.queue(cadre) for _ in range(2)]
    async with listening(mailbox) as smtp, office.open(smtp, PILOT.model_copy(update={"lease_seconds": 2})):
        for letter in letters:
            await office.wait_for(letter, "sent")
    assert "delivery-released" in [step for letter in letters for step in await office.history(letter)]
    assert mailbox.received == {str(letter): 1 for letter in letters}
    assert await office.models.difference() is None


@pytest.mark.parametrize(("daily", "before"), [(False, ()), (True, ("notification-held",))], ids=["alone", "digest"])
async def test_what_was_leased_before_quiet_hours_does_not_leave_within_them(
    office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
    daily: bool,  # noqa: FBT001
    before: tuple[str, ...],
) -> None:
    monkeypatch.setattr(deliver, "now", clock := Clock())
    hour = timedelta(hours=1)
    begin, end = (f"{clock() + 8 * hour + later:%H:%M}" for later in (hour, 3 * hour))
    first = await office.queue(await office.register())
    cadre = await office.enrol({"kind": "email", "address": ADDRESS}, daily=daily, quiet=f"{begin}-{end}")
    letters = [await office.queue(cadre) for _ in range(2)]
    for letter in letters if daily else ():
        await office.hold(letter, timedelta())
    mailbox = Dawdling(clock, 2 * hour)
    async with listening(mailbox) as smtp, office.open(smtp, PILOT.model_copy(update={"lease_seconds": 4 * 3600})):
        for letter in letters:
            await office.wait_until("SELECT 1 FROM outbox WHERE notification = $1 AND not_before > clock_timestamp()", letter)
        await office.wait_for(first, "sent")
    assert mailbox.received == {str(first): 1}
    taken_back = ["notification-queued", *before, "delivery-begun", "delivery-released", "notification-held"]
    assert [await office.history(letter) for letter in letters] == [taken_back] * 2
    assert await office.models.difference() is None


async def test_no_letter_is_lost_and_none_goes_out_twice_when_the_service_stops_and_starts_again(office: PostOffice) -> None:
    cadre, mailbox = await office.register(), Slow(1)
    letters = [await office.queue(cadre) for _ in range(5)]
    async with listening(mailbox) as smtp:
        async with office.open(smtp):
            await mailbox.in_hand.wait()
        async with office.open(smtp):
            for letter in letters:
                await office.wait_for(letter, "sent", "unknown")
    assert [await office.state(letter) for letter in letters] == ["sent"] * 5
    assert mailbox.received == {str(letter): 1 for letter in letters}


@pytest.mark.parametrize("kind", [BeginDelivery.TYPE, RecordDelivery.TYPE])
async def test_what_kafka_lost_is_asked_or_told_again(office: PostOffice, kind: str) -> None:
    letter, mailbox = await office.queue(await office.register()), Mailbox()
    office.lost = {kind.encode()}
    async with listening(mailbox) as smtp, office.open(smtp, PILOT.model_copy(update={"lease_seconds": 2})):
        await office.wait_for(letter, "sent")
    assert (office.lost, mailbox.received) == (set(), {str(letter): 1})


async def test_only_the_letter_in_hand_is_unknown_when_the_server_hangs_up(office: PostOffice) -> None:
    cadre, mailbox = await office.register(), HangingUp()
    letters = [await office.queue(cadre) for _ in range(5)]
    async with listening(mailbox) as smtp, office.open(smtp):
        for letter in letters:
            await office.wait_for(letter, "sent", "unknown")
    states = [await office.state(letter) for letter in letters]
    assert sorted(states) == ["sent"] * 4 + ["unknown"]
    assert mailbox.received == {str(letter): 1 for letter, state in zip(letters, states, strict=True) if state == "sent"}


async def test_the_lease_of_a_run_that_is_gone_is_unknown_when_it_ends_and_not_before(office: PostOffice) -> None:
    cadre, mailbox = await office.register(), Mailbox()
    ended, running = await office.queue(cadre), await office.queue(cadre)
    await office.lease(running, MINUTE)
    await office.lease(ended, -MINUTE)
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(ended, "unknown")
    assert (await office.state(running), mailbox.received) == ("sending", {})


async def test_many_leases_of_a_run_that_is_gone_do_not_hold_up_the_letters_after_them(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST", 3)
    cadre, mailbox = await office.register(), Mailbox()
    for _ in range(4):
        await office.lease(await office.queue(cadre), MINUTE)
    letter = await office.queue(cadre)
    async with listening(mailbox) as smtp, office.open(smtp):
        await office.wait_for(letter, "sent")
    assert mailbox.received == {str(letter): 1}
