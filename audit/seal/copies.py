"""The copies of the checkpoints outside the database, held against its table: what was given out must still be there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.seal.note import BadNote, Checkpoint, UnknownKey, opened, unverified
from audit.seal.sealing import Signed
from audit.verdict import Bad
from local.language import say

PAGE: Final = 5_000
SINCE: Final = "SELECT size, note FROM audit.checkpoints WHERE service = $1 AND size > $2 ORDER BY size LIMIT $3"
ONE: Final = "SELECT note FROM audit.checkpoints WHERE service = $1 AND size = $2"
# The sealer writes the table first, and the copies within seconds.
OVERDUE: Final = """
SELECT recorded_at < clock_timestamp() - interval '1 minute' FROM {schema}.stored_events WHERE notification_id = $1 + 1"""
UP_TO: Final = "up to"
UNKNOWN_KEYS: Final = "unknown keys"


@dataclass(frozen=True)
class Place:
    """Where a copy is, in a word and in both languages."""

    name: str
    zh: str
    en: str


FILE: Final = Place("file", "检查点文件", "the file of checkpoints")
TOPIC: Final = Place("topic", "Kafka 主题", "the Kafka topic")


class Copies:
    """One service's table, walked beside a copy that is in the same order; both may be longer than memory."""

    def __init__(self, connection: asyncpg.Connection, service: str, keys: Sequence[Ed25519PublicKey]) -> None:
        self._connection, self._service, self._keys = connection, service, keys

    async def hold(self, place: Place, copy: AsyncIterator[Signed]) -> Sequence[str]:
        """Gives what was not compared: its end may be missing, and what nobody known signed proves nothing.

        Raises Bad for anything else that is not the same on both sides.
        """
        table, agreed, passed_over = self._table(), 0, list[str]()
        row = await anext(table, None)
        async for one in copy:
            size, given = one.size, self._known(place, one, agreed)
            if given is None:
                passed_over = [f"{place.name}: {UNKNOWN_KEYS}"]
                continue
            if size <= agreed:
                await self._again(place, given)
                continue
            if row is None or row.size > size:
                raise _unknown(place, size, agreed + 1)
            if row.size < size:
                raise Bad(agreed + 1, _said(place, f"缺少大小为 {row.size} 的检查点", f"lacks the checkpoint of size {row.size}"))
            self._same(place, given, unverified(row.note), agreed)
            agreed, row = size, await anext(table, None)
        if row and await self._connection.fetchval(OVERDUE.format(schema=self._service), agreed):
            return [f"{place.name}: {UP_TO} {agreed}", *passed_over]
        return passed_over

    def _known(self, place: Place, one: Signed, agreed: int) -> Checkpoint | None:
        """What somebody known signed; raises Bad where a key that is known did not."""
        try:
            return opened(one.note, self._keys) if self._keys else unverified(one.note)
        except UnknownKey:
            return None
        except BadNote as bad:
            zh, en = f"中大小为 {one.size} 的检查点签名无效", f"holds a checkpoint of size {one.size} whose signature is wrong"
            raise Bad(agreed + 1, _said(place, zh, en)) from bad

    async def _table(self) -> AsyncIterator[Signed]:
        size = 0
        while rows := await self._connection.fetch(SINCE, self._service, size, PAGE):
            for row in rows:
                yield Signed(self._service, row["size"], row["note"])
            size = rows[-1]["size"]

    async def _again(self, place: Place, given: Checkpoint) -> None:
        """Sent twice, as a topic may hold it."""
        note = await self._connection.fetchval(ONE, self._service, given.size)
        if note is None:
            raise _unknown(place, given.size, given.size)
        self._same(place, given, unverified(note), given.size - 1)

    def _same(self, place: Place, given: Checkpoint, ours: Checkpoint, agreed: int) -> None:
        if given != ours:
            zh, en = f"中大小为 {given.size} 的检查点与数据库中的不同", f"holds another checkpoint of size {given.size} than the database"
            raise Bad(agreed + 1, _said(place, zh, en))


def _unknown(place: Place, size: int, position: int) -> Bad:
    return Bad(
        position,
        _said(place, f"有大小为 {size} 的检查点，而数据库中没有", f"holds a checkpoint of size {size}, which the database has not"),
    )


def _said(place: Place, zh: str, en: str) -> str:
    return say(f"{place.zh}{zh}", f"{place.en} {en}")
