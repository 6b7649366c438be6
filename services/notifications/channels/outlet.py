"""What a channel's file says of itself, and what the delivery asks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from pipeline.settings import Settings
from pipeline.value import Value
from schemas.notifications import Outcome
from services.notifications.domain.policy import Limit


class Away(Exception):  # noqa: N818 - it says what is so
    """The channel's server cannot be spoken to now: nothing was begun, nothing is lost."""


class Letter(Value, frozen=True):
    """A notification as its recipient reads it; `to` is his address on the channel, None where he has none there any more.

    `brief` is its text for where there is little room, empty where the text is as short as it gets. `link` is where he acknowledges it,
    None where there is no such place. A daily digest goes by an id of its own, and says which
    notifications are `listed` in it.
    """

    notification: UUID
    correlation: str
    to: str | None
    subject: str
    text: str
    link: str | None = None
    listed: tuple[UUID, ...] = ()
    brief: str = ""


class Outlet(Protocol):
    """The way to the server of one kind of channel."""

    kind: str

    @property
    def is_open(self) -> bool:
        """Whether another letter can be sent without `open`."""
        ...

    async def open(self) -> None:
        """Raises `Away`."""
        ...

    async def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Outcome]:
        """One call with letters of the same words, each with an address; raises nothing that a letter or a server can cause.

        Of a letter that is not in the answer nobody knows what became of it.
        """
        ...

    async def close(self) -> None:
        """Also when it was never opened."""
        ...


@dataclass(frozen=True)
class Channel:
    """A file of this package has one as its `CHANNEL`; its kind is the name of the file, with - for _.

    `outlet` gives the way out, None where the county has not set it up: what is to go by it waits then, and `remedy` says what to set.
    `limit` holds where the pack has none. `account` says, while the way is open, whose an address is, where it may be written in several
    ways. `address` is what a recipient's `to` looks like, of a kind without a class in `schemas`.
    """

    outlet: Callable[[Settings], Outlet | None]
    remedy: str = ""
    limit: Limit = field(default_factory=Limit)
    account: Callable[[str], str] = str
    address: str = ".+"
