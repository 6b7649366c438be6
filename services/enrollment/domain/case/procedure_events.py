"""What happens to a case beside its steps; rows of the log like those in `events`."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event

EndReason: TypeAlias = Literal["withdrawn", "voided", "died", "moved-out", "dissolved"]


class ProcedureEvent(Event, frozen=True):
    """Base of the events of this module."""


class CaseEnded(ProcedureEvent, frozen=True):
    """A case is over without a decision of the county on entry or exit; `by` is "" where a fact ended it and nobody."""

    TOPIC: ClassVar = "enrollment.case-ended"
    case: UUID
    episode: int
    reason: EndReason
    by: str = ""
    reason_sha256: str | None = None


class CaseReopened(ProcedureEvent, frozen=True):
    """An appeal against a rejection was right: the case goes on, the steps `undone` are done again."""

    TOPIC: ClassVar = "enrollment.case-reopened"
    case: UUID
    episode: int
    undone: tuple[str, ...] = ()


class NoticePosted(ProcedureEvent, frozen=True):
    """`until` is the last local date on which it must hang; `type` is what the machine finds on the way in; the county decides."""

    TOPIC: ClassVar = "enrollment.notice-posted"
    case: UUID
    by: str
    until: date
    type: str | None = None


class NoticeEnded(ProcedureEvent, frozen=True):
    """It has hung to the end of its last day and comes down; somebody has to close it."""

    TOPIC: ClassVar = "enrollment.notice-ended"
    case: UUID


class ObjectionRaised(ProcedureEvent, frozen=True):
    TOPIC: ClassVar = "enrollment.objection-raised"
    case: UUID
    by: str
    grounds_sha256: str


class EmergencyHelpStarted(ProcedureEvent, frozen=True):
    """`case` is the one that is open, or will be when a visit confirms the clue."""

    TOPIC: ClassVar = "enrollment.emergency-help-started"
    case: UUID
    by: str
    reason_sha256: str


class AppealFiled(ProcedureEvent, frozen=True):
    """`appeal` is its own id, `decision` the event against which it is; `decided_by` took that decision, in `case`."""

    TOPIC: ClassVar = "enrollment.appeal-filed"
    appeal: UUID
    decision: UUID
    by: str
    grounds_sha256: str
    decided_by: str = ""
    case: UUID | None = None


class AppealDecided(ProcedureEvent, frozen=True):
    TOPIC: ClassVar = "enrollment.appeal-decided"
    appeal: UUID
    outcome: Literal["approved", "rejected"]
    by: str
    reason_sha256: str


AnyProcedureEvent: TypeAlias = (
    CaseEnded | CaseReopened | NoticePosted | NoticeEnded | ObjectionRaised | EmergencyHelpStarted | AppealFiled | AppealDecided
)
