"""The copies of the checkpoints outside the database, held against its table: what was given out must still be there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.seal.note import BadNote, Checkpoint, opened, unverified
from audit.seal.sealing import Signed
from audit.verdict import Bad
from local.language import say

PAGE: Final = 5_000
SINCE: Final = "SELECT size, note FROM audit.checkpoints WHERE service = $1 AND size > $2 ORDER BY size LIMIT $3"
ONE: Final = "SELECT note FROM audit.checkpoints WHERE service = $1 AND size = $2"


@dataclass(frozen=True)
class Place:
    """Where a copy is, in both languages."""

    zh: str
    en: str


FILE: Final = Place("检查点文件", "the file of checkpoints")
TOPIC: Final = Place("Kafka 主题", "the Kafka topic")


class Copies:
    """One service's table, walked beside a copy that is in the same order; both may be longer than memory."""

    def __init__(self, connection: asyncpg.Connection, service: str, keys: Sequence[Ed25519PublicKey]) -> None:
        self._connection, self._service, self._keys = connection, service, keys

    async def hold(self, place: Place, copy: AsyncIterator[Signed]) -> None:
        """Its end may be missing, the sealer has yet to write it; raises Bad for anything else that is not the same on both sides."""
        table, agreed = self._table(), 0
        row = await anext(table, None)
        async for size, given in self._given(copy):
            if size <= agreed:
                await self._again(place, given)
                continue
            if row is None or row.size > size:
                raise _unknown(place, size, agreed + 1)
            if row.size < size:
                raise Bad(agreed + 1, _said(place, f"缺少大小为 {row.size} 的检查点", f"lacks the checkpoint of size {row.size}"))
            self._same(place, given, unverified(row.note), agreed)
            agreed, row = size, await anext(table, None)

    async def _given(self, copy: AsyncIterator[Signed]) -> AsyncIterator[tuple[int, Checkpoint]]:
        """What nobody known signed proves nothing, and is passed over."""
        async for one in copy:
            try:
                yield one.size, opened(one.note, self._keys) if self._keys else unverified(one.note)
            except BadNote:
                continue

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
