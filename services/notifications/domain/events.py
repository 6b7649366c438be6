"""What happened to a recipient, a household or a notification; these classes are the rows of the log, so their topics are never renamed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pipeline.decider import Event
from services.notifications.domain.commands import Contact, Notice, Target


class RecipientRegistered(Event, frozen=True):
    """`address` is an e-mail address of before there was an address book."""

    TOPIC: ClassVar = "notifications.recipient-registered"
    role: str
    area: str
    address: str = ""
    contacts: tuple[Contact, ...] = ()
    department: str = ""
    quiet: str = ""
    daily: bool = False


class RecipientRetired(Event, frozen=True):
    """He answers for nothing any more; what he was told stays his, what is still queued for him is withdrawn."""

    TOPIC: ClassVar = "notifications.recipient-retired"


class HouseholdLocated(Event, frozen=True):
    TOPIC: ClassVar = "notifications.household-located"
    village_code: str


class HouseholdPaired(Event, frozen=True):
    TOPIC: ClassVar = "notifications.household-paired"
    cadre: UUID


class HouseholdUnpaired(Event, frozen=True):
    """It has no cadre any more."""

    TOPIC: ClassVar = "notifications.household-unpaired"


class NoticeAwaited(Event, frozen=True):
    """A notice waits for its recipient; a log from before there were routes names no `target`: it meant the cadre or the grid worker."""

    TOPIC: ClassVar = "notifications.notice-awaited"
    notice: Notice
    target: Target | None = None
    post: str = ""


class NoticeAddressed(Event, frozen=True):
    """A notice that had waited found its recipient."""

    TOPIC: ClassVar = "notifications.notice-addressed"
    event: str
    post: str = ""


class NoticeEscalated(Event, frozen=True):
    """Nobody came in time for whom a notice of this level waits: the next level hears of it, and it goes on waiting."""

    TOPIC: ClassVar = "notifications.notice-escalated"
    event: str
    level: str
    to: str
    post: str = ""


class MatterEnded(Event, frozen=True):
    """What letters are about, a measure, a referral, a case or a household, is over: what still waits about it is not sent."""

    TOPIC: ClassVar = "notifications.matter-ended"


class MatterResumed(Event, frozen=True):
    """The household that had ended has members again, or the case goes on: what is to be told of it from now on is sent."""

    TOPIC: ClassVar = "notifications.matter-resumed"


class AnnouncementBegun(Event, frozen=True):
    """Everybody of the target's role in the notice's area is to be told, a part of them in each commit."""

    TOPIC: ClassVar = "notifications.announcement-begun"
    notice: Notice
    target: Target


class AnnouncementAdvanced(Event, frozen=True):
    """All whose ids are not greater are told."""

    TOPIC: ClassVar = "notifications.announcement-advanced"
    through: UUID


class AnnouncementEnded(Event, frozen=True):
    """Everybody is told."""

    TOPIC: ClassVar = "notifications.announcement-ended"


class NotificationQueued(Event, frozen=True):
    TOPIC: ClassVar = "notifications.notification-queued"
    notice: Notice
    recipient: UUID
    channel: str


class DeliveryBegun(Event, frozen=True):
    """The lease, committed before the outward call: only `holder` may send, and only until `until`.

    What has the same `digest` leaves in one message.
    """

    TOPIC: ClassVar = "notifications.delivery-begun"
    holder: UUID
    until: datetime
    digest: UUID | None = None


class DeliveryDeferred(Event, frozen=True):
    """The channel asks for another try, which shall not be before `until`."""

    TOPIC: ClassVar = "notifications.delivery-deferred"
    until: datetime


class DeliveryReleased(Event, frozen=True):
    """The holder gave its lease back and sent nothing."""

    TOPIC: ClassVar = "notifications.delivery-released"


class NotificationHeld(Event, frozen=True):
    """It is not urgent and its recipient has quiet hours, or waits for his daily `digest`: not before `until`."""

    TOPIC: ClassVar = "notifications.notification-held"
    until: datetime
    digest: bool = False


class NotificationSent(Event, frozen=True):
    """`at` is when it was told; a log from before anything went up does not say it."""

    TOPIC: ClassVar = "notifications.notification-sent"
    recipient: UUID
    at: datetime | None = None


class NotificationFailed(Event, frozen=True):
    """Given up after so many `tries`; a log from before the channel said what is worth another try has some that are not `final`.

    `tries` is 0 where such a log does not say it.
    """

    TOPIC: ClassVar = "notifications.notification-failed"
    recipient: UUID
    final: bool
    at: datetime | None = None
    tries: int = 0


class NotificationUnknown(Event, frozen=True):
    """The lease ended without an answer: it may or may not have arrived."""

    TOPIC: ClassVar = "notifications.notification-unknown"
    recipient: UUID
    at: datetime | None = None


class NotificationRepeated(Event, frozen=True):
    """It is so urgent that it is sent once more, though it may have arrived; not before `until`, where the log says it."""

    TOPIC: ClassVar = "notifications.notification-repeated"
    until: datetime | None = None


class NotificationWithdrawn(Event, frozen=True):
    """It was still queued when its recipient retired or was replaced, or left the channel: his successor is told, or he by another.

    Or what it is about has ended, and nobody is told.
    """

    TOPIC: ClassVar = "notifications.notification-withdrawn"
    recipient: UUID
    reason: str


class NotificationResumed(Event, frozen=True):
    """It was withdrawn, and its recipient is to be told of it by this channel after all: it is queued again."""

    TOPIC: ClassVar = "notifications.notification-resumed"
    recipient: UUID


class NotificationAcknowledged(Event, frozen=True):
    TOPIC: ClassVar = "notifications.notification-acknowledged"
    recipient: UUID


class NotificationEscalated(Event, frozen=True):
    """Nobody acknowledged it in time: the next level hears of it."""

    TOPIC: ClassVar = "notifications.notification-escalated"
    recipient: UUID
    to: str


class CommandRefused(Event, frozen=True):
    """The command `about` this recipient or this notification does not fit; `recipient` says whose notification it is, where one knows."""

    TOPIC: ClassVar = "notifications.command-refused"
    command: str
    reason_code: str
    about: Literal["notification", "recipient"]
    recipient: UUID | None = None


AnyEvent: TypeAlias = (
    RecipientRegistered
    | RecipientRetired
    | HouseholdLocated
    | HouseholdPaired
    | HouseholdUnpaired
    | NoticeAwaited
    | NoticeAddressed
    | NoticeEscalated
    | MatterEnded
    | MatterResumed
    | AnnouncementBegun
    | AnnouncementAdvanced
    | AnnouncementEnded
    | NotificationQueued
    | DeliveryBegun
    | DeliveryDeferred
    | DeliveryReleased
    | NotificationSent
    | NotificationFailed
    | NotificationUnknown
    | NotificationAcknowledged
    | NotificationHeld
    | NotificationRepeated
    | NotificationWithdrawn
    | NotificationResumed
    | NotificationEscalated
    | CommandRefused
)
