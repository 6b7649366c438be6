"""What the path asks of a store, and the values it hands over; PostgreSQL and the memory both promise it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple, Protocol, TypeAlias
from uuid import UUID

import asyncpg

from pipeline.decider import Event
from pipeline.envelope import Record
from pipeline.value import Value

Partition: TypeAlias = tuple[str, int]

# What goes away by itself (SQLSTATE classes 08, 40, 53, 57): the batch is read again, no message is to blame.
OUTAGES: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # raised instead of the others where the server's farewell came between two queries
    asyncpg.TransactionRollbackError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


class NewerRelease(Exception):  # noqa: N818 - it says what is so
    """The log holds what this release cannot read; it must end before it decides on half a history."""

    def __init__(self, topic: str, version: int | None = None) -> None:
        what = topic if version is None else f"version {version} of {topic}"
        super().__init__(f"the log holds {what}, which this release does not know; start the release that wrote it, or a later one")


class Unreadable(Exception):  # noqa: N818 - it says what is so
    """A stored event does not fit its class: what concerns its stream is parked, and the others go on."""


def readable(history: list[Event] | Unreadable) -> list[Event]:
    """Raises `Unreadable`."""
    if isinstance(history, Unreadable):
        raise history
    return history


class Metadata(NamedTuple):
    """Why an event happened: `occurred_at` is the UTC instant of its cause, `valid_on` the local date it holds from.

    A tuple, as `NewEvent` is: their fields become the columns of one statement.
    """

    correlation: str
    causation: str
    actor: str
    source: str
    valid_on: date
    occurred_at: datetime


class NewEvent(NamedTuple):
    """An event on its way into the log; `version` counts from 1 in its stream."""

    stream: UUID
    version: int
    event: Event
    metadata: Metadata


class Recorded(Value, frozen=True):
    """An event of the log; positions are dense and in commit order."""

    position: int
    stream: UUID
    version: int
    event: Event
    event_id: UUID
    metadata: Metadata
    recorded_at: datetime


class SetAside(Value, frozen=True):
    """A record that was refused (`stream` is None, nothing waits for it) or parked (its household waits)."""

    id: UUID
    record: Record
    stream: UUID | None
    reason: str
    field: str
    problem: str
    remedy: str


@dataclass(slots=True)
class Commit:
    """Everything that one consumed batch changes, in one transaction."""

    inbox: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    events: list[NewEvent] = field(default_factory=list[NewEvent])
    offsets: dict[Partition, int] = field(default_factory=dict[Partition, int])
    cursors: dict[Partition, int] = field(default_factory=dict[Partition, int])
    set_aside: list[SetAside] = field(default_factory=list[SetAside])
    redriven: list[UUID] = field(default_factory=list[UUID])


class Checkpoint(Value, frozen=True):
    """How far the relay came: log position, and the next offset of each partition it wrote."""

    position: int
    ends: Mapping[Partition, int]


class Fenced(Exception):  # noqa: N818 - it says what is so
    """Another writer took over this log; this process must end without another write."""


class StreamMoved(Exception):  # noqa: N818
    """A stream already holds the version that was to be appended."""


class Unwritable(Exception):  # noqa: N818
    """The database refused a value of this commit; one message of the batch carries it."""


class Gap(Exception):  # noqa: N818
    """The log misses a position: rows were removed, and nothing may go on as if they had not been."""


# What the server says of a value; whatever else it says, of its disk, its rights or itself, would refuse a whole topic.
OF_A_VALUE: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError)
OF_NO_VALUE: Final = (*OUTAGES, asyncpg.PostgresError, NewerRelease, Fenced, StreamMoved)


def blames_a_message(error: Exception) -> bool:
    """Can one message of a batch be the cause? Else the batch is read again, or the process ends."""
    return isinstance(error, OF_A_VALUE) or not isinstance(error, OF_NO_VALUE)


class Store(Protocol):
    """The log of one service with all that moves together with it."""

    async def lead(self) -> None:
        """Become the writer: whatever an earlier leader writes later raises `Fenced`."""
        ...

    async def offsets(self, cluster: str) -> dict[Partition, int]:
        """Where to read on in this Kafka cluster; what is committed from now on counts there."""
        ...

    async def cursors(self) -> dict[Partition, int]: ...

    async def seen(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        """The content digest of each message that was handled before."""
        ...

    async def histories(self, streams: Sequence[UUID]) -> dict[UUID, list[Event] | Unreadable]: ...

    async def parked(self, streams: Sequence[UUID]) -> dict[UUID, list[UUID]]:
        """The rows that wait for each stream, oldest first."""
        ...

    async def waiting(self, rows: Sequence[UUID]) -> dict[UUID, UUID | None]:
        """Those of these set-aside rows that were not redriven, with the stream they are parked for (None: refused)."""
        ...

    async def commit(self, commit: Commit) -> list[Recorded]:
        """All of it or nothing; raises `Fenced`, `StreamMoved` or `Unwritable`."""
        ...

    async def after(self, position: int, limit: int) -> list[Recorded]:
        """The next events in order; raises `Gap`."""
        ...

    async def head(self) -> int: ...

    async def checkpoint(self) -> Checkpoint: ...

    async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Raises `Fenced`."""
        ...

    async def unpublished(self, limit: int) -> list[SetAside]:
        """Refused records whose notice has not yet gone to the dead-letter topic."""
        ...

    async def mark_published(self, ids: Sequence[UUID]) -> None:
        """Raises `Fenced`."""
        ...
