"""Proofs from the tables: what lies left of an event enters as peaks, so that one checkpoint's leaves are enough."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import asyncpg

from audit.merkle import LENGTH, Tree, verify_consistency, verify_inclusion
from audit.prove.document import Consistency, Inclusion
from audit.seal.hashes import LEAF_HASHES
from audit.seal.leaf import SELECTED, canonical, told
from audit.seal.note import BadNote, Checkpoint, key_ids, unverified
from audit.seal.sealing import peaks_of
from audit.snapshot import snapshot
from local.language import say
from schemas.topics import SERVICES

EVENT: Final = f"SELECT {SELECTED} FROM {{service}}.stored_events WHERE event_id = $1"  # noqa: S608 - a constant of our own
COVERING: Final = "SELECT first, size, leaves, peaks, note FROM audit.checkpoints WHERE service = $1 AND size >= $2 ORDER BY size LIMIT 1"
PEAKS: Final = "SELECT peaks FROM audit.checkpoints WHERE service = $1 AND size = $2"
LAST_SIZE: Final = (1 << 63) - 1  # that a log can have
LEAVES: Final = "SELECT leaves FROM audit.checkpoints WHERE service = $1 AND first > $2 AND size <= $3 ORDER BY size"


class Unprovable(Exception):  # noqa: N818 - it says what is so
    """There is nothing to prove; the text says why, in the user's language."""


async def prove_event(dsn: str, event: UUID) -> Inclusion:
    """Under the first checkpoint that covers it; raises Unprovable."""
    async with snapshot(dsn) as connection:
        for service in SERVICES:
            if row := await connection.fetchrow(EVENT.format(service=service), event):
                return await _inclusion(connection, service, canonical(tuple(row)))
    raise Unprovable(say(f"三个日志中都没有事件 {event}。", f"the three logs know no event {event}."))


async def _inclusion(connection: asyncpg.Connection, service: str, sealed: bytes) -> Inclusion:
    row = told(sealed)
    position = int(row["notification_id"])
    covering = await connection.fetchrow(COVERING, service, position)
    if covering is None:
        zh = f"{service} 的第 {position} 条事件尚未封存；请稍后再试。"
        raise Unprovable(say(zh, f"position {position} of {service} is not sealed yet; try again in a moment."))
    if None in covering.values() or len(covering["leaves"]) != LENGTH * (covering["size"] - covering["first"] + 1):
        raise _altered(service, covering["size"])
    before, checkpoint = await _tree(connection, service, covering["first"] - 1), _said(service, covering)
    if not 0 < covering["first"] <= position <= covering["size"]:
        raise _altered(service, covering["size"])
    path = before.inclusion(position - 1, peaks_of(covering["leaves"]))
    if not verify_inclusion(position - 1, _leaf(service, checkpoint, sealed), path, checkpoint.size, checkpoint.root):
        zh = f"{service} 的第 {position} 条事件不是当时封存的事件；请执行 ./suishi audit verify。"
        raise Unprovable(say(zh, f"position {position} of {service} is not as it was sealed; run ./suishi audit verify."))
    return Inclusion(
        service=service,
        event_id=UUID(row["event_id"]),
        position=position,
        row=row,
        sealed=sealed,
        path=tuple(path),
        checkpoint=covering["note"],
        keys=tuple(key_ids(covering["note"])),
    )


async def prove_beginning(dsn: str, service: str, first: int, second: int) -> Consistency:
    """The tree of the first size is the beginning of the second's; the leaves between them are held in memory. Raises Unprovable."""
    if not 0 < first <= second:
        raise Unprovable(say("先给较小的检查点，再给较大的。", "name the smaller checkpoint first, then the larger one."))
    async with snapshot(dsn) as connection:
        rows = [await _checkpoint(connection, service, size) for size in (first, second)]
        before = await _tree(connection, service, first)
        leaves = peaks_of(b"".join([row["leaves"] or b"" for row in await connection.fetch(LEAVES, service, first, second)]))
    earlier, later = (_said(service, row) for row in rows)
    if before.size + len(leaves) != second:
        raise _altered(service, second)
    path = before.consistency(leaves)
    if not verify_consistency((earlier.size, earlier.root), (later.size, later.root), path):
        raise _altered(service, second)
    return Consistency(service=service, first=rows[0]["note"], second=rows[1]["note"], path=tuple(path))


async def _checkpoint(connection: asyncpg.Connection, service: str, size: int) -> asyncpg.Record:
    found = await connection.fetchrow(COVERING, service, min(size, LAST_SIZE))
    if found is None or found["size"] != size:
        near = "" if found is None else say(f"；下一个是 {found['size']}", f"; the next one is of size {found['size']}")
        zh = f"{service} 没有大小为 {size} 的检查点{near}。"
        raise Unprovable(say(zh, f"{service} has no checkpoint of size {size}{near}."))
    return found


def _said(service: str, row: asyncpg.Record) -> Checkpoint:
    try:
        return unverified(row["note"] or "")
    except BadNote as bad:
        raise _altered(service, row["size"]) from bad


def _leaf(service: str, checkpoint: Checkpoint, sealed: bytes) -> bytes:
    if checkpoint.leaves not in LEAF_HASHES:
        raise _altered(service, checkpoint.size)
    return LEAF_HASHES[checkpoint.leaves](sealed)


async def _tree(connection: asyncpg.Connection, service: str, size: int) -> Tree:
    """The tree at a checkpoint; the empty one before the first."""
    tree = Tree(size, peaks_of(await connection.fetchval(PEAKS, service, size) or b""))
    if not tree.sound:
        raise _altered(service, size)
    return tree


def _altered(service: str, size: int) -> Unprovable:
    zh = f"{service} 大小为 {size} 的检查点已被改动；请执行 ./suishi audit verify。"
    return Unprovable(say(zh, f"the checkpoint of size {size} of {service} was altered; run ./suishi audit verify."))
