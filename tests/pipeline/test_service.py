"""The loops beside the handler outlive an outage, and nothing else; at the end they end."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError

from pipeline import service
from pipeline.service import end, steadily


async def test_a_loop_begins_anew_after_every_outage_and_ends_with_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0)
    ends = [KafkaConnectionError("away"), OSError("cut"), asyncpg.CannotConnectNowError("starting"), ZeroDivisionError("a bug of ours")]
    begun: list[Exception] = []

    async def work() -> None:
        begun.append(ends[len(begun)])
        raise begun[-1]

    with pytest.raises(ZeroDivisionError):
        await steadily(work)
    assert ends == begun


async def test_a_loop_whose_cancellation_was_swallowed_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FAREWELL_SECONDS", 0.01)
    swallowed: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            swallowed.append("once")
        await asyncio.sleep(60)

    async def broken() -> None:
        raise ZeroDivisionError

    tasks = [asyncio.create_task(work()), asyncio.create_task(broken())]
    await asyncio.sleep(0)
    await asyncio.wait_for(end(tasks), 5)
    assert swallowed == ["once"]
    assert [task.cancelled() for task in tasks] == [True, False]
