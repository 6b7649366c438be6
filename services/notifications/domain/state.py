"""What the next decision about a recipient, a household or a notification needs to know, and how each event changes it."""

from __future__ import annotations

from typing import TypeAlias, assert_never, cast
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
    CommandRefused,
    DeliveryBegun,
    DeliveryDeferred,
    DeliveryReleased,
    HouseholdLocated,
    HouseholdPaired,
    HouseholdUnpaired,
    MatterEnded,
    MatterResumed,
    NoticeAddressed,
    NoticeAwaited,
    NoticeEscalated,
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
    RecipientRegistered,
    RecipientRetired,
)
from services.notifications.domain.notification import Notification, after, begun


class Unknown(Value, frozen=True):
    """Nothing happened in this stream yet."""


class Recipient(Value, frozen=True):
    role: str
    area: str
    contacts: tuple[Contact, ...]
    department: str = ""
    quiet: str = ""
    daily: bool = False
    retired: bool = False


class Household(Value, frozen=True):
    """`awaiting` are event and post of what waits here: with its household, or in a stream that is only there for it to wait in.

    `escalated` are those that went up. It has `ended`, as may another matter, whose stream is there for nothing else.
    """

    village_code: str | None = None
    cadre: UUID | None = None
    awaiting: frozenset[tuple[str, str]] = frozenset()
    escalated: frozenset[tuple[str, str]] = frozenset()
    ended: bool = False


class Announcement(Value, frozen=True):
    after: UUID | None = None
    ended: bool = False


State: TypeAlias = Unknown | Recipient | Household | Announcement | Notification


def evolve(state: State, event: Event) -> State:
    stored = cast("AnyEvent", event)
    match stored:
        case RecipientRegistered():
            return Recipient(stored.role, stored.area, stored.contacts, stored.department, stored.quiet, stored.daily)
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
        case NoticeEscalated(event=waiting, post=post):
            return replace(household_of(state), escalated=household_of(state).escalated | {(waiting, post)})
        case MatterEnded():
            return replace(household_of(state), ended=True)
        case MatterResumed():
            return replace(household_of(state), ended=False)
        case AnnouncementBegun():
            return Announcement()
        case AnnouncementAdvanced(through=through):
            return Announcement(through)
        case AnnouncementEnded():
            return Announcement(ended=True)
        case CommandRefused():
            return state
        case NotificationQueued():
            return begun(stored)
        case (
            DeliveryBegun()
            | DeliveryDeferred()
            | DeliveryReleased()
            | NotificationHeld()
            | NotificationSent()
            | NotificationFailed()
            | NotificationUnknown()
            | NotificationRepeated()
            | NotificationWithdrawn()
            | NotificationResumed()
            | NotificationAcknowledged()
            | NotificationEscalated()
        ):
            return after(state, stored) if isinstance(state, Notification) else state
        case _:
            assert_never(stored)


def household_of(state: State) -> Household:
    return state if isinstance(state, Household) else Household()
