"""Visits and what they found. Rows of the log as in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from pipeline.value import Value


class Finding(Value, frozen=True):
    """Something that is not right in the house; `risk` where it may lead to hardship."""

    finding: UUID
    kind: str
    text_sha256: str
    risk: str | None = None


class VisitRecorded(Event, frozen=True):
    """`paired` says whether the visitor was the paired cadre of the day, as far as it was known then.

    The items of the checklist are `met` or `unmet`; what is in neither was not looked at.
    """

    TOPIC: ClassVar = "assistance.visit-recorded"
    visit: UUID
    cadre: UUID
    on: date
    paired: bool
    met: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class FindingResolved(Event, frozen=True):
    TOPIC: ClassVar = "assistance.finding-resolved"
    finding: UUID
    on: date
    evidence_sha256: str


VisitEvent: TypeAlias = VisitRecorded | FindingResolved
