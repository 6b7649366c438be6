"""What happened to a recipient, a household or a notification; these classes are the rows of the log, so their topics are never renamed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from services.notifications.domain.commands import Contact, Notice


class RecipientRegistered(Event, frozen=True):
    """`address` is an e-mail address of before there was an address book."""

    TOPIC: ClassVar = "notifications.recipient-registered"
    role: str
    area: str
    address: str = ""
    contacts: tuple[Contact, ...] = ()


class HouseholdLocated(Event, frozen=True):
    TOPIC: ClassVar = "notifications.household-located"
    village_code: str


class HouseholdPaired(Event, frozen=True):
    TOPIC: ClassVar = "notifications.household-paired"
    cadre: UUID


class NoticeAwaited(Event, frozen=True):
    TOPIC: ClassVar = "notifications.notice-awaited"
    notice: Notice


class NoticeAddressed(Event, frozen=True):
    """A notice that had waited found its recipient."""

    TOPIC: ClassVar = "notifications.notice-addressed"
    event: str


class NotificationQueued(Event, frozen=True):
    TOPIC: ClassVar = "notifications.notification-queued"
    notice: Notice
    recipient: UUID
    channel: str


class DeliveryBegun(Event, frozen=True):
    """The lease, committed before the outward call: only `holder` may send, and only until `until`."""

    TOPIC: ClassVar = "notifications.delivery-begun"
    holder: UUID
    until: datetime


class DeliveryDeferred(Event, frozen=True):
    """The channel asks for another try, which shall not be before `until`."""

    TOPIC: ClassVar = "notifications.delivery-deferred"
    until: datetime


class DeliveryReleased(Event, frozen=True):
    """The holder gave its lease back and sent nothing."""

    TOPIC: ClassVar = "notifications.delivery-released"


class NotificationSent(Event, frozen=True):
    TOPIC: ClassVar = "notifications.notification-sent"
    recipient: UUID


class NotificationFailed(Event, frozen=True):
    TOPIC: ClassVar = "notifications.notification-failed"
    recipient: UUID
    final: bool


class NotificationUnknown(Event, frozen=True):
    """The lease ended without an answer: it may or may not have arrived."""

    TOPIC: ClassVar = "notifications.notification-unknown"
    recipient: UUID


class NotificationAcknowledged(Event, frozen=True):
    TOPIC: ClassVar = "notifications.notification-acknowledged"
    recipient: UUID


AnyEvent: TypeAlias = (
    RecipientRegistered
    | HouseholdLocated
    | HouseholdPaired
    | NoticeAwaited
    | NoticeAddressed
    | NotificationQueued
    | DeliveryBegun
    | DeliveryDeferred
    | DeliveryReleased
    | NotificationSent
    | NotificationFailed
    | NotificationUnknown
    | NotificationAcknowledged
)
