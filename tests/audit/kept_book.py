"""A register in memory whose events are kept as a log keeps them: with message, day and instant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from pipeline.envelope import Envelope
from pipeline.store import Metadata, Recorded
from services.enrollment.identify.directory import Directory
from tests.enrollment.book import Book


@dataclass
class KeptBook(Book):
    """Each message is recorded at the instant at which it was said."""

    kept: dict[UUID, list[Recorded]] = field(default_factory=lambda: defaultdict(list))

    def _one(self, said: Envelope, directory: Directory) -> None:
        before = len(self.log)
        super()._one(said, directory)
        valid_on = getattr(said.data, "valid_on", None) or said.on
        why = Metadata(said.correlation, said.id, said.actor, said.source, valid_on, said.time)
        for position, (stream, event) in enumerate(self.log[before:], before + 1):
            history = self.kept[stream]
            history.append(Recorded(position, stream, len(history) + 1, event, uuid5(stream, str(position)), why, said.time))
