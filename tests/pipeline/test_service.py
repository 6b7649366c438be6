"""The loops beside the handler outlive an outage, and nothing else."""

from __future__ import annotations

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError

from pipeline import service
from pipeline.service import steadily


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
