"""PostgreSQL and Kafka as one thing that is started, used and stopped; or those that the environment names."""

import contextlib
import os
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from local.artifacts import locked
from local.download import download
from local.folder import throw_away_folder
from local.kafka import Kafka
from local.language import say
from local.passwords import Passwords, passwords
from local.places import own_folder
from local.postgres import Postgres
from local.postgres_binaries import server_artifacts
from local.problem import Problem
from pipeline.kafka import Connection
from pipeline.settings import secret
from schemas.access import ADMINISTRATOR, RIGHTS


@dataclass(frozen=True)
class Stack:
    """Where the two servers are, as their administrator and as the database's owner.

    `administrator` (the database's superuser), `pids` and `secrets` are empty when the environment named them.
    """

    folder: Path
    kafka: Connection
    database: str
    administrator: str = ""
    pids: tuple[int, ...] = ()
    secrets: Passwords | None = field(default=None, repr=False)

    def kafka_as(self, user: str) -> Connection:
        """Kafka as one of its users; as whom the environment says where it named the servers."""
        return replace(self.kafka, user=user, password=self.secrets.of(user)) if self.secrets else self.kafka

    def database_as(self, role: str) -> str:
        """The DSN of one of the database's roles; the only one there is where the environment named the servers."""
        if self.secrets is None:
            return self.database
        owner = urlsplit(self.database)
        return urlunsplit(owner._replace(netloc=f"{role}:{self.secrets.of(role)}@{owner.netloc.rpartition('@')[2]}"))


class Servers:
    """The two local servers over one folder of state, found again from any shell."""

    def __init__(self, folder: Path, *, throw_away: bool = False) -> None:
        self.folder = own_folder(folder.absolute())
        self._secrets = passwords(self.folder)
        self.postgres = Postgres(self.folder, self._secrets.database, throw_away=throw_away)
        self.kafka = Kafka(self.folder, {user: self._secrets.of(user) for user in (ADMINISTRATOR, *RIGHTS)}, throw_away=throw_away)

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
        return Stack(self.folder, self.kafka.connection, self.postgres.owner, self.postgres.administrator, pids, self._secrets)

    def stop(self) -> None:
        _at_once(self.kafka.stop, self.postgres.stop)


def _at_once(*tasks: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(tasks)) as pool:
        for future in [pool.submit(task) for task in tasks]:
            future.result()


def named_by_environment() -> Stack | None:
    """The servers that `SUISHI_KAFKA` and `SUISHI_DATABASE` name; None when neither does."""
    kafka, database = named_kafka(), named_secret("SUISHI_DATABASE")
    if bool(kafka) != bool(database):
        zh = "SUISHI_KAFKA 与 SUISHI_DATABASE 须同时设置，或都不设置。"
        raise Problem(say(zh, "set both SUISHI_KAFKA and SUISHI_DATABASE, or neither."))
    return Stack(Path(), kafka, database) if kafka else None


def named_kafka() -> Connection | None:
    """The Kafka that `SUISHI_KAFKA` names, with the user, the password and the authority that stand beside it."""
    servers, authority = os.environ.get("SUISHI_KAFKA", ""), os.environ.get("SUISHI_KAFKA_CA", "")
    user, password = os.environ.get("SUISHI_KAFKA_USER", ""), named_secret("SUISHI_KAFKA_PASSWORD")
    return Connection(servers, user, password, Path(authority) if authority else None) if servers else None


def named_secret(name: str) -> str:
    """A secret of the environment or of the file that it names; empty where there is none."""
    try:
        return secret(name)
    except OSError as failure:
        raise Problem(
            say(f"无法读取 {failure.filename}：{failure.strerror}", f"cannot read {failure.filename}: {failure.strerror}")
        ) from failure


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
