"""Commands that assistance takes and events that it publishes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from schemas.enrollment import HouseholdEvent, RefusedCommand
from schemas.message import Count, Day, Flag, Message, PersonalLongText, Text


class AssignCadre(Message):
    """Pairs a cadre with the household from a day on."""

    TYPE: ClassVar = "suishi.assistance.command.assign-cadre.v1"
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    cadre_id: UUID
    from_day: Day


class MeasureCommand(Message):
    HOUSEHOLD_IS_SUBJECT: ClassVar = True
    measure_id: UUID


class AcceptMeasure(MeasureCommand):
    """The department takes the measure on."""

    TYPE: ClassVar = "suishi.assistance.command.accept-measure.v1"


class StartMeasure(MeasureCommand):
    """The measure begins."""

    TYPE: ClassVar = "suishi.assistance.command.start-measure.v1"


class DeliverMeasure(MeasureCommand):
    """The measure reached the household, with the evidence for it."""

    TYPE: ClassVar = "suishi.assistance.command.deliver-measure.v1"
    evidence: PersonalLongText


class PlanOpened(HouseholdEvent):
    """A 1+N plan: one base measure and one for each risk."""

    TYPE: ClassVar = "suishi.assistance.event.plan-opened.v1"
    plan_id: UUID
    episode: Count
    base: UUID
    measures: tuple[UUID, ...]


class MeasureProposed(HouseholdEvent):
    """A department is asked for a measure that answers these risks, by `due`; nobody is where it is `taken_over` from before this log."""

    TYPE: ClassVar = "suishi.assistance.event.measure-proposed.v1"
    measure_id: UUID
    plan_id: UUID
    kind: Text
    department: Text
    answers: tuple[Text, ...]
    base: Flag
    due: Day
    taken_over: Flag | None = None


class MeasureEvent(HouseholdEvent):
    measure_id: UUID
    on: Day


class MeasureAccepted(MeasureEvent):
    """The department took the measure on."""

    TYPE: ClassVar = "suishi.assistance.event.measure-accepted.v1"


class MeasureStarted(MeasureEvent):
    """The measure began."""

    TYPE: ClassVar = "suishi.assistance.event.measure-started.v1"


class MeasureDelivered(MeasureEvent):
    """The measure reached the household."""

    TYPE: ClassVar = "suishi.assistance.event.measure-delivered.v1"


class MeasureEnded(MeasureEvent):
    """The measure is over."""

    TYPE: ClassVar = "suishi.assistance.event.measure-ended.v1"


class CadreAssigned(HouseholdEvent):
    """A cadre answers for the household from a day on."""

    TYPE: ClassVar = "suishi.assistance.event.cadre-assigned.v1"
    cadre_id: UUID
    from_day: Day


class PlanClosed(HouseholdEvent):
    """The plan is over, because the household left."""

    TYPE: ClassVar = "suishi.assistance.event.plan-closed.v1"
    plan_id: UUID
    on: Day


class CommandRefused(RefusedCommand):
    """Assistance did not do what a command asked; `text` says why, Chinese first."""

    TYPE: ClassVar = "suishi.assistance.event.command-refused.v1"
