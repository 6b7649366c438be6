"""Reads the logs of several services at once, a process for each, and hears how far each has come."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Generic, TypeAlias, TypeVar

from audit.services import AUDITED
from audit.snapshot import snapshot
from local.language import language, speak

Result = TypeVar("Result")
Tell: TypeAlias = Callable[[int, int], None]  # done, of how many
Heard: TypeAlias = Callable[[str, int, int], None]  # of which service: done, of how many
Work: TypeAlias = Callable[[str, Tell], Result]
HEAD: Final = "SELECT position FROM {schema}.log_head"
WORTH_A_PROCESS: Final = 50_000


def in_silence(service: str, done: int, total: int) -> None:
    """Nobody is told."""


def unheard(done: int, total: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class _Running(Generic[Result]):
    service: str
    process: BaseProcess
    said: Any  # the end of a pipe, whose type depends on the system


async def events(dsn: str, services: Sequence[str] = tuple(AUDITED)) -> int:
    """How many the logs hold together."""
    async with snapshot(dsn) as connection:
        return sum([await connection.fetchval(HEAD.format(schema=service)) or 0 for service in services])


def each(
    work: Work[Result], services: Sequence[str] = tuple(AUDITED), heard: Heard = in_silence, *, apart: bool
) -> Iterator[tuple[str, Result]]:
    """What `work` gives of each service, in their order: `apart` in processes side by side, otherwise here and one after the other.

    What `work` raises is raised here. Whoever stops listening ends the processes.
    """
    if not apart:
        yield from ((service, work(service, partial(heard, service))) for service in services)
        return
    running = [_start(work, service) for service in services]
    try:
        done: dict[str, Result] = {}
        for service in services:
            while service not in done:
                _hear(running, done, heard)
            yield service, done[service]
    finally:
        for one in running:
            one.process.terminate()
            one.process.join()


def _start(work: Work[Result], service: str) -> _Running[Result]:
    context = get_context("spawn")
    said, saying = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(saying, language(), work, service), daemon=True)
    with _uninterrupted():
        process.start()
    saying.close()
    return _Running(service, process, said)


@contextlib.contextmanager
def _uninterrupted() -> Generator[None]:
    """A process that is interrupted before it can keep silent prints a traceback."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(saying: Any, spoken: str, work: Work[Any], service: str) -> None:  # noqa: ANN401 - the other end
    """Ctrl-C ends it without a word: the one who started it speaks."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    speak(spoken)
    with contextlib.suppress(BrokenPipeError):
        try:
            saying.send(("done", work(service, lambda done, total: saying.send(("at", (done, total))))))
        except BrokenPipeError:
            raise
        except Exception as failure:  # noqa: BLE001 - raised again where it is heard
            saying.send(("failed", failure))


def _hear(running: Sequence[_Running[Result]], done: dict[str, Result], heard: Heard) -> None:
    by = {one.said: one for one in running if one.service not in done}
    for said in wait(list(by)):
        one = by[said]
        try:
            what, value = one.said.recv()
        except EOFError:
            one.process.join()
            message = f"the process that read the log of {one.service} ended with {one.process.exitcode}"
            raise ChildProcessError(message) from None
        match what:
            case "at":
                heard(one.service, *value)
            case "done":
                done[one.service] = value
            case _:
                raise value
