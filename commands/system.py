"""The lasting local system under `.local/`, as up, down, status and reset know it."""

from pathlib import Path

from local.services import ROOT
from local.stack import Servers, Stack, named_by_environment

FOLDER = ROOT / ".local"


def folder() -> Path:
    FOLDER.mkdir(exist_ok=True)
    return FOLDER


def started() -> Stack:
    """The stack the environment names, else the local one, started when it does not run."""
    return named_by_environment() or Servers(folder()).start()


def masked(dsn: str) -> str:
    """A DSN without its password."""
    scheme, _, rest = dsn.partition("://")
    account, at, place = rest.rpartition("@")
    return f"{scheme}://{account.split(':')[0]}{at}{place}"
