"""Commands that notifications takes and events that it publishes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from schemas.message import AreaCode, Instant, Message, Reference, Text, Value, personal

Role = Literal["paired-cadre", "grid-worker", "first-secretary", "town-officer", "county-officer"]
Outcome = Literal["sent", "failed", "deferred", "released", "unknown"]
ADDRESS: Final = r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$"


class Channel(Value):
    """A way to reach a recipient."""

    kind: Literal["email"]
    address: Annotated[str, Field(pattern=ADDRESS, max_length=200), personal]


class RegisterRecipient(Message):
    """Somebody who is told of events in `area`, the village, town or county that he answers for."""

    TYPE: ClassVar = "suishi.notifications.command.register-recipient.v1"
    recipient_id: UUID
    role: Role
    area: AreaCode
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=5)]
    quiet_hours: Text | None = None


class Acknowledge(Message):
    """The recipient has seen it."""

    TYPE: ClassVar = "suishi.notifications.command.acknowledge.v1"
    notification_id: UUID


class BeginDelivery(Message):
    """The lease: only `holder` may send, and only until `until`."""

    TYPE: ClassVar = "suishi.notifications.command.begin-delivery.v1"
    notification_id: UUID
    holder: UUID
    until: Instant


class RecordDelivery(Message):
    """What became of a delivery that `holder` leased: `deferred` asks for another try later, `released` was not tried."""

    TYPE: ClassVar = "suishi.notifications.command.record-delivery.v1"
    notification_id: UUID
    holder: UUID
    outcome: Outcome
    detail: Text


class NotificationEvent(Message):
    notification_id: UUID
    recipient_id: UUID


class NotificationQueued(NotificationEvent):
    """A recipient shall be told of an event through a channel."""

    TYPE: ClassVar = "suishi.notifications.event.notification-queued.v1"
    household_id: UUID
    kind: Text
    event_id: Reference
    channel: Text


class NotificationSent(NotificationEvent):
    """The mail server took the notification."""

    TYPE: ClassVar = "suishi.notifications.event.notification-sent.v1"


class NotificationFailed(NotificationEvent):
    """The notification cannot be delivered."""

    TYPE: ClassVar = "suishi.notifications.event.notification-failed.v1"


class NotificationUnknown(NotificationEvent):
    """Nobody knows whether the notification was delivered."""

    TYPE: ClassVar = "suishi.notifications.event.notification-unknown.v1"


class NotificationAcknowledged(NotificationEvent):
    """The recipient has seen the notification."""

    TYPE: ClassVar = "suishi.notifications.event.notification-acknowledged.v1"
