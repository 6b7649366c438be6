"""The health page says how its service is, until the end."""

import asyncio
import os
import signal
from contextlib import closing
from socket import socket

from pipeline.health import Health
from pipeline.metrics import metrics


def free_port() -> int:
    with closing(socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def status(port: int, path: str) -> int:
    """As soon as somebody listens."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)
            continue
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        line = await reader.readline()
        writer.close()
        return int(line.split()[1])


async def test_a_service_that_is_told_to_stop_says_so_until_it_has_stopped() -> None:
    port, stop = free_port(), asyncio.Event()
    health = Health("enrollment", metrics("enrollment"), "ready")
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    page = asyncio.create_task(health.serve(f"127.0.0.1:{port}"))
    before = await status(port, "/health/ready")

    os.kill(os.getpid(), signal.SIGTERM)
    await stop.wait()
    health.state = "stopping"
    await asyncio.sleep(0.2)  # time enough for a page that takes the signal for its own to close
    after = await asyncio.wait_for(status(port, "/health/ready"), timeout=5)

    page.cancel()
    await asyncio.gather(page, return_exceptions=True)
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    assert (200, 503) == (before, after)
