"""The mail server is away in the middle of a season; every letter arrives when it is back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import count
from typing import Final

import pytest

from tests.journeys.system import System
from tests.system.county import House, cadres, insist
from tests.system.line import Line
from tests.system.oracle import LETTERS, Told, every_effect_is_there_once
from tests.system.processes import named, revive

NUMBERS: Final = count(8000, 100)
HOUSES: Final = 60
IN_HAND: Final = 1
SOME_SENT: Final = "SELECT 1 FROM notifications.outbox WHERE household = ANY($1::uuid[]) AND state = 'sent' HAVING count(*) >= 5"
ALL_INTENDED: Final = "SELECT 1 FROM notifications.outbox WHERE household = ANY($1::uuid[]) HAVING count(*) = $2"


@pytest.fixture
def away_s(request: pytest.FixtureRequest) -> float:
    """With --long, longer than a lease."""
    return 90 if request.config.getoption("--long") else 4


@pytest.fixture
async def line(system: System) -> AsyncIterator[Line]:
    """Between the delivery and its mail server."""
    host, _, port = system.mailbox.address.rpartition(":")
    delivery = named(system, "notifications")
    async with Line.to(host, int(port)) as line:
        over = {**system.extra, "SUISHI_SMTP": line.address}
        await revive(System(system.stack, system.mailbox, system.services, over), delivery)
        yield line
        await revive(system, delivery)


async def test_every_letter_arrives_once_the_mail_server_is_back(system: System, line: Line, away_s: float) -> None:
    """One may have been in the server's hands when the line was cut: it is listed, and not sent again by guesswork."""
    first = next(NUMBERS)
    early, late = ([House(number) for number in range(start, start + HOUSES)] for start in (first, first + HOUSES))
    told = Told([*early, *late])
    await insist(system.stack.kafka, [one for house in early for one in (*house.registration(), *house.pairing(), *house.facts())])
    await insist(system.stack.kafka, cadres(told.houses))
    await system.wait_for(SOME_SENT, told.ids)
    await line.down()
    await insist(system.stack.kafka, [one for house in late for one in (*house.registration(), *house.pairing(), *house.facts())])
    await system.wait_for(ALL_INTENDED, told.ids, len(told.houses))
    received = system.mailbox.received.total()
    await asyncio.sleep(away_s)
    assert system.mailbox.received.total() == received
    waiting = Counter(state for _, state in await system.see(LETTERS, told.ids))
    assert waiting["queued"] >= len(late)
    await line.up()
    await every_effect_is_there_once(system, told, perhaps_lost=IN_HAND)
