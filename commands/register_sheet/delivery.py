"""Sends the messages of a sheet and follows them in the services' databases until each was answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from commands.progress import Bars
from commands.publish import send
from commands.register_sheet.cells import Fault, Said
from commands.register_sheet.messages import Sent
from local.language import say
from local.problem import Problem
from local.stack import Stack
from schemas.enrollment import RegisterHousehold
from schemas.topics import COMMANDS
from services.enrollment.refusals import text_of

HANDLED: Final = "SELECT digest FROM {service}.inbox WHERE digest = ANY($1::bytea[])"
REFUSED: Final = """
SELECT causation, state ->> 'reason_code' FROM enrollment.events
WHERE stream = ANY($1::uuid[]) AND topic = 'enrollment.command-refused' AND causation = ANY($2::text[])"""
WHOLE: Final = "整户"
AT_ONCE: Final = 2_000
PATIENCE_S: Final = 120
POLL_S: Final = 0.5


@dataclass
class Delivered:
    """How many households had been brought in before, and those that enrollment refused, each on its first row."""

    there_before: int = 0
    refused: list[Fault] = field(default_factory=list[Fault])


async def bring_in(stack: Stack, messages: Sequence[Sent]) -> Delivered:
    """Raises Problem when a service answers nothing more; what was sent is not lost, and sending it again has no second effect."""
    connection = await asyncpg.connect(stack.database)
    try:
        fresh = await _unanswered(connection, messages)
        with Bars(stay=True) as bars:
            for start in range(0, len(fresh), AT_ONCE):
                await send(stack.kafka, [one.envelope.record for one in fresh[start : start + AT_ONCE]])
                bars.heard(say("发送", "sending"), min(start + AT_ONCE, len(fresh)), len(fresh))
            await _answered(connection, fresh, lambda done: bars.heard(say("处理", "taking in"), done, len(fresh)))
        refused = await refused_of(connection, messages)
        registrations = {one.envelope.id for one in messages if isinstance(one.envelope.data, RegisterHousehold)}
        before = registrations - {one.envelope.id for one in fresh} - refused.keys()
        return Delivered(len(before), list(refused.values()))
    finally:
        await connection.close()


async def _answered(connection: asyncpg.Connection, sent: Sequence[Sent], tell: Callable[[int], None]) -> None:
    left, since = list(sent), time.monotonic()
    while left:
        still = await _unanswered(connection, left)
        if len(still) < len(left):
            since = time.monotonic()
        left = still
        tell(len(sent) - len(left))
        if left and time.monotonic() - since > PATIENCE_S:
            zh = f"还有 {len(left)} 条消息未处理；消息已发出，不会丢失。请用 ./suishi status 和 deadletters list 查看原因，之后可再次导入。"
            en = f"{len(left)} messages are not answered yet; they are on Kafka and not lost. See ./suishi status and deadletters list."
            raise Problem(say(zh, en))
        if left:
            await asyncio.sleep(POLL_S)


async def _unanswered(connection: asyncpg.Connection, messages: Sequence[Sent]) -> list[Sent]:
    """Those that their service has not handled."""
    handled: set[bytes] = set()
    for service, topic in COMMANDS.items():
        digests = [one.envelope.digest for one in messages if one.envelope.record.topic == topic]
        handled |= {row[0] for row in await connection.fetch(HANDLED.format(service=service), digests)}
    return [one for one in messages if one.envelope.digest not in handled]


async def refused_of(connection: asyncpg.Connection, messages: Sequence[Sent]) -> dict[str, Fault]:
    """By message id; the sentence is the one that enrollment tells everybody."""
    asked = {one.envelope.id: one for one in messages if isinstance(one.envelope.data, RegisterHousehold)}
    streams = [one.envelope.subject for one in asked.values()]
    refused: dict[str, Fault] = {}
    for identity, code in await connection.fetch(REFUSED, streams, list(asked)):
        refused[identity] = refused_as(asked[identity].rows[0], code)
    return refused


def refused_as(row: int, code: str) -> Fault:
    text, remedy = text_of(code)
    return Fault(row, WHOLE, _said(text), _said(remedy))


def _said(text: str) -> Said:
    """Chinese first, then English, parted by the first full stop of the Chinese."""
    zh, _, en = text.partition("。")
    return Said(zh, en.strip().removesuffix("."))
