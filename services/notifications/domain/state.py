"""What the next decision about a recipient, a household or a notification needs to know, and how each event changes it."""

from __future__ import annotations

from typing import Literal, TypeAlias, assert_never, cast
from uuid import UUID

from msgspec.structs import replace

from pipeline.decider import Event
from pipeline.value import Value
from services.notifications.domain.commands import Contact
from services.notifications.domain.events import (
    AnnouncementAdvanced,
    AnnouncementBegun,
    AnnouncementEnded,
    AnyEvent,
    DeliveryBegun,
    DeliveryDeferred,
    DeliveryReleased,
    HouseholdLocated,
    HouseholdPaired,
    HouseholdUnpaired,
    NoticeAddressed,
    NoticeAwaited,
    NotificationAcknowledged,
    NotificationFailed,
    NotificationQueued,
    NotificationSent,
    NotificationUnknown,
    RecipientRegistered,
    RecipientRetired,
)


class Unknown(Value, frozen=True):
    """Nothing happened in this stream yet."""


class Recipient(Value, frozen=True):
    role: str
    area: str
    contacts: tuple[Contact, ...]
    department: str = ""
    retired: bool = False


class Household(Value, frozen=True):
    """`awaiting` are event and post of what waits here: with its household, or in a stream that is only there for it to wait in."""

    village_code: str | None = None
    cadre: UUID | None = None
    awaiting: frozenset[tuple[str, str]] = frozenset()


class Announcement(Value, frozen=True):
    after: UUID | None = None
    ended: bool = False


class Notification(Value, frozen=True):
    recipient: UUID
    step: Literal["queued", "sending", "sent", "failed", "unknown", "acknowledged"] = "queued"
    holder: UUID | None = None
    attempts: int = 0
    deferrals: int = 0


State: TypeAlias = Unknown | Recipient | Household | Announcement | Notification


def evolve(state: State, event: Event) -> State:
    stored = cast("AnyEvent", event)
    match stored:
        case RecipientRegistered(role=role, area=area, contacts=contacts, department=department):
            return Recipient(role, area, contacts, department)
        case RecipientRetired():
            return replace(state, retired=True) if isinstance(state, Recipient) else state
        case HouseholdLocated(village_code=village):
            return replace(household_of(state), village_code=village)
        case HouseholdPaired(cadre=cadre):
            return replace(household_of(state), cadre=cadre)
        case HouseholdUnpaired():
            return replace(household_of(state), cadre=None)
        case NoticeAwaited(notice=notice, post=post):
            return replace(household_of(state), awaiting=household_of(state).awaiting | {(notice.event, post)})
        case NoticeAddressed(event=addressed, post=post):
            return replace(household_of(state), awaiting=household_of(state).awaiting - {(addressed, post)})
        case AnnouncementBegun():
            return Announcement()
        case AnnouncementAdvanced(through=through):
            return Announcement(through)
        case AnnouncementEnded():
            return Announcement(ended=True)
        case NotificationQueued(recipient=recipient):
            return Notification(recipient)
        case DeliveryBegun(holder=holder):
            return replace(state, step="sending", holder=holder) if isinstance(state, Notification) else state
        case DeliveryDeferred():
            return replace(state, step="queued", holder=None, deferrals=state.deferrals + 1) if isinstance(state, Notification) else state
        case DeliveryReleased():
            return replace(state, step="queued", holder=None) if isinstance(state, Notification) else state
        case NotificationSent():
            return _ended(state, "sent")
        case NotificationFailed(final=final):
            return _ended(state, "failed" if final else "queued")
        case NotificationUnknown():
            return _ended(state, "unknown")
        case NotificationAcknowledged():
            return _ended(state, "acknowledged")
        case _:
            assert_never(stored)


def household_of(state: State) -> Household:
    return state if isinstance(state, Household) else Household()


def _ended(state: State, step: Literal["queued", "sent", "failed", "unknown", "acknowledged"]) -> State:
    if not isinstance(state, Notification):
        return state
    return replace(state, step=step, holder=None, attempts=state.attempts + (step in {"queued", "failed"}))
