"""What one batch knows of facts: which were taken back before they came, and which wait because nobody could place them yet; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from services.enrollment.domain.fact import Fact


@dataclass
class KnownFacts:
    """`waiting` has them by the stream in which they wait; `streams_of`, by its id, where a fact is that is taken back."""

    waiting: dict[UUID, list[Fact]] = field(default_factory=dict[UUID, list[Fact]])
    streams_of: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])
    withdrawn: set[UUID] = field(default_factory=set[UUID])
    _arrived: dict[UUID, int] = field(init=False, default_factory=dict[UUID, int])

    def wait(self, stream: UUID, fact: Fact) -> None:
        """Until somebody registers whom it is about."""
        self.waiting.setdefault(stream, []).append(fact)
        self._arrived.setdefault(fact.id, len(self._arrived))

    def at(self, stream: UUID) -> tuple[Fact, ...]:
        return tuple(self.waiting.get(stream, ()))

    def take(self, stream: UUID) -> tuple[Fact, ...]:
        """They wait no longer."""
        return tuple(self.waiting.pop(stream, ()))

    def part(self, stream: UUID, facts: Iterable[Fact], to: UUID) -> None:
        """These wait in a stream of their own from here on."""
        parted = {fact.id: fact for fact in facts}
        if parted:
            self.waiting[stream] = [fact for fact in self.waiting[stream] if fact.id not in parted]
            self.waiting.setdefault(to, []).extend(parted.values())

    def in_order(self, facts: Iterable[Fact]) -> list[Fact]:
        """As they came, whoever they waited for."""
        return sorted(facts, key=lambda fact: self._arrived.get(fact.id, 0))
