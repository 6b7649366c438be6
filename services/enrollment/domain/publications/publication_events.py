"""What the county publishes for an area, each area in a stream of its own; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pipeline.decider import Event
from services.enrollment.domain.pack.lines import Assignment, Line


class LinePublished(Event, frozen=True):
    """`takes_effect` is the local date whose beginning judges the households concerned anew: its first, or the next where that is past."""

    TOPIC: ClassVar = "enrollment.line-published"
    line: Line
    takes_effect: date
    document_sha256: str


class PackPublished(Event, frozen=True):
    """`pack_sha256` is the content that the pack had in the release which took the publication."""

    TOPIC: ClassVar = "enrollment.pack-published"
    assignment: Assignment
    pack_sha256: str
    document_sha256: str
