"""What enrollment publishes of the procedure beside steps and decisions, and of deadlines between their start and their end."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from schemas.enrollment.events import CaseEvent, DeadlineEvent, HouseholdEvent
from schemas.message import Count, Day, Text


class CaseReopened(CaseEvent):
    """An appeal against a rejection was right; the case goes on, `undone` steps are done again."""

    TYPE: ClassVar = "suishi.enrollment.event.case-reopened.v1"
    episode: Count
    undone: tuple[Text, ...] = ()


class NoticePosted(CaseEvent):
    """The notice must hang until the end of `until`."""

    TYPE: ClassVar = "suishi.enrollment.event.notice-posted.v1"
    until: Day


class NoticeEnded(CaseEvent):
    """The notice has hung to the end of its last day and comes down; somebody has to close it."""

    TYPE: ClassVar = "suishi.enrollment.event.notice-ended.v1"


class ObjectionRaised(CaseEvent):
    """Somebody objected; the review is held again and the deadlines stand still."""

    TYPE: ClassVar = "suishi.enrollment.event.objection-raised.v1"


class EmergencyHelpStarted(CaseEvent):
    """Help came first; `case_id` is the case that is open, or will be when a visit confirms the clue."""

    TYPE: ClassVar = "suishi.enrollment.event.emergency-help-started.v1"


class AppealFiled(HouseholdEvent):
    """Somebody appealed against the event `decision_event_id`; the deadlines stand still."""

    TYPE: ClassVar = "suishi.enrollment.event.appeal-filed.v1"
    appeal_id: UUID
    decision_event_id: UUID


class AppealDecided(HouseholdEvent):
    """An appeal was right (approved) or not (rejected)."""

    TYPE: ClassVar = "suishi.enrollment.event.appeal-decided.v1"
    appeal_id: UUID
    outcome: Literal["approved", "rejected"]


class DeadlinePaused(DeadlineEvent):
    """It stands still with `left` days to go, in its own unit."""

    TYPE: ClassVar = "suishi.enrollment.event.deadline-paused.v1"
    left: Count


class DeadlineResumed(DeadlineEvent):
    """It runs again and must be met by `due`; of `unknown_years` no holidays were known, they go by the weekday."""

    TYPE: ClassVar = "suishi.enrollment.event.deadline-resumed.v1"
    due: Day
    unknown_years: tuple[Count, ...] = ()


class DeadlineDropped(DeadlineEvent):
    """What had to be done by `due` need not be done any more and nobody did it; from the day `on`, for this reason code.

    `due` is missing where it stood still.
    """

    TYPE: ClassVar = "suishi.enrollment.event.deadline-dropped.v1"
    due: Day | None = None
    on: Day
    reason: Text


class DeadlineEscalated(DeadlineEvent):
    """What is late went up to `to`; after `until` it goes up again."""

    TYPE: ClassVar = "suishi.enrollment.event.deadline-escalated.v1"
    level: Count
    to: Text
    until: Day | None = None


class EscalationEnded(DeadlineEvent):
    """What was late is done, or no longer to be done."""

    TYPE: ClassVar = "suishi.enrollment.event.escalation-ended.v1"
