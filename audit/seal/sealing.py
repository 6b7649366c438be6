"""One log's next checkpoint: what was recorded since the last one is hashed in, and signed only where the older tree is its beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.merkle import LENGTH, Tree, verify_consistency
from audit.seal.hashes import LEAF_HASHES, SHA256, leaves
from audit.seal.note import BadNote, Checkpoint, opened, origin, sign

MOST: Final = 10_000
HEAD: Final = "SELECT position FROM {service}.log_head"
LAST: Final = """
SELECT size, peaks, substr(leaves, octet_length(leaves) - 31) AS leaf, note FROM audit.checkpoints
WHERE service = $1 ORDER BY size DESC LIMIT 1"""
AFTER_A_RESTORE: Final = (
    "if somebody restored it, keep the file of checkpoints elsewhere as the proof of what was before, let SUISHI_CHECKPOINTS name a file"
    " that is not there yet, and start the sealer again; if nobody did, run ./suishi audit verify"
)
INSERT: Final = "INSERT INTO audit.checkpoints (service, first, size, leaves, peaks, note) VALUES ($1, $2, $3, $4, $5, $6)"


class Refused(Exception):  # noqa: N818 - it says what is so
    """The log, or what is kept of its checkpoints, is not what was signed: nothing more of it is signed until somebody has looked."""


@dataclass(frozen=True)
class Keys:
    """Whoever signs, and whose signatures are known: of now and of before."""

    private: Ed25519PrivateKey
    public: Sequence[Ed25519PublicKey] = ()

    @property
    def known(self) -> Sequence[Ed25519PublicKey]:
        return [self.private.public_key(), *self.public]


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it lies in the table."""

    service: str
    size: int
    note: str


def peaks_of(data: bytes) -> tuple[bytes, ...]:
    """Hashes that lie one after the other."""
    return tuple(data[start : start + LENGTH] for start in range(0, len(data), LENGTH))


class Sealing:
    """One service's log on the sealer's connection."""

    def __init__(self, connection: asyncpg.Connection, service: str, keys: Keys, leaf_hash: str = SHA256) -> None:
        """`leaf_hash` counts for the first checkpoint of a log: those behind it go on with what that one says."""
        self._connection, self._service, self._keys, self._hash = connection, service, keys, leaf_hash
        self._promised, self._tree, self._leaf, self.head = list[Checkpoint](), Tree(), b"", 0

    @property
    def size(self) -> int:
        """How many events are sealed."""
        return self._tree.size

    async def resume(self) -> None:
        """Go on from the newest checkpoint of the table; raises Refused where that is not one of ours."""
        row = await self._connection.fetchrow(LAST, self._service)
        if row is None:
            return
        if empty := [name for name, value in row.items() if value is None]:
            message = f"the checkpoint of size {row['size']} has lost its {', '.join(empty)}"
            raise Refused(message)
        self._tree, self._leaf = Tree(row["size"], peaks_of(row["peaks"])), row["leaf"]
        try:
            last = opened(row["note"], self._keys.known)
        except BadNote as bad:
            raise Refused(str(bad)) from bad
        if last.leaves not in LEAF_HASHES:
            message = f"the checkpoint of size {last.size} has leaves by {last.leaves}, which this release does not know"
            raise Refused(message)
        self._hash = last.leaves
        if not self._tree.sound or last != self._checkpoint(self._tree):
            message = f"the tree that is kept beside the checkpoint of size {row['size']} is not the one that was signed"
            raise Refused(message)

    def promised(self, checkpoints: Sequence[Checkpoint]) -> None:
        """These were given out and the table does not know them: nothing is signed that does not lead to each of them."""
        self._promised = list(checkpoints)

    async def step(self) -> Signed | None:
        """Seal what was recorded since, at most `MOST` events; None when nothing was. Raises Refused."""
        self.head = await self._connection.fetchval(HEAD.format(service=self._service)) or 0
        due = max([self.size, *(promise.size for promise in self._promised)])
        if self.head < due:
            message = f"{due} events were sealed and the log ends at {self.head}: it was cut, or restored from a backup; {AFTER_A_RESTORE}"
            raise Refused(message)
        fresh = await self._next() if self.head > self.size else []
        return await self._sign(fresh) if fresh else None

    async def _next(self) -> list[bytes]:
        """The leaves behind the sealed ones, in one reading with the last of these, which must still be there."""
        begin = max(self.size, 1)
        most = min([MOST, *(promise.size - self.size for promise in self._promised)]) + bool(self.size)
        rows = await leaves(self._connection, self._service, begin, most, self._hash)
        for expected, row in enumerate(rows, begin):
            if row[0] != expected:
                message = f"the log misses position {expected}"
                raise Refused(message)
        nodes = [row[1] for row in rows]
        if not self.size:
            return nodes
        if nodes[:1] != [self._leaf]:
            message = f"the event at position {self.size} is not the one that was sealed"
            raise Refused(message)
        return nodes[1:]

    async def _sign(self, fresh: Sequence[bytes]) -> Signed:
        before, grown = self._tree, self._tree.grown(fresh)
        self._hold(before, grown, fresh)
        note = sign(self._checkpoint(grown), self._keys.private)
        await self._connection.execute(
            INSERT, self._service, before.size + 1, grown.size, b"".join(fresh), b"".join(grown.peaks), note
        )  # fmt: skip
        self._tree, self._leaf = grown, fresh[-1]
        self._promised = [promise for promise in self._promised if promise.size > grown.size]
        return Signed(self._service, grown.size, note)

    def _hold(self, before: Tree, grown: Tree, fresh: Sequence[bytes]) -> None:
        """Against the last checkpoint, by the same proof that a stranger would ask for, and against what was given out before."""
        proof = before.consistency(fresh) if before.size else []
        if before.size and not verify_consistency((before.size, before.root), (grown.size, grown.root), proof):
            message = f"the tree of size {grown.size} does not go on from the one of size {before.size}"
            raise Refused(message)
        if any(promise.size == grown.size and promise != self._checkpoint(grown) for promise in self._promised):
            message = (
                f"a checkpoint of size {grown.size} with another root was given out before: the log was rewritten since,"
                f" or restored from a backup; {AFTER_A_RESTORE}"
            )
            raise Refused(message)

    def _checkpoint(self, tree: Tree) -> Checkpoint:
        return Checkpoint(origin(self._service), tree.size, tree.root, self._hash)
