"""Commands that assistance takes and events that it publishes."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from schemas.enrollment import HouseholdEvent
from schemas.facts import PERSONAL
from schemas.message import Count, Day, LongText, Message, Text


class AssignCadre(Message):
    TYPE: ClassVar = "suishi.assistance.command.assign-cadre.v1"
    cadre_id: UUID
    from_day: Day


class AcceptMeasure(Message):
    TYPE: ClassVar = "suishi.assistance.command.accept-measure.v1"
    measure_id: UUID


class StartMeasure(Message):
    TYPE: ClassVar = "suishi.assistance.command.start-measure.v1"
    measure_id: UUID


class DeliverMeasure(Message):
    TYPE: ClassVar = "suishi.assistance.command.deliver-measure.v1"
    measure_id: UUID
    evidence: Annotated[LongText, Field(json_schema_extra=PERSONAL)]


class PlanOpened(HouseholdEvent):
    TYPE: ClassVar = "suishi.assistance.event.plan-opened.v1"
    plan_id: UUID
    episode: Count
    base: UUID
    measures: tuple[UUID, ...]


class MeasureProposed(HouseholdEvent):
    TYPE: ClassVar = "suishi.assistance.event.measure-proposed.v1"
    measure_id: UUID
    plan_id: UUID
    kind: Text
    department: Text
    answers: tuple[Text, ...]
    base: bool
    due: Day


class MeasureEvent(HouseholdEvent):
    measure_id: UUID
    on: Day


class MeasureAccepted(MeasureEvent):
    TYPE: ClassVar = "suishi.assistance.event.measure-accepted.v1"


class MeasureStarted(MeasureEvent):
    TYPE: ClassVar = "suishi.assistance.event.measure-started.v1"


class MeasureDelivered(MeasureEvent):
    TYPE: ClassVar = "suishi.assistance.event.measure-delivered.v1"


class MeasureEnded(MeasureEvent):
    TYPE: ClassVar = "suishi.assistance.event.measure-ended.v1"


class CadreAssigned(HouseholdEvent):
    TYPE: ClassVar = "suishi.assistance.event.cadre-assigned.v1"
    cadre_id: UUID
    from_day: Day


class PlanClosed(HouseholdEvent):
    TYPE: ClassVar = "suishi.assistance.event.plan-closed.v1"
    plan_id: UUID
    on: Day


class CommandRefused(HouseholdEvent):
    TYPE: ClassVar = "suishi.assistance.event.command-refused.v1"
    command_id: Text
    reason_code: Text
    text: Text
