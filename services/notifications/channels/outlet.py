"""What the delivery asks of a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from pipeline.value import Value
from schemas.notifications import Outcome


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
