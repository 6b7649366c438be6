"""A letter's link opens a page whose button acknowledges it, and looking at it changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from local.stack import Stack
from pipeline.health import Health
from pipeline.kafka import Connection
from pipeline.metrics import metrics
from pipeline.service import end
from schemas.topics import COMMANDS, PARTITIONS
from services.notifications.acknowledge import AcknowledgePage, Signature, signature
from tests.pipeline.kafka import Broker

KEY = "0123456789abcdef0123456789abcdef"
URL = "https://county.example/suishi"
NOTIFICATION = UUID(int=7)
TOPIC = COMMANDS["notifications"]
SIGNED = Signature(KEY, URL)
PATH = urlsplit(SIGNED.link(NOTIFICATION) or "").path.removeprefix("/suishi")
FORGED = f"/acknowledge/{UUID(int=8)}/{SIGNED.of(NOTIFICATION)}"


@pytest.fixture(scope="module")
def kafka(stack: Stack) -> Connection:
    asyncio.run(Broker(stack.kafka, TOPIC).create())
    return stack.kafka


@pytest.fixture
async def browser(kafka: Connection) -> AsyncIterator[httpx.AsyncClient]:
    """At a service's own pages, with the one of the links among them."""
    page = AcknowledgePage(kafka, SIGNED)
    health = Health("notifications", metrics("notifications"), "ready", page=page)
    task = asyncio.create_task(page.run())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(health), base_url="http://here") as client, asyncio.timeout(30):
        while (await client.post(PATH)).status_code == 503:  # noqa: ASYNC110 - a page tells nobody that it is ready
            await asyncio.sleep(0.05)
        yield client
    await end([task])


@pytest.fixture
async def commands(kafka: Connection, browser: httpx.AsyncClient) -> AsyncIterator[AIOKafkaConsumer]:  # noqa: ARG001 - it pressed
    """What is published from now on."""
    places = [TopicPartition(TOPIC, number) for number in range(PARTITIONS[TOPIC])]
    async with AIOKafkaConsumer(**kafka.options) as consumer:
        consumer.assign(places)
        await consumer.seek_to_end()
        yield consumer


async def published(commands: AIOKafkaConsumer, timeout_ms: int) -> list[Any]:
    return [record for batch in (await commands.getmany(timeout_ms=timeout_ms)).values() for record in batch]


async def test_looking_at_a_link_shows_a_button_and_nothing_of_the_household(
    browser: httpx.AsyncClient, commands: AIOKafkaConsumer
) -> None:
    seen = await browser.get(PATH)
    assert (200, "text/html; charset=utf-8") == (seen.status_code, seen.headers["content-type"])
    assert "确认收到 · Acknowledge" in seen.text
    assert str(NOTIFICATION) not in seen.text
    assert (await browser.head(PATH)).status_code == 200
    assert await published(commands, 300) == []


async def test_the_button_publishes_an_acknowledgement(browser: httpx.AsyncClient, commands: AIOKafkaConsumer) -> None:
    pressed = await browser.post(PATH)
    assert (200, True) == (pressed.status_code, "已确认" in pressed.text)
    (record,) = await published(commands, 10_000)
    said = dict(record.headers)
    assert record.value == b'{"notification_id":"00000000-0000-0000-0000-000000000007"}'
    assert (b"suishi.notifications.command.acknowledge.v1", b"link:acknowledge") == (said["ce_type"], said["ce_authid"])


@pytest.mark.parametrize("path", [FORGED, PATH[:-1], f"{PATH}0", "/acknowledge/", f"/acknowledge/{'-' * 36}/{'0' * 64}"])
async def test_a_link_that_nobody_signed_opens_nothing(browser: httpx.AsyncClient, commands: AIOKafkaConsumer, path: str) -> None:
    assert [(await browser.request(method, path)).status_code for method in ("GET", "POST")] == [404, 404]
    assert await published(commands, 300) == []


async def test_other_ways_and_other_pages_are_as_before(browser: httpx.AsyncClient) -> None:
    assert (await browser.put(PATH)).status_code == 405
    assert (await browser.get("/health/ready")).json()["state"] == "ready"


async def test_while_it_cannot_publish_it_asks_for_patience(kafka: Connection) -> None:
    health = Health("notifications", metrics("notifications"), "ready", page=AcknowledgePage(kafka, SIGNED))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(health), base_url="http://here") as client:
        assert [(await client.get(PATH)).status_code, (await client.post(PATH)).status_code] == [200, 503]


def test_a_link_is_of_one_notification_under_one_key() -> None:
    assert SIGNED.link(NOTIFICATION) == f"https://county.example/suishi{PATH}"
    assert SIGNED.notification(PATH) == NOTIFICATION
    assert Signature("another key of thirty-two letters", URL).notification(PATH) is None
    assert Signature("", "").notification(PATH) is None


def test_without_a_public_page_there_is_no_link_and_with_one_there_must_be_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signature().link(NOTIFICATION) is None
    monkeypatch.setenv("SUISHI_PUBLIC_URL", URL)
    with pytest.raises(SystemExit, match="SUISHI_ACK_KEY: give it at least 32 random characters"):
        signature()
    monkeypatch.setenv("SUISHI_ACK_KEY", KEY)
    assert signature().link(NOTIFICATION) == SIGNED.link(NOTIFICATION)
    monkeypatch.setenv("SUISHI_PUBLIC_URL", f"{URL}/")
    with pytest.raises(SystemExit, match="without a / at its end"):
        signature()
