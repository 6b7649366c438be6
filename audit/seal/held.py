"""The checkpoints of the table held against a log as it is read: each leaf, each root and each signature, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.merkle import LENGTH, Tree
from audit.seal.hashes import LEAF_HASHES, SHA256, leaves
from audit.seal.note import BadNote, Checkpoint, opened, origin, unverified
from audit.seal.sealing import peaks_of
from audit.verdict import Bad
from local.language import say

BEFORE: Final = "SELECT size, peaks FROM audit.checkpoints WHERE service = $1 AND size < $2 ORDER BY size DESC LIMIT 1"
NEXT: Final = "SELECT first, size, leaves, peaks, note FROM audit.checkpoints WHERE service = $1 AND size > $2 ORDER BY size LIMIT 1"


class Held:
    """Takes the rows of a log from the first on, or from behind a checkpoint.

    Without keys signatures are believed, and the caller says so.
    """

    def __init__(self, connection: asyncpg.Connection, service: str, keys: Sequence[Ed25519PublicKey]) -> None:
        self._connection, self._service, self._keys = connection, service, keys
        self._tree, self._row, self._leaves, self._over, self._hash = Tree(), None, list[bytes](), False, ""
        self.checkpoints = 0

    @property
    def sealed(self) -> int:
        """Up to which position all is as it was signed."""
        return self._tree.size

    async def begin(self, position: int) -> None:
        """From behind the last checkpoint before this position; raises Bad.

        What is kept of the tree there is believed until it leads to the next root that was signed.
        """
        row = await self._connection.fetchrow(BEFORE, self._service, position)
        first = await self._connection.fetchrow(NEXT, self._service, 0)
        if row and first:
            self._whole(first)
            self._hash, self._tree = self._named(first), Tree(row["size"], peaks_of(row["peaks"] or b""))
            if not self._tree.sound:
                raise _peaks_changed(row["size"])

    def leaf(self, row: bytes) -> bytes:
        """Of the sealed bytes of a row that was taken, by the hash of the log."""
        return LEAF_HASHES[self._hash or SHA256](row)

    async def take(self, rows: Sequence[bytes]) -> None:
        """The sealed bytes of the rows that follow; raises Bad at the first that is not the sealed one."""
        taken = 0
        while taken < len(rows) and (row := await self._current()):
            last = taken + row["size"] - self._tree.size - len(self._leaves)
            more = [LEAF_HASHES[self._hash](data) for data in rows[taken:last]]
            await self._compare(row, more)
            self._leaves += more
            taken += len(more)
            if self._tree.size + len(self._leaves) == row["size"]:
                self._close(row)

    async def end(self) -> None:
        """The log has no more rows; raises Bad where more of it was sealed."""
        if row := await self._current():
            first = self._tree.size + len(self._leaves) + 1
            zh = f"第 {first} 条至第 {row['size']} 条曾被封存，现已缺失"
            raise Bad(first, say(zh, f"positions {first} to {row['size']} were sealed and are missing at the end"))

    async def _current(self) -> asyncpg.Record | None:
        """The checkpoint under which the next leaf is; None where nothing more is sealed."""
        if self._row is None and not self._over:
            self._row = await self._connection.fetchrow(NEXT, self._service, self._tree.size)
            self._over = self._row is None
            if self._row:
                self._whole(self._row)
            if self._row and not self._hash:
                self._hash = self._named(self._row)
            if self._row and self._row["first"] != self._tree.size + 1:
                first, last = self._tree.size + 1, self._row["size"]
                zh = f"第 {first} 条至第 {last} 条的封存记录被删除或改动"
                raise Bad(first, say(zh, f"a checkpoint between positions {first} and {last} was removed or replaced"))
        return self._row

    def _whole(self, row: asyncpg.Record) -> None:
        """What the table asks for is nothing to whoever may change the table."""
        if empty := [name for name, value in row.items() if value is None]:
            zh = f"大小为 {row['size']} 的检查点缺少 {'、'.join(empty)}"
            raise Bad(self._tree.size + 1, say(zh, f"the checkpoint of size {row['size']} has lost its {', '.join(empty)}"))

    def _named(self, row: asyncpg.Record) -> str:
        """By which hash the log's leaves are made: its first checkpoint says it for all of them."""
        name = self._signed(row).leaves
        if name not in LEAF_HASHES:
            zh = f"封存所用的散列算法 {name} 不为本版本所知"
            raise Bad(row["first"], say(zh, f"the leaves are hashed by {name}, which this release does not know"))
        return name

    async def _compare(self, row: asyncpg.Record, more: Sequence[bytes]) -> None:
        done = self._tree.size + len(self._leaves)
        begin = LENGTH * (done - row["first"] + 1)
        stored = row["leaves"][begin : begin + LENGTH * len(more)]
        if b"".join(more).startswith(stored):  # what is missing is told at the end of the checkpoint
            return
        for position, (leaf, sealed) in enumerate(zip(more, peaks_of(stored), strict=False), done + 1):
            if leaf != sealed:
                raise await self._different(row, position)

    async def _different(self, row: asyncpg.Record, position: int) -> Bad:
        """Who is right about a row, the log or the leaves beside the checkpoint? The signed root says it."""
        signed = self._signed(row)
        rows = await leaves(self._connection, self._service, row["first"], row["size"] - row["first"] + 1, self._hash)
        if self._tree.grown(leaf for _, leaf in rows).root == signed.root:
            zh = "日志与签名相符，但封存记录中这一条的散列值被改动"
            return Bad(position, say(zh, "the log is as it was signed, but the hash kept of this event beside the checkpoint was changed"))
        if self._tree.grown(peaks_of(row["leaves"])).root == signed.root:
            return Bad(position, say("该事件不是当时封存的事件", "the event is not the one that was sealed"))
        zh = "该事件与其封存记录都与签名不符"
        return Bad(position, say(zh, "neither the event nor the hash kept of it is what was signed"))

    def _close(self, row: asyncpg.Record) -> None:
        signed, grown = self._signed(row), self._tree.grown(self._leaves)
        if grown.root != signed.root:
            zh = f"第 {row['first']} 条至第 {row['size']} 条与签名的根不符"
            en = f"positions {row['first']} to {row['size']} do not have the root that was signed"
            raise Bad(row["first"], say(zh, en))
        if len(row["leaves"]) != LENGTH * len(self._leaves):
            position = min(row["first"] + len(row["leaves"]) // LENGTH, row["size"])
            zh = f"大小为 {row['size']} 的检查点旁的散列值被截短或加长"
            raise Bad(position, say(zh, f"the hashes kept beside the checkpoint of size {row['size']} were cut or padded"))
        if b"".join(grown.peaks) != row["peaks"]:
            raise _peaks_changed(row["size"])
        self._tree, self._row, self._leaves = grown, None, []
        self.checkpoints += 1

    def _signed(self, row: asyncpg.Record) -> Checkpoint:
        """What the note says, which must be of this log and this size."""
        try:
            checkpoint = opened(row["note"], self._keys) if self._keys else unverified(row["note"])
        except BadNote as bad:
            raise Bad(row["first"], said_of(bad, row["size"])) from bad
        if (checkpoint.origin, checkpoint.size, self._hash or checkpoint.leaves) != (origin(self._service), row["size"], checkpoint.leaves):
            zh = f"大小为 {row['size']} 的检查点被另一个检查点替换"
            raise Bad(row["first"], say(zh, f"the checkpoint of size {row['size']} was replaced by another one"))
        return checkpoint


def _peaks_changed(size: int) -> Bad:
    return Bad(size, say(f"第 {size} 条处的封存中间值被改动", f"the peaks kept beside the checkpoint of size {size} were changed"))


def said_of(bad: BadNote, size: int) -> str:
    """What is wrong with the note of a checkpoint, in the user's language."""
    return say(f"大小为 {size} 的检查点签名无效或未知", str(bad))
