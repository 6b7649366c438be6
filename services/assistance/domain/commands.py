"""What assistance is asked."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias
from uuid import UUID

from pipeline.value import Value
from services.assistance.domain.asked import Command
from services.assistance.domain.care.care_commands import AnyCareCommand
from services.assistance.domain.care.merge_commands import AnyPersonCommand
from services.assistance.domain.pairing.pairing_commands import AnyPairingCommand
from services.assistance.domain.referrals.referral_commands import AnswerReferral
from services.assistance.domain.visits.visit_commands import AnyVisitCommand


class Help(Value, frozen=True):
    """A measure that had begun before this log; `answers` is "base" or a risk."""

    answers: str
    to: Literal["started", "delivered"]


class OpenPlan(Command, frozen=True, kw_only=True):
    case: UUID
    episode: int
    risks: tuple[str, ...]
    before: tuple[Help, ...] = ()


class AnswerRisk(Command, frozen=True, kw_only=True):
    risk: str


class AdvanceMeasure(Command, frozen=True, kw_only=True):
    """A department accepts, starts or delivers; a delivery names its evidence by SHA-256."""

    measure: UUID
    to: Literal["accepted", "started", "delivered"]
    evidence_sha256: str | None = None


class DeclineMeasure(Command, frozen=True, kw_only=True):
    """A department does not do what it was asked for; its own topic leaves its reason with enrollment."""

    measure: UUID
    reason_sha256: str | None


class EndMeasure(Command, frozen=True, kw_only=True):
    measure: UUID
    reason_sha256: str


class Draft(Value, frozen=True):
    """A measure that somebody adds to a plan; `amount_fen` in all, `from_day` and `to_day` local dates."""

    kind: str
    department: str
    answers: tuple[str, ...]
    amount_fen: int | None = None
    from_day: date | None = None
    to_day: date | None = None


class Unanswered(Value, frozen=True):
    """Why there is no measure for a risk."""

    risk: str
    reason_sha256: str


class DraftPlan(Command, frozen=True, kw_only=True):
    source: str
    measures: tuple[Draft, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()


class ResolveRisk(Command, frozen=True, kw_only=True):
    risk: str


class ClosePlan(Command, frozen=True, kw_only=True):
    pass


class CheckPlan(Command, frozen=True, kw_only=True):
    """A local day began, and something of the plan may be late."""


class TellDay(Command, frozen=True, kw_only=True):
    """A local day began: it is that of the command."""


AnyCommand: TypeAlias = (
    OpenPlan
    | AnswerRisk
    | AdvanceMeasure
    | DeclineMeasure
    | EndMeasure
    | DraftPlan
    | ResolveRisk
    | ClosePlan
    | CheckPlan
    | TellDay
    | AnswerReferral
    | AnyPairingCommand
    | AnyVisitCommand
    | AnyCareCommand
    | AnyPersonCommand
)
