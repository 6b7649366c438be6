"""Commands that notifications takes and events that it publishes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.facts import PERSONAL
from schemas.message import AreaCode, Message, Text

Role = Literal["paired-cadre", "grid-worker", "first-secretary", "town-officer", "county-officer"]


class Channel(BaseModel):
    model_config = ConfigDict(frozen=True)
    kind: Literal["email"]
    address: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=200, json_schema_extra=PERSONAL)]


class RegisterRecipient(Message):
    """`area` is the village, town or county that the recipient answers for."""

    TYPE: ClassVar = "suishi.notifications.command.register-recipient.v1"
    recipient_id: UUID
    role: Role
    area: AreaCode
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=5)]
    quiet_hours: Text | None = None


class Acknowledge(Message):
    TYPE: ClassVar = "suishi.notifications.command.acknowledge.v1"
    notification_id: UUID


class BeginDelivery(Message):
    """The lease: only `holder` may send, and only until `until`."""

    TYPE: ClassVar = "suishi.notifications.command.begin-delivery.v1"
    notification_id: UUID
    holder: UUID
    until: datetime


class RecordDelivery(Message):
    TYPE: ClassVar = "suishi.notifications.command.record-delivery.v1"
    notification_id: UUID
    holder: UUID
    outcome: Literal["sent", "failed", "unknown"]
    detail: Text


class NotificationQueued(Message):
    TYPE: ClassVar = "suishi.notifications.event.notification-queued.v1"
    notification_id: UUID
    recipient_id: UUID
    household_id: UUID
    kind: Text
    event_id: Text
    channel: Text


class NotificationEvent(Message):
    notification_id: UUID
    recipient_id: UUID


class NotificationSent(NotificationEvent):
    TYPE: ClassVar = "suishi.notifications.event.notification-sent.v1"


class NotificationFailed(NotificationEvent):
    TYPE: ClassVar = "suishi.notifications.event.notification-failed.v1"


class NotificationUnknown(NotificationEvent):
    TYPE: ClassVar = "suishi.notifications.event.notification-unknown.v1"


class NotificationAcknowledged(NotificationEvent):
    TYPE: ClassVar = "suishi.notifications.event.notification-acknowledged.v1"
