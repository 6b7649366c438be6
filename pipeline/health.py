"""What an orchestrator asks: /health/ready, /health/live and /metrics, over plain HTTP on loopback by default."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import orjson
import uvicorn
from prometheus_client import CollectorRegistry, make_asgi_app  # pyright: ignore[reportUnknownVariableType] - its bare Callable


class Measured(Protocol):
    """What a process counts, by whatever names."""

    @property
    def registry(self) -> CollectorRegistry: ...


M = TypeVar("M", bound=Measured)


Remarks: TypeAlias = Callable[[], Sequence[Mapping[str, object]]]


class Page(Protocol):
    """A service's own pages, an ASGI application for every path that begins with `prefix`: it reads, or publishes a message."""

    prefix: str

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None: ...  # noqa: ANN401 - the ASGI signature


@dataclass
class Health(Generic[M]):
    """`state` is starting, standby, ready or stopping; a standby is alive but not ready, and has no `page`.

    `remarks` is what the office is to know though all is ready, each with a `code` and a `remedy`.
    """

    service: str
    metrics: M
    state: str = "starting"
    lag: int = 0
    live: Callable[[], bool] = field(default=lambda: True)
    page: Page | None = None
    remarks: Remarks = field(default=tuple)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - the ASGI signature
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/metrics"):
            await make_asgi_app(self.metrics.registry)(scope, receive, send)
            return
        if self.page is not None and scope["path"].startswith(self.page.prefix):
            await self.page(scope, receive, send)
            return
        answers = {"/health/ready": self.state == "ready", "/health/live": self.live()}
        well = answers.get(scope["path"])
        status = 404 if well is None else 200 if well else 503
        remarks = {"remarks": [*self.remarks()]} if self.remarks() else {}
        body = orjson.dumps({"service": self.service, "state": self.state, "lag": self.lag, **remarks})
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    async def serve(self, address: str) -> None:
        """Until cancelled; `address` is host:port."""
        host, _, port = address.rpartition(":")
        page = _Page(
            uvicorn.Config(self, host=host, port=int(port), log_config=None, lifespan="off", access_log=False, timeout_graceful_shutdown=1)
        )
        try:
            await page.serve()
        finally:
            if page.started:
                await page.shutdown()


class _Page(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals belong to the service: its page answers until the last batch is committed."""
        yield
