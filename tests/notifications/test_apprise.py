"""What a call through apprise leads to, with a real server behind the URL of the recipient."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import StringIO
from uuid import UUID

import apprise
import pytest

from schemas.notifications import Outcome
from services.notifications.channels.apprise import Apprise, account
from services.notifications.channels.outlet import Letter
from tests.notifications.http_server import Asked, HangUp, serving

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # one of the plugins that it reads in
TOKEN = "token-of-the-group"  # noqa: S105 - of nobody
LINK = "https://county.example/acknowledge/1"


class Robot:
    """`meets` is the status that the next calls get; 0 is none."""

    def __init__(self, meets: int = 200) -> None:
        self.meets, self.heard = meets, list[Asked]()

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        self.heard.append(asked)
        if self.meets == 0:
            raise HangUp
        return self.meets, b"{}"


@contextmanager
def robot_at(robot: Robot) -> Iterator[str]:
    """Its URL as a recipient gives it."""
    with serving(robot.answer) as port:
        yield f"json://127.0.0.1:{port}/{TOKEN}"


@asynccontextmanager
async def opened() -> AsyncIterator[Apprise]:
    channel = Apprise()
    assert not channel.is_open
    await channel.open()
    yield channel
    await channel.close()


async def send(to: str, link: str | None = None) -> Outcome:
    async with opened() as channel:
        became = await channel.send([Letter(UUID(int=1), "correlation", to, "预警线索 · Clue", "户编号 Household: 100\n", link)])
    return became[UUID(int=1)]


@pytest.mark.parametrize(("link", "last"), [(None, "100"), (LINK, LINK)])
async def test_a_message_goes_where_the_url_says(link: str | None, last: str) -> None:
    robot = Robot()
    with robot_at(robot) as url:
        assert await send(url, link) == "sent"
    (heard,) = robot.heard
    said = json.loads(heard.body)
    assert (f"/{TOKEN}", "预警线索 · Clue") == (heard.path, said["title"])
    assert (said["message"].startswith("户编号 Household: 100"), said["message"].rstrip().endswith(last)) == (True, True)


@pytest.mark.parametrize(
    ("meets", "outcome"), [(500, "deferred"), (503, "deferred"), (429, "deferred"), (502, "unknown"), (504, "unknown"), (0, "unknown")]
)
async def test_what_a_server_does_not_take_is_tried_again_and_what_it_does_not_answer_is_unknown(meets: int, outcome: str) -> None:
    robot = Robot(meets)
    with robot_at(robot) as url:
        assert await send(url) == outcome
    assert len(robot.heard) == 1


async def test_a_server_that_says_nothing_leaves_an_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert await send(f"json://127.0.0.1:{silent.getsockname()[1]}/?rto=0.2") == "unknown"


async def test_a_server_that_is_away_was_told_nothing_and_is_tried_again() -> None:
    with robot_at(Robot()) as url:
        pass
    assert await send(url) == "deferred"


@pytest.mark.parametrize("url", ["nowhere://token", "dingtalk://"])
async def test_a_url_that_apprise_does_not_know_costs_only_its_own_message(url: str) -> None:
    assert await send(url) == "failed"


@pytest.mark.parametrize("url", ["dingtalk://0123456789abcdef", "feishu://0123456789abcdef", "wecombot://0123456789abcdef"])
async def test_the_robots_of_our_counties_are_known_to_it(url: str) -> None:
    assert apprise.Apprise.instantiate(url) is not None


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("dingtalk://0123456789abcdef", "DINGTALK://0123456789abcdef/?format=markdown", True),
        ("feishu://0123456789abcdef", "feishu://0123456789abcdef/", True),
        ("wecombot://0123456789abcdef", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789abcdef", True),
        ("dingtalk://0123456789abcdef", "dingtalk://fedcba9876543210", False),
        ("dingtalk://0123456789abcdef", "feishu://0123456789abcdef", False),
        ("nowhere://0123456789abcdef", "nowhere://fedcba9876543210", False),
    ],
)
def test_a_robot_is_one_account_in_whatever_way_its_url_is_written(one: str, two: str, *, same: bool) -> None:
    assert (account(one) == account(two)) == same


async def test_the_library_writes_nothing_to_our_log() -> None:
    written = StringIO()
    logging.getLogger().addHandler(ours := logging.StreamHandler(written))
    try:
        with robot_at(Robot(500)) as url:
            await send(url)
    finally:
        logging.getLogger().removeHandler(ours)
    assert written.getvalue() == ""
