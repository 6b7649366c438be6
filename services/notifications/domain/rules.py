"""What follows from a command about a recipient, a household or a notification."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from pipeline.decider import Event
from services.notifications.domain.commands import (
    Acknowledge,
    Announce,
    AnyCommand,
    Await,
    BeginDelivery,
    ContinueAnnouncement,
    LocateHousehold,
    PairHousehold,
    Queue,
    RecordDelivery,
    RegisterRecipient,
    RetireRecipient,
    StopAwaiting,
    UnpairHousehold,
)
from services.notifications.domain.events import (
    AnnouncementAdvanced,
    AnnouncementBegun,
    AnnouncementEnded,
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
from services.notifications.domain.policy import Policy
from services.notifications.domain.state import (
    Announcement,
    Notification,
    Recipient,
    State,
    Unknown,
    household_of,
)


def decide(command: AnyCommand, state: State, policy: Policy) -> tuple[Event, ...]:
    match command:
        case RegisterRecipient(role=role, area=area, contacts=contacts, department=department):
            same = state == Recipient(role, area, contacts, department)
            return () if same else (RecipientRegistered(role=role, area=area, contacts=contacts, department=department),)
        case RetireRecipient():
            return (RecipientRetired(),) if isinstance(state, Recipient) and not state.retired else ()
        case LocateHousehold(village_code=village):
            return () if household_of(state).village_code == village else (HouseholdLocated(village_code=village),)
        case PairHousehold(cadre=cadre):
            return () if household_of(state).cadre == cadre else (HouseholdPaired(cadre=cadre),)
        case UnpairHousehold(cadre=cadre):
            return (HouseholdUnpaired(),) if household_of(state).cadre == cadre else ()
        case Await(notice=notice, target=target, post=post):
            waits = (notice.event, post) in household_of(state).awaiting
            return () if waits else (NoticeAwaited(notice=notice, target=target, post=post),)
        case StopAwaiting(event=event, post=post):
            return (NoticeAddressed(event=event, post=post),) if (event, post) in household_of(state).awaiting else ()
        case Announce(notice=notice, target=target):
            return (AnnouncementBegun(notice=notice, target=target),) if isinstance(state, Unknown) else ()
        case ContinueAnnouncement(after=after, through=through):
            if not isinstance(state, Announcement) or state.ended or state.after != after:
                return ()
            return (AnnouncementEnded() if through is None else AnnouncementAdvanced(through=through),)
        case Queue(notice=notice, recipient=recipient, channel=channel):
            fresh = isinstance(state, Unknown)
            return (NotificationQueued(notice=notice, recipient=recipient, channel=channel),) if fresh else ()
        case BeginDelivery() | RecordDelivery() | Acknowledge():
            return _deliver(command, state, policy) if isinstance(state, Notification) else ()
        case _:
            assert_never(command)


def _deliver(command: BeginDelivery | RecordDelivery | Acknowledge, state: Notification, policy: Policy) -> tuple[Event, ...]:
    match command, state:
        case BeginDelivery(holder=holder, until=until), Notification(step="queued"):
            return (DeliveryBegun(holder=holder, until=until),)
        case RecordDelivery(outcome="sent", holder=holder), Notification(step="sending" | "unknown", recipient=recipient):
            return (NotificationSent(recipient=recipient),) if state.holder in {holder, None} else ()
        case RecordDelivery(outcome="failed", holder=holder), Notification(step="sending", recipient=recipient):
            final = state.attempts + 1 >= policy.attempts
            return (NotificationFailed(recipient=recipient, final=final),) if state.holder == holder else ()
        case RecordDelivery(outcome="deferred", holder=holder), Notification(step="sending"):
            return _defer(command.at, state, policy) if state.holder == holder else ()
        case RecordDelivery(outcome="released", holder=holder), Notification(step="sending"):
            return (DeliveryReleased(),) if state.holder == holder else ()
        case RecordDelivery(outcome="unknown"), Notification(step="sending", recipient=recipient):
            return (NotificationUnknown(recipient=recipient),)
        case Acknowledge(), Notification(step="sent" | "unknown", recipient=recipient):
            return (NotificationAcknowledged(recipient=recipient),)
        case _:
            return ()


def _defer(at: datetime, state: Notification, policy: Policy) -> tuple[Event, ...]:
    if state.deferrals == len(policy.pauses_minutes):
        return (NotificationFailed(recipient=state.recipient, final=True),)
    return (DeliveryDeferred(until=at + timedelta(minutes=policy.pauses_minutes[state.deferrals])),)
