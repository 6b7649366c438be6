"""Sends the messages of a sheet and follows them in the services' databases until each was answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import asyncpg

from commands.progress import Bars
from commands.publish import interrupted, send_in_batches
from commands.register_sheet import wording
from commands.register_sheet.cells import Fault, Said
from commands.register_sheet.columns import NAME_OF, WORD_OF
from commands.register_sheet.messages import Sent
from local.language import say
from local.problem import Problem
from local.stack import Stack
from schemas.enrollment import RegisterHousehold
from schemas.topics import COMMANDS
from services.enrollment.refusals import text_of

HANDLED: Final = "SELECT digest FROM {service}.inbox WHERE digest = ANY($1::bytea[])"
REFUSED: Final = """
SELECT causation, state ->> 'reason_code', array(SELECT jsonb_array_elements_text(state -> 'supported')) FROM enrollment.events
WHERE stream = ANY($1::uuid[]) AND topic = 'enrollment.command-refused' AND causation = ANY($2::text[])"""
# The last that was said of where a household lives.
UNPLACED: Final = """
SELECT stream, reason FROM (
    SELECT DISTINCT ON (stream) stream, topic, state ->> 'reason' AS reason
    FROM enrollment.events WHERE stream = ANY($1::uuid[]) AND topic IN ('enrollment.village-unknown', 'enrollment.village-known')
    ORDER BY stream, position DESC) AS last
WHERE topic = 'enrollment.village-unknown'"""
WHOLE: Final = "整户"
COLUMN_OF: Final[Mapping[str, str]] = dict.fromkeys(("type.not-in-pack", "type.does-not-qualify"), NAME_OF["type"])
PATIENCE_S: Final = 120
POLL_S: Final = 0.5


@dataclass
class Delivered:
    """The registrations that came in now, how many had been brought in before, and those that enrollment refused, on their first row.

    `unplaced` are in, though the division table does not have their village.
    """

    came_in: list[Sent] = field(default_factory=list[Sent])
    there_before: int = 0
    refused: list[Fault] = field(default_factory=list[Fault])
    unplaced: list[Fault] = field(default_factory=list[Fault])


async def bring_in(stack: Stack, messages: Sequence[Sent]) -> Delivered:
    """Raises Problem when a service answers nothing more; what was sent is not lost, and sending it again has no second effect."""
    connection = await asyncpg.connect(stack.database)
    try:
        fresh = await _unanswered(connection, messages)
        with Bars(stay=True) as bars:
            await send_in_batches(stack.kafka, [one.envelope.record for one in fresh], bars)
            await _answered(connection, fresh, lambda done: bars.heard(say("处理", "taking in"), done, len(fresh)))
        return await _became(connection, messages, {one.envelope.id for one in fresh})
    finally:
        await connection.close()


async def _became(connection: asyncpg.Connection, messages: Sequence[Sent], fresh: Collection[str]) -> Delivered:
    registrations = [one for one in messages if isinstance(one.envelope.data, RegisterHousehold)]
    refused, unplaced = await refused_of(connection, messages), await _unplaced(connection, registrations)
    taken = [one for one in registrations if one.envelope.id not in refused]
    came_in = [one for one in taken if one.envelope.id in fresh]
    return Delivered(came_in, len(taken) - len(came_in), list(refused.values()), unplaced)


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
            await _rested(len(sent))


async def _rested(sent: int) -> None:
    try:
        await asyncio.sleep(POLL_S)
    except asyncio.CancelledError:
        interrupted(sent, sent)
        raise


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
    for identity, code, supported in await connection.fetch(REFUSED, streams, list(asked)):
        refused[identity] = refused_as(asked[identity].rows[0], code, supported)
    return refused


async def _unplaced(connection: asyncpg.Connection, registrations: Sequence[Sent]) -> list[Fault]:
    row_of = {UUID(one.envelope.subject): one.rows[0] for one in registrations}
    found = await connection.fetch(UNPLACED, list(row_of))
    return [unplaced_as(row_of[stream], reason, wording.MOVE) for stream, reason in found]


def unplaced_as(row: int, reason: str, remedy: Said) -> Fault:
    """The household comes in."""
    problem = wording.NO_VILLAGE if reason == "unknown" else wording.ABOLISHED
    return Fault(row, NAME_OF["village_code"], problem, remedy, holds_back=False)


def refused_as(row: int, code: str, supported: Sequence[str] = ()) -> Fault:
    """`supported` are the types of the pack where it has not the one that was written."""
    text, remedy = text_of(code)
    column = COLUMN_OF.get(code, WHOLE)
    if not supported:
        return Fault(row, column, _said(text), _said(remedy))
    words = "、".join(WORD_OF.get(one, one) for one in supported)
    return Fault(row, column, _said(text), Said(f"请填写：{words}", f"write one of: {words}"))


def _said(text: str) -> Said:
    """Chinese first, then English, parted by the first full stop of the Chinese."""
    zh, _, en = text.partition("。")
    return Said(zh, en.strip().removesuffix("."))
