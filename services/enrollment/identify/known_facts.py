"""What one batch knows of facts: where each was told, which were taken back, and which wait because nobody could place them yet; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from services.enrollment.domain.fact import Fact


@dataclass
class KnownFacts:
    """`waiting` has them by the stream in which they wait; `streams_of` the streams in which a fact was told, by its id."""

    waiting: dict[UUID, list[Fact]] = field(default_factory=dict[UUID, list[Fact]])
    streams_of: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])
    withdrawn: set[UUID] = field(default_factory=set[UUID])
    _arrived: dict[UUID, int] = field(init=False, default_factory=dict[UUID, int])
    _count: Iterator[int] = field(init=False, default_factory=count)

    def wait(self, stream: UUID, fact: Fact) -> None:
        """Until somebody registers whom it is about."""
        self.waiting.setdefault(stream, []).append(fact)
        self._arrive(fact.id)

    def take(self, stream: UUID, to: UUID) -> tuple[Fact, ...]:
        """What waited there waits no longer: it is told in another stream, and taken back there."""
        facts = tuple(self.waiting.pop(stream, ()))
        self.streams_of |= {fact.id: [to] for fact in facts}
        return facts

    def copy(self, stream: UUID, to: UUID) -> tuple[Fact, ...]:
        """What waits there is told in another stream as well, and waits on for others."""
        facts = tuple(self.waiting.get(stream, ()))
        for fact in facts:
            self.streams_of.setdefault(fact.id, [stream]).append(to)
        return facts

    def withdraw(self, fact: UUID) -> None:
        self.withdrawn.add(fact)
        for stream, facts in self.waiting.items():
            self.waiting[stream] = [kept for kept in facts if kept.id != fact]

    def _arrive(self, fact: UUID) -> None:
        """Last of all, as in the log: what waits with somebody else from here on arrives there anew."""
        self._arrived[fact] = next(self._count)

    def in_order(self, facts: Iterable[Fact]) -> list[Fact]:
        """As they came, whoever they waited for."""
        return sorted(facts, key=lambda fact: self._arrived.get(fact.id, 0))
