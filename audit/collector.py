"""Python's garbage collector, switched off while a log is read, or a command is imported."""

import contextlib
import gc
from collections.abc import Generator


@contextlib.contextmanager
def without_collector() -> Generator[None]:
    """What is made then holds no cycles, or stays; looking for cycles took up to a third of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
