"""What happens to a case beside its steps; rows of the log like those in `events`."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event

EndReason: TypeAlias = Literal["withdrawn", "voided", "died", "moved-out", "dissolved"]


class CaseEnded(Event, frozen=True):
    """A case is over without a decision of the county on entry or exit; `by` is "" where a fact ended it and nobody."""

    TOPIC: ClassVar = "enrollment.case-ended"
    case: UUID
    episode: int
    reason: EndReason
    by: str = ""
    reason_sha256: str | None = None
