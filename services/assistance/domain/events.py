"""What happened to a household's plan and its measures, as the log keeps it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from services.assistance.domain.care.care_events import AnyCareEvent
from services.assistance.domain.care.merge_events import MergeEvent
from services.assistance.domain.pairing.pairing_events import (
    CadreAnswers,
    CadreAssigned,
    CadreLeft,
    CadreMissing,
    CadreReleased,
    HouseholdEnded,
    HouseholdPlaced,
)
from services.assistance.domain.referrals.referral import UnmatchedAnswer
from services.assistance.domain.referrals.referral_events import ReferralEvent
from services.assistance.domain.told_days import DayTold
from services.assistance.domain.visits.visit_events import FindingResolved, VisitRecorded


class PlanOpened(Event, frozen=True):
    """`before` is the plan of the last time that the household was enrolled; `more_bases` are base items beside the first."""

    TOPIC: ClassVar = "assistance.plan-opened"
    plan: UUID
    episode: int
    base: UUID
    measures: tuple[UUID, ...]
    before: UUID | None = None
    more_bases: tuple[UUID, ...] = ()


class MeasureProposed(Event, frozen=True):
    """`taken_over` says that the measure had begun before this log, so that nobody is asked for it.

    `amount_fen` is all of it, `from_day` and `to_day` are local dates; None where nobody said. `owner` is the role that answers for a
    base item.
    """

    TOPIC: ClassVar = "assistance.measure-proposed"
    measure: UUID
    plan: UUID
    kind: str
    department: str
    answers: tuple[str, ...]
    base: bool
    due: date
    taken_over: bool = False
    amount_fen: int | None = None
    from_day: date | None = None
    to_day: date | None = None
    owner: str | None = None


class MeasureAccepted(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-accepted"
    measure: UUID
    on: date


class MeasureStarted(Event, frozen=True):
    """`episode` is that of its plan, which may be closed by now; a log from before does not say it."""

    TOPIC: ClassVar = "assistance.measure-started"
    measure: UUID
    on: date
    episode: int | None = None


class MeasureDelivered(Event, frozen=True):
    """`episode` as of `MeasureStarted`."""

    TOPIC: ClassVar = "assistance.measure-delivered"
    measure: UUID
    on: date
    evidence_sha256: str | None
    episode: int | None = None


class MeasureDeclined(Event, frozen=True):
    """`reason_sha256` is None where the department said so on its own topic: its words stay with enrollment."""

    TOPIC: ClassVar = "assistance.measure-declined"
    measure: UUID
    on: date
    reason_sha256: str | None = None


class MeasureEnded(Event, frozen=True):
    """By somebody, who gave a reason, or `because` of what happened to its household or to the risks that it answers.

    A log from before does not say which.
    """

    TOPIC: ClassVar = "assistance.measure-ended"
    measure: UUID
    on: date
    reason_sha256: str | None = None
    because: Literal["risk-resolved", "plan-closed", "household-ended"] | None = None


class MeasureOverdue(Event, frozen=True):
    """It had not begun until `due`."""

    TOPIC: ClassVar = "assistance.measure-overdue"
    measure: UUID
    kind: str
    department: str
    due: date


class PlanRevised(Event, frozen=True):
    """A risk of the plan is no more, or is there again (`open`); what that means for measures is told beside it."""

    TOPIC: ClassVar = "assistance.plan-revised"
    plan: UUID
    risk: str
    on: date
    open: bool


class RiskLeftUnanswered(Event, frozen=True):
    """Somebody wrote down why no measure answers a risk."""

    TOPIC: ClassVar = "assistance.risk-left-unanswered"
    plan: UUID
    risk: str
    reason_sha256: str


class PlanClosed(Event, frozen=True):
    """`running` are the measures that run on to their natural end."""

    TOPIC: ClassVar = "assistance.plan-closed"
    plan: UUID
    on: date
    running: tuple[UUID, ...] = ()


class CommandRefused(Event, frozen=True):
    """Where the stream is a care file's, `household` and `person` say whose; `limit` is the figure or day that decided.

    `unmatched` is a department's answer that may have been read before what asks for it.
    """

    TOPIC: ClassVar = "assistance.command-refused"
    command: str
    reason_code: str
    household: UUID | None = None
    person: UUID | None = None
    limit: str | None = None
    unmatched: UnmatchedAnswer | None = None


AnyEvent: TypeAlias = (
    CadreAssigned
    | PlanOpened
    | MeasureProposed
    | MeasureAccepted
    | MeasureStarted
    | MeasureDelivered
    | MeasureDeclined
    | MeasureEnded
    | MeasureOverdue
    | PlanRevised
    | RiskLeftUnanswered
    | PlanClosed
    | CommandRefused
    | ReferralEvent
    | HouseholdPlaced
    | HouseholdEnded
    | CadreReleased
    | CadreLeft
    | CadreMissing
    | CadreAnswers
    | VisitRecorded
    | FindingResolved
    | AnyCareEvent
    | MergeEvent
    | DayTold
)
