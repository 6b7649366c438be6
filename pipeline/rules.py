"""What a service adds to the path."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from pipeline.decider import Decider, Event
from pipeline.envelope import Envelope
from schemas.message import Message

F = TypeVar("F")
C = TypeVar("C")
S = TypeVar("S")
P = TypeVar("P")


@dataclass(frozen=True)
class Rules(Generic[F, C, S, P]):
    """`identify` asks for a whole batch at once, everything else is pure.

    `allowed` is what a topic may carry; of a topic in `heeded` only those types are looked at, the others change nothing here.
    A message of a type in `fans_out` tells many households something of their own: one that is parked holds back no other.
    Behind a message of a type in `ends_batch` the next one is looked up only when what it led to is stored.
    `hand_over` gives a command what the commands before it in the same message led to, in whatever stream (docs/decisions/0012).
    """

    decider: Decider[C, S, P]
    policy: P
    identify: Callable[[Sequence[Envelope]], Awaitable[Sequence[F]]]
    to_commands: Callable[[Envelope, F], Sequence[tuple[UUID, C]]]
    allowed: Mapping[str, Mapping[str, type[Message]]]
    event_topics: frozenset[str]
    heeded: Mapping[str, Mapping[str, type[Message]]] = field(default_factory=dict[str, Mapping[str, type[Message]]])
    fans_out: frozenset[type[Message]] = frozenset()
    ends_batch: frozenset[type[Message]] = frozenset()
    hand_over: Callable[[C, Sequence[Event]], C] = lambda command, _events: command

    def passed_over(self) -> dict[str, frozenset[bytes]]:
        """The types of each topic that need not even be read."""
        unheeded = {
            topic: frozenset(name.encode() for name in self.allowed[topic] if name not in types) for topic, types in self.heeded.items()
        }
        return {topic: names for topic, names in unheeded.items() if names}
