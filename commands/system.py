"""The lasting local system under `.local/`, as up, down, status and reset know it."""

from pathlib import Path

from local.services import ROOT, all_in, stop_all
from local.stack import Servers, Stack, named_by_environment

FOLDER = ROOT / ".local"


def folder() -> Path:
    FOLDER.mkdir(exist_ok=True)
    return FOLDER


def started() -> Stack:
    """The stack the environment names, else the local one, started when it does not run."""
    return named_by_environment() or Servers(folder()).start()


def anything_runs() -> bool:
    """One of our servers or services."""
    return any(_running())


def everything_runs() -> bool:
    """All of our servers and services."""
    return all(_running())


def _running() -> list[bool]:
    servers = Servers(folder())
    return [one.program.pid is not None for one in (servers.kafka, servers.postgres, *all_in(folder()))]


def stop() -> None:
    """The services, then the servers; their data stays."""
    stop_all(folder())
    Servers(folder()).stop()


def masked(dsn: str) -> str:
    """A DSN without its password."""
    scheme, _, rest = dsn.partition("://")
    account, at, place = rest.rpartition("@")
    return f"{scheme}://{account.split(':')[0]}{at}{place}"
