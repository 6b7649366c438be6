"""What else runs while something works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def turns_beside(work: Awaitable[T]) -> tuple[T, int]:
    """What the work came to, and how often something else had its turn meanwhile."""
    others, done = 0, asyncio.Event()

    async def other() -> None:
        nonlocal others
        while not done.is_set():
            others += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    result = await work
    done.set()
    await beside
    return result, others
