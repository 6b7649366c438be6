"""What WeCom's answers mean for each recipient of a message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.notifications.channels.outlet import Away, Letter
from services.notifications.channels.wecom import Wecom, access
from tests.notifications.wecom_server import SECRET, WecomServer, wecom

LINK = "https://county.example/acknowledge/1"


def letter(number: int, to: str = "zhang.san", link: str | None = None) -> Letter:
    return Letter(UUID(int=number), "correlation", to, "预警线索 · Clue", "户编号 Household: 100\n", link)


@asynccontextmanager
async def opened(server: WecomServer) -> AsyncIterator[Wecom]:
    with wecom(server) as access:
        channel = Wecom(access)
        await channel.open()
        yield channel
        await channel.close()


async def test_a_message_goes_to_all_its_users_in_one_call() -> None:
    server = WecomServer()
    async with opened(server) as channel:
        became = await channel.send([letter(1), letter(2, "li.si")])
    assert became == {UUID(int=1): "sent", UUID(int=2): "sent"}
    text = {"content": "预警线索 · Clue\n户编号 Household: 100\n"}
    assert server.taken == [{"touser": "zhang.san|li.si", "msgtype": "text", "agentid": 1000002, "text": text}]


async def test_who_is_no_member_or_may_not_read_fails_alone() -> None:
    server = WecomServer()
    async with opened(server) as channel:
        became = await channel.send([letter(1, "No.Body"), letter(2), letter(3, "wang.wu")])
        nobody = await channel.send([letter(4, "No.Body")])
    assert became == {UUID(int=1): "failed", UUID(int=2): "sent", UUID(int=3): "failed"}
    assert nobody == {UUID(int=4): "failed"}


async def test_a_token_serves_until_it_is_over_and_then_another_one_is_asked_for_once() -> None:
    server = WecomServer()
    async with opened(server) as channel:
        sent = [await channel.send([letter(1)]), await channel.send([letter(2)])]
        asked = server.tokens
        server.expire()
        sent.append(await channel.send([letter(3)]))
    assert [one for answer in sent for one in answer.values()] == ["sent"] * 3
    assert (asked, server.tokens, server.calls, len(server.taken)) == (1, 3, 4, 3)


async def test_a_token_that_lasts_no_longer_than_its_reserve_is_asked_for_each_time() -> None:
    server = WecomServer(lasting=60)
    async with opened(server) as channel:
        await channel.send([letter(1)])
    assert (server.tokens, server.calls) == (2, 1)


@pytest.mark.parametrize("errcode", [40014, 42001])
async def test_a_new_token_that_is_refused_again_is_not_asked_for_a_third_time(errcode: int) -> None:
    server = WecomServer(next=[errcode, errcode])
    async with opened(server) as channel:
        assert {UUID(int=1): "deferred"} == await channel.send([letter(1)])
    assert (server.tokens, server.calls, server.taken) == (2, 2, [])


@pytest.mark.parametrize("errcode", [45009, 45033, -1, 60020])
async def test_what_wecom_does_not_do_now_is_tried_again_later(errcode: int) -> None:
    server = WecomServer(next=[errcode])
    async with opened(server) as channel:
        assert {UUID(int=1): "deferred"} == await channel.send([letter(1)])
        assert channel.is_open
    assert server.taken == []


@pytest.mark.parametrize("meets", ["hangs up", "takes it and hangs up", "gateway"])
async def test_of_a_message_without_an_answer_nobody_knows(meets: str) -> None:
    server = WecomServer(next=[meets])
    async with opened(server) as channel:
        assert {UUID(int=1): "unknown"} == await channel.send([letter(1)])
    assert server.calls == 1


@pytest.mark.parametrize("said", [{}, {"message": "queued"}, {"errcode": "0"}, {"errcode": None}, {"errcode": [1]}, {"errcode": True}])
async def test_of_an_answer_that_is_not_wecoms_nobody_knows_what_it_means(said: dict[str, Any]) -> None:
    async with opened(WecomServer(next=[said])) as channel:
        assert {UUID(int=1): "unknown"} == await channel.send([letter(1)])


@pytest.mark.parametrize("said", [{}, {"errcode": 0}, {"errcode": 0, "access_token": "t", "expires_in": None}, {"errcode": {}}])
async def test_what_gives_no_token_opens_nothing(said: dict[str, Any]) -> None:
    with wecom(WecomServer(odd=said)) as access:
        channel = Wecom(access)
        with pytest.raises(Away):
            await channel.open()
        await channel.close()


async def test_what_finds_no_server_was_not_sent_and_the_channel_is_away() -> None:
    with wecom(WecomServer()) as access:
        channel = Wecom(access)
        await channel.open()
    assert {UUID(int=1): "released"} == await channel.send([letter(1)])
    assert not channel.is_open
    with pytest.raises(Away):
        await channel.open()
    await channel.close()


async def test_a_wrong_secret_opens_nothing() -> None:
    with wecom(WecomServer(), "another") as access:
        channel = Wecom(access)
        with pytest.raises(Away, match="40001"):
            await channel.open()
        await channel.close()


async def test_what_is_to_be_acknowledged_is_a_card_with_a_button_that_wecom_takes_once() -> None:
    server = WecomServer()
    async with opened(server) as channel:
        assert {UUID(int=1): "sent"} == await channel.send([letter(1, link=LINK)])
    assert server.taken == [
        {
            "touser": "zhang.san",
            "agentid": 1000002,
            "msgtype": "template_card",
            "template_card": {
                "card_type": "text_notice",
                "task_id": "00000000000000000000000000000001",
                "main_title": {"title": "预警线索 · Clue"},
                "sub_title_text": "户编号 Household: 100\n",
                "jump_list": [{"type": 1, "title": "确认收到 · Acknowledge", "url": LINK}],
                "card_action": {"type": 1, "url": LINK},
            },
            "enable_duplicate_check": 1,
        }
    ]


async def test_a_digest_is_a_text_with_a_link_that_wecom_takes_once() -> None:
    server = WecomServer()
    digest = replace(letter(1, link=LINK), listed=(UUID(int=2), UUID(int=3)))
    async with opened(server) as channel:
        assert {UUID(int=1): "sent"} == await channel.send([digest])
    assert server.taken == [
        {
            "touser": "zhang.san",
            "agentid": 1000002,
            "msgtype": "text",
            "text": {"content": f'预警线索 · Clue\n户编号 Household: 100\n<a href="{LINK}">确认收到 · Acknowledge</a>'},
            "enable_duplicate_check": 1,
        }
    ]


def test_the_application_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"CORP_ID": "ww01", "AGENT_ID": "7", "SECRET": SECRET}.items():
        monkeypatch.setenv(f"SUISHI_WECOM_{name}", value)
    found = access()
    assert ("ww01", 7, SECRET, "https://qyapi.weixin.qq.com") == (found.corp_id, found.agent_id, found.secret.get_secret_value(), found.url)
    assert SECRET not in repr(found)
    monkeypatch.delenv("SUISHI_WECOM_SECRET")
    with pytest.raises(SystemExit, match="SUISHI_WECOM_SECRET: Value should have at least 1 item"):
        access()
    monkeypatch.setenv("SUISHI_WECOM_AGENT_ID", SECRET)
    with pytest.raises(SystemExit, match="SUISHI_WECOM_AGENT_ID: Input should be a valid integer") as wrong:
        access()
    assert SECRET not in str(wrong.value)
