"""What the tests of the store write: two households, a topic of facts and a topic of events."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from pipeline.envelope import Record
from pipeline.store import Commit, Partition, SetAside, Store
from tests.pipeline.conftest import noted

ZHANG, LI = UUID(int=1), UUID(int=2)
FACTS: Final[Partition] = ("facts", 0)
EVENTS: Final[Partition] = ("events", 0)
HEADERS: Final = (("ce_id", b"1"), ("ce_id", b"again"), ("empty", None), ("name", "古丽·买买提".encode()), ("bytes", b"\x00\xff"))


def parked(number: int, stream: UUID | None = LI) -> SetAside:
    record = Record("facts", 0, number, 1_609_819_200_000, None, b"\xff{\x00", HEADERS)
    return SetAside(UUID(int=number), record, stream, "household.parked", "message", "waits · 𠮷", "redrive it")


def first_batch() -> Commit:
    return Commit(
        inbox={b"first": b"content"}, events=[noted(ZHANG, 1)], offsets={FACTS: 1}, cursors={EVENTS: 1}, set_aside=[parked(1)]
    )  # fmt: skip


def next_batch(version: int = 2, digest: bytes = b"second", text: str = "a note") -> Commit:
    """Changes everything that a commit can change."""
    return Commit(
        inbox={digest: b"content"}, events=[noted(LI, 1), noted(ZHANG, version, text)],
        offsets={FACTS: 2, ("facts", 1): 7}, cursors={EVENTS: 2}, set_aside=[parked(2), parked(3, stream=None)], redriven=[UUID(int=1)],
    )  # fmt: skip


async def everything(store: Store) -> dict[str, object]:
    """All that a store can be asked for."""
    return {
        "head": await store.head(),
        "after": await store.after(0, 100),
        "histories": await store.histories([ZHANG, LI]),
        "offsets": await store.offsets("kafka"),
        "cursors": await store.cursors(),
        "seen": await store.seen([b"first", b"second"]),
        "parked": await store.parked([ZHANG, LI]),
        "waiting": await store.waiting([UUID(int=number) for number in range(1, 5)]),
        "unpublished": await store.unpublished(100),
        "checkpoint": await store.checkpoint(),
    }
