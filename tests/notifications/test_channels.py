"""Channels beside one another, on a real database and a real Kafka: each is leased, kept to its pace, and away on its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from county.mailbox import Mailbox
from pipeline.settings import Settings
from schemas.notifications import NAMED
from services.notifications.channel_files import channels
from services.notifications.channels.apprise import Apprise
from services.notifications.channels.outlet import Channel
from services.notifications.channels.wecom import Wecom
from services.notifications.domain import events as did
from services.notifications.domain.policy import Limit
from services.notifications.outbox import Outbox
from services.notifications.pace import Pace
from tests.notifications.http_server import serving
from tests.notifications.letters import HOLDER, PILOT
from tests.notifications.post_office import PostOffice, listening
from tests.notifications.wecom_server import WecomServer, wecom

ZHANG, LI, NOBODY = ({"kind": "wecom", "user": user} for user in ("zhang.san", "li.si", "no.body"))


def limited(kind: str, limit: Limit, **changes: object) -> dict[str, object]:
    return {"limits": {**PILOT.limits, kind: limit}, **changes}


async def test_the_same_words_go_to_all_members_in_one_call_and_who_is_none_fails_alone(office: PostOffice) -> None:
    letters = [await office.queue(await office.enrol(channel), "wecom") for channel in (ZHANG, LI, NOBODY)]
    server = WecomServer()
    with wecom(server) as access:
        async with office.open(Wecom(access)):
            for letter in letters:
                await office.wait_for(letter, "sent", "failed")
    assert [await office.state(letter) for letter in letters] == ["sent", "sent", "failed"]
    assert {user for message in server.taken for user in message["touser"].split("|")} >= {"zhang.san", "li.si"}
    assert sum("zhang.san" in message["touser"] for message in server.taken) == 1
    assert await office.models.difference() is None


async def test_more_members_than_a_call_takes_are_reached_in_several(office: PostOffice) -> None:
    users = [f"user{number}" for number in range(5)]
    letters = [await office.queue(await office.enrol({"kind": "wecom", "user": user}), "wecom") for user in users]
    server = WecomServer(members=set(users))
    with wecom(server) as access:
        async with office.open(Wecom(access), PILOT.model_copy(update=limited("wecom", Limit(largest=2)))):
            for letter in letters:
                await office.wait_for(letter, "sent")
    sizes = [len(message["touser"].split("|")) for message in server.taken]
    assert (max(sizes), sum(sizes)) == (2, 5)


async def test_two_letters_of_the_same_words_to_one_member_are_two_messages(office: PostOffice) -> None:
    cadre, server = await office.enrol(ZHANG), WecomServer()
    letters = [await office.queue(cadre, "wecom") for _ in range(2)]
    with wecom(server) as access:
        async with office.open(Wecom(access)):
            for letter in letters:
                await office.wait_for(letter, "sent")
    assert [message["touser"] for message in server.taken] == ["zhang.san", "zhang.san"]


async def test_a_letter_with_a_link_is_a_message_of_its_own(office: PostOffice) -> None:
    letters = [await office.queue(await office.enrol(channel), "wecom") for channel in (ZHANG, LI)]
    server = WecomServer()
    with wecom(server) as access:
        async with office.open(Wecom(access), link=lambda notification: f"https://county.example/{notification}"):
            for letter in letters:
                await office.wait_for(letter, "sent")
    links = {message["touser"]: message["template_card"]["card_action"]["url"] for message in server.taken}
    assert links == {user: f"https://county.example/{letter}" for user, letter in zip(("zhang.san", "li.si"), letters, strict=True)}


async def test_a_message_that_wecom_does_not_answer_is_unknown_and_not_sent_again(office: PostOffice) -> None:
    letter, server = await office.queue(await office.enrol(ZHANG), "wecom"), WecomServer(next=["takes it and hangs up"])
    with wecom(server) as access:
        async with office.open(Wecom(access)):
            await office.wait_for(letter, "unknown")
    assert len(server.taken) == 1
    assert await office.history(letter) == ["notification-queued", "delivery-begun", "notification-unknown"]


async def test_a_message_that_comes_too_fast_for_wecom_is_tried_again_after_the_pause(office: PostOffice) -> None:
    letter, server = await office.queue(await office.enrol(ZHANG), "wecom"), WecomServer(next=[45009, 45033])
    with wecom(server) as access:
        async with office.open(Wecom(access), PILOT.model_copy(update={"pauses_minutes": (0, 0)})):
            await office.wait_for(letter, "sent")
    assert await office.history(letter) == [
        "notification-queued", *["delivery-begun", "delivery-deferred"] * 2, "delivery-begun", "notification-sent",
    ]  # fmt: skip
    assert len(server.taken) == 1


async def test_a_channel_that_is_away_holds_up_no_other_and_drains_when_it_is_back(office: PostOffice) -> None:
    cadre, mailbox, server = await office.enrol(ZHANG, {"kind": "email", "address": "zhang@example.org"}), Mailbox(), WecomServer()
    mails, messages = [await office.queue(cadre) for _ in range(3)], [await office.queue(cadre, "wecom") for _ in range(3)]
    with wecom(WecomServer()) as access:
        away = Wecom(access)
    async with listening(mailbox) as smtp, office.open(smtp, others=[away]):
        for mail in mails:
            await office.wait_for(mail, "sent")
        assert [await office.history(message) for message in messages] == [["notification-queued"]] * 3
    with wecom(server) as access:
        async with office.open(Wecom(access)):
            for message in messages:
                await office.wait_for(message, "sent")
    assert (mailbox.received, len(server.taken)) == ({str(mail): 1 for mail in mails}, 3)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
async def test_the_robot_of_a_group_gets_no_more_than_it_bears_and_another_one_does_not_wait_for_it(office: PostOffice) -> None:
    heard = Counter[str]()
    with serving(lambda asked: (200, b"{}" if heard.update([asked.path]) is None else b"")) as port:
        busy, calm = [await office.enrol({"kind": "apprise", "url": f"json://127.0.0.1:{port}/{name}"}) for name in ("busy", "calm")]
        many = [await office.queue(busy, "apprise") for _ in range(60)]
        one = await office.queue(calm, "apprise")
        async with office.open(Apprise(), PILOT.model_copy(update=limited("apprise", Limit(each=3, seconds=600)))):
            await office.wait_for(one, "sent")
            await office.wait_for(many[2], "sent")
            await asyncio.sleep(1.5)
    states = [await office.state(letter) for letter in many]
    assert (states, heard) == (["sent"] * 3 + ["queued"] * 57, {"/busy": 3, "/calm": 1})


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
async def test_a_robot_that_is_written_in_two_ways_gets_no_more_than_it_bears(office: PostOffice) -> None:
    heard = Counter[str]()
    with serving(lambda asked: (200, b"{}" if heard.update([asked.path]) is None else b"")) as port:
        robot = f"json://127.0.0.1:{port}/busy"
        cadres = [await office.enrol({"kind": "apprise", "url": url}) for url in (robot, f"{robot}/?format=text")]
        many = [await office.queue(cadre, "apprise") for _ in range(5) for cadre in cadres]
        calm = await office.queue(await office.enrol({"kind": "apprise", "url": f"json://127.0.0.1:{port}/calm"}), "apprise")
        async with office.open(Apprise(), PILOT.model_copy(update=limited("apprise", Limit(each=3, seconds=600)))):
            await office.wait_for(calm, "sent")
            await office.wait_for(many[2], "sent")
            await asyncio.sleep(1.5)
    assert Counter([await office.state(letter) for letter in many]) == {"sent": 3, "queued": 7}
    assert sum(heard.values()) == 4


async def test_after_a_restart_an_address_gets_no_more_than_it_bears(office: PostOffice) -> None:
    busy, calm = await office.enrol(ZHANG), await office.enrol(LI)
    lost = await office.queue(busy, "wecom")
    await office.lease(lost, timedelta(minutes=1))
    many, server = [await office.queue(busy, "wecom") for _ in range(5)], WecomServer()
    slow = PILOT.model_copy(update=limited("wecom", Limit(each=3, seconds=600)))
    with wecom(server) as access:
        async with office.open(Wecom(access), slow):
            await office.wait_for(many[1], "sent")
        one = await office.queue(calm, "wecom")
        async with office.open(Wecom(access), slow):
            await office.wait_for(one, "sent")
            await asyncio.sleep(1.5)
    assert [await office.state(letter) for letter in (lost, *many)] == ["sending", *["sent"] * 2, *["queued"] * 3]
    assert Counter(message["touser"] for message in server.taken) == {"zhang.san": 2, "li.si": 1}


async def test_a_digest_that_left_before_a_restart_is_one_letter_and_what_left_long_ago_none(office: PostOffice) -> None:
    at, cadre = datetime.now(UTC), await office.enrol(ZHANG)
    for ago, digest in ((10, UUID(int=57)), (10, UUID(int=57)), (30, None), (70, None)):
        sent = did.NotificationSent(recipient=cadre, at=at - timedelta(seconds=ago))
        await office.models.write(await office.queue(cadre, "wecom"), did.DeliveryBegun(holder=HOLDER, until=at, digest=digest), sent)
    await office.queue(cadre, "wecom")
    assert [("zhang.san", 30.0), ("zhang.san", 10.0)] == await Outbox(office.models.pool, "wecom", Pace(PILOT.limits["wecom"])).gone(at)


def test_a_county_has_every_channel_that_a_message_may_name_once_wecom_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, known = Settings(kafka="nowhere:9092"), channels()
    assert {"apprise": "apprise", "email": "email", "wecom": None} == kinds(known, settings)
    for name, value in {"CORP_ID": "ww01", "AGENT_ID": "7", "SECRET": "secret"}.items():
        monkeypatch.setenv(f"SUISHI_WECOM_{name}", value)
    assert {name: name for name in NAMED} == kinds(known, settings)


def kinds(known: Mapping[str, Channel], settings: Settings) -> dict[str, str | None]:
    """What the outlet of each calls itself, None where there is none."""
    outlets = {kind: channel.outlet(settings) for kind, channel in known.items()}
    return {kind: outlet.kind if outlet is not None else None for kind, outlet in outlets.items()}
