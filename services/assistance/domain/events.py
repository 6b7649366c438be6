"""What happened to a household's plan and its measures, as the log keeps it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event


class CadreAssigned(Event, frozen=True):
    TOPIC: ClassVar = "assistance.cadre-assigned"
    cadre: UUID
    from_day: date


class PlanOpened(Event, frozen=True):
    TOPIC: ClassVar = "assistance.plan-opened"
    plan: UUID
    episode: int
    base: UUID
    measures: tuple[UUID, ...]


class MeasureProposed(Event, frozen=True):
    """`taken_over` says that the measure had begun before this log, so that nobody is asked for it."""

    TOPIC: ClassVar = "assistance.measure-proposed"
    measure: UUID
    plan: UUID
    kind: str
    department: str
    answers: tuple[str, ...]
    base: bool
    due: date
    taken_over: bool = False


class MeasureAccepted(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-accepted"
    measure: UUID
    on: date


class MeasureStarted(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-started"
    measure: UUID
    on: date


class MeasureDelivered(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-delivered"
    measure: UUID
    on: date
    evidence_sha256: str | None


class MeasureEnded(Event, frozen=True):
    TOPIC: ClassVar = "assistance.measure-ended"
    measure: UUID
    on: date


class PlanClosed(Event, frozen=True):
    TOPIC: ClassVar = "assistance.plan-closed"
    plan: UUID
    on: date


class CommandRefused(Event, frozen=True):
    TOPIC: ClassVar = "assistance.command-refused"
    command: str
    reason_code: str


AnyEvent: TypeAlias = (
    CadreAssigned
    | PlanOpened
    | MeasureProposed
    | MeasureAccepted
    | MeasureStarted
    | MeasureDelivered
    | MeasureEnded
    | PlanClosed
    | CommandRefused
)
