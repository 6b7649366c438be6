"""What assistance is told about home visits."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias
from uuid import UUID

from services.assistance.domain.asked import Command
from services.assistance.domain.visits.visit_events import Finding


class VisitCommand(Command, frozen=True, kw_only=True):
    """Tells something about a home visit."""


class RecordVisit(VisitCommand, frozen=True, kw_only=True):
    """`cadre` visited on the local date `day`; items of the checklist are `met` or `unmet`, and not known where they are in neither."""

    visit: UUID
    cadre: UUID
    day: date
    met: frozenset[str] = frozenset()
    unmet: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


class ResolveFinding(VisitCommand, frozen=True, kw_only=True):
    """What a visit found is put right; the evidence is named by SHA-256."""

    finding: UUID
    evidence_sha256: str


AnyVisitCommand: TypeAlias = RecordVisit | ResolveFinding
