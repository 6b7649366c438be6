"""The health page says how its service is in each state, until the end."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest

from pipeline.health import Health
from pipeline.metrics import metrics


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@asynccontextmanager
async def served(health: Health) -> AsyncIterator[str]:
    """The address of its page for the time of the block."""
    address = free_address()
    page = asyncio.create_task(health.serve(address))
    for _ in range(200):
        try:
            await ask(address, "/")
        except OSError:
            await asyncio.sleep(0.02)
        else:
            break
    yield address
    page.cancel()
    await asyncio.gather(page, return_exceptions=True)


async def ask(address: str, path: str) -> tuple[int, bytes]:
    def asked() -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(address, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    return await asyncio.to_thread(asked)


@pytest.mark.parametrize(
    ("state", "lives", "ready", "live"),
    [
        ("starting", True, 503, 200),
        ("standby", True, 503, 200),
        ("ready", True, 200, 200),
        ("ready", False, 200, 503),
        ("stopping", True, 503, 200),
    ],
)
async def test_only_a_writer_is_ready_and_only_one_that_reads_is_alive(state: str, *, lives: bool, ready: int, live: int) -> None:
    health = Health("houses", metrics("houses"), state, lag=7, live=lambda: lives)
    async with served(health) as address:
        answers = [await ask(address, path) for path in ("/health/ready", "/health/live")]
    assert [status for status, _ in answers] == [ready, live]
    assert [orjson.loads(body) for _, body in answers] == [{"service": "houses", "state": state, "lag": 7}] * 2


async def test_what_the_office_is_to_know_though_all_is_ready_stands_beside_the_state() -> None:
    remark = {"code": "channel.not-configured", "remedy": "set it up"}
    async with served(Health("houses", metrics("houses"), "ready", remarks=lambda: [remark])) as address:
        status, body = await ask(address, "/health/ready")
    assert (200, {"service": "houses", "state": "ready", "lag": 0, "remarks": [remark]}) == (status, orjson.loads(body))


async def test_metrics_are_served_as_prometheus_reads_them() -> None:
    health = Health("houses", metrics("houses"))
    health.metrics.events.inc(3)
    health.metrics.dead_letters.labels("data.invalid").inc()
    async with served(health) as address:
        status, page = await ask(address, "/metrics")
    assert status == 200
    assert b"suishi_houses_events_total 3.0" in page
    assert b'suishi_houses_dead_letters_total{reason="data.invalid"} 1.0' in page


async def test_any_other_path_is_not_found() -> None:
    async with served(Health("houses", metrics("houses"), "ready")) as address:
        assert [(await ask(address, path))[0] for path in ("/", "/health", "/health/readyy")] == [404, 404, 404]


async def test_the_page_goes_with_its_task() -> None:
    async with served(Health("houses", metrics("houses"), "ready")) as address:
        pass
    with pytest.raises(OSError, match="refused"):
        await ask(address, "/")


async def test_a_service_that_is_told_to_stop_says_so_until_it_has_stopped() -> None:
    stop, health = asyncio.Event(), Health("houses", metrics("houses"), "ready")
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with served(health) as address:
        before, _ = await ask(address, "/health/ready")
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()
        health.state = "stopping"
        await asyncio.sleep(0.2)  # time enough for a page that takes the signal for its own to close
        after, _ = await asyncio.wait_for(ask(address, "/health/ready"), timeout=5)
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    assert (before, after) == (200, 503)
