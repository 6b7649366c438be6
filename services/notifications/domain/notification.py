"""What is known of a notification, from the intent to its known outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, TypeAlias, assert_never
from uuid import UUID

from msgspec.structs import replace

from pipeline.value import Value
from services.notifications.domain.events import (
    DeliveryBegun,
    DeliveryDeferred,
    DeliveryReleased,
    NotificationAcknowledged,
    NotificationEscalated,
    NotificationFailed,
    NotificationHeld,
    NotificationQueued,
    NotificationRepeated,
    NotificationResumed,
    NotificationSent,
    NotificationUnknown,
    NotificationWithdrawn,
)
from services.notifications.domain.policy import Urgency

Step: TypeAlias = Literal["queued", "sending", "sent", "failed", "unknown", "acknowledged", "withdrawn", "over"]
AnyStep: TypeAlias = (
    DeliveryBegun
    | DeliveryDeferred
    | DeliveryReleased
    | NotificationAcknowledged
    | NotificationEscalated
    | NotificationFailed
    | NotificationHeld
    | NotificationRepeated
    | NotificationSent
    | NotificationUnknown
    | NotificationResumed
    | NotificationWithdrawn
)
# Why what is about something that has ended is withdrawn.
MATTER_ENDED: Final = "matter-ended"


class Notification(Value, frozen=True):
    """`told_at` is when its outcome was told, `held_until` how long it was held back last; `repeated` may have arrived before.

    `until` is when the lease of `holder` ends. `digest_at` is when the daily digest leaves for which it was held back.
    """

    recipient: UUID
    urgency: Urgency = "normal"
    escalates: bool = False
    step: Step = "queued"
    holder: UUID | None = None
    until: datetime | None = None
    attempts: int = 0
    deferrals: int = 0
    repeated: bool = False
    escalated: bool = False
    told_at: datetime | None = None
    held_until: datetime | None = None
    digest_at: datetime | None = None


def begun(event: NotificationQueued) -> Notification:
    notice = event.notice
    return Notification(event.recipient, notice.urgency, notice.escalates)


def after(state: Notification, event: AnyStep) -> Notification:
    match event:
        case DeliveryBegun(holder=holder, until=until):
            return replace(state, step="sending", holder=holder, until=until)
        case DeliveryDeferred():
            return replace(state, step="queued", holder=None, deferrals=state.deferrals + 1)
        case DeliveryReleased():
            return replace(state, step="queued", holder=None)
        case NotificationHeld(until=until, digest=digest):
            return replace(state, held_until=until, digest_at=until if digest else state.digest_at)
        case NotificationSent(at=at):
            return replace(state, step="sent", holder=None, told_at=at)
        case NotificationFailed(final=final, at=at):
            return replace(state, step="failed" if final else "queued", holder=None, attempts=state.attempts + 1, told_at=at)
        case NotificationUnknown(at=at):
            return replace(state, step="unknown", holder=None, told_at=at)
        case NotificationRepeated():
            return replace(state, step="queued", attempts=state.attempts + 1, repeated=True)
        case NotificationResumed():
            return replace(state, step="queued")
        case NotificationWithdrawn(reason=reason):
            return replace(state, step="over" if reason == MATTER_ENDED else "withdrawn")
        case NotificationAcknowledged():
            return replace(state, step="acknowledged", holder=None)
        case NotificationEscalated():
            return replace(state, escalated=True)
        case _:
            assert_never(event)
