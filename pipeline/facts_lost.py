"""Facts that nobody can read any more, written down in the log: a person must ask the departments to send them again."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pipeline.decider import Event
from pipeline.set_aside import PLACES
from pipeline.store import Commit, Metadata, NewEvent
from pipeline.uuid5 import uuid5
from schemas.clock import COUNTY_TIME


class FactsLost(Event, frozen=True):
    """Kafka's retention removed the records from one offset to before another."""

    TOPIC: ClassVar = "pipeline.facts-lost"
    topic: str
    partition: int
    from_offset: int
    to_offset: int

    @property
    def stream(self) -> UUID:
        """Each partition has one of its own."""
        return uuid5(PLACES, f"{self.topic}/{self.partition}")


def written_down(lost: FactsLost, version: int, now: datetime) -> Commit:
    """The commit that says so, as that version of its stream, and goes on behind them."""
    stream = lost.stream
    metadata = Metadata(str(stream), str(stream), "suishi", "kafka", now.astimezone(COUNTY_TIME).date(), now)
    return Commit(events=[NewEvent(stream, version, lost, metadata)], offsets={(lost.topic, lost.partition): lost.to_offset})
