"""Ctrl-C is answered before anything has stopped."""

import contextlib
import signal
from collections.abc import Generator
from types import FrameType

from commands.app import steps
from local.language import say


@contextlib.contextmanager
def interruption_told() -> Generator[None]:
    """Ctrl-C is answered at once, for the stop itself takes a while; then whoever would have been told of it is."""
    before = signal.getsignal(signal.SIGINT)

    def tell(number: int, frame: FrameType | None) -> None:
        steps.print(say("正在停止……", "stopping ..."), highlight=False)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGINT, tell)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
