"""PostgreSQL and Kafka as one thing that is started, used and stopped; or those that the environment names."""

import contextlib
import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from local.artifacts import locked
from local.download import download
from local.folder import throw_away_folder
from local.kafka import Kafka
from local.language import say
from local.passwords import passwords
from local.places import own_folder
from local.postgres import Postgres
from local.postgres_binaries import server_artifacts
from local.problem import Problem


@dataclass(frozen=True)
class Stack:
    """Where the two servers are; `administrator` and `pids` are empty when the environment named them."""

    folder: Path
    kafka: str
    database: str
    administrator: str = ""
    pids: tuple[int, ...] = ()


class Servers:
    """The two local servers over one folder of state, found again from any shell."""

    def __init__(self, folder: Path, *, throw_away: bool = False) -> None:
        self.folder = own_folder(folder.absolute())
        self.postgres = Postgres(self.folder, passwords(self.folder).database, throw_away=throw_away)
        self.kafka = Kafka(self.folder, throw_away=throw_away)

    def start(self) -> Stack:
        """Both at once, unless they run already; what a crashed run left half-made is made anew."""
        download(locked("kafka") + server_artifacts())
        _at_once(self.kafka.prepare, self.postgres.prepare)
        both = (self.kafka, self.postgres)
        for server in both:  # by this thread, not the pool's: a program dies with the thread that launched it
            if server.program.pid is None:
                server.launch()
        for server in both:
            server.wait()
        return self.stack()

    def stack(self) -> Stack:
        pids = tuple(pid for pid in (self.postgres.program.pid, self.kafka.program.pid) if pid)
        return Stack(self.folder, self.kafka.bootstrap, self.postgres.owner, self.postgres.administrator, pids)

    def stop(self) -> None:
        _at_once(self.kafka.stop, self.postgres.stop)


def _at_once(*tasks: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(tasks)) as pool:
        for future in [pool.submit(task) for task in tasks]:
            future.result()


def named_by_environment() -> Stack | None:
    """The servers that `SUISHI_KAFKA` and `SUISHI_DATABASE` name; None when neither does."""
    kafka, database = os.environ.get("SUISHI_KAFKA", ""), os.environ.get("SUISHI_DATABASE", "")
    if bool(kafka) != bool(database):
        zh = "SUISHI_KAFKA 与 SUISHI_DATABASE 须同时设置，或都不设置。"
        raise Problem(say(zh, "set both SUISHI_KAFKA and SUISHI_DATABASE, or neither."))
    return Stack(Path(), kafka, database) if kafka else None


@contextlib.contextmanager
def running(folder: Path | None = None, *, keep: bool = False) -> Generator[Stack]:
    """A running stack for the time of the block; without `keep` its data is throw-away and is never synced to the disk.

    Whatever happens to this process, the servers end: in order when the block ends, at once when the process is killed.
    """
    named = named_by_environment()
    if named:
        yield named
        return
    with contextlib.ExitStack() as cleaning:
        servers = Servers(folder or cleaning.enter_context(throw_away_folder()), throw_away=not keep)
        cleaning.callback(servers.stop)
        yield servers.start()
