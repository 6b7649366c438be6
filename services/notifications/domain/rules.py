"""What follows from a command about a recipient, a household or a notification."""

from __future__ import annotations

from datetime import timedelta
from typing import assert_never

from pipeline.decider import Event
from services.notifications.domain.commands import (
    Acknowledge,
    Announce,
    AnyCommand,
    Await,
    BeginDelivery,
    ContinueAnnouncement,
    EndMatter,
    Escalate,
    EscalateNotice,
    LocateHousehold,
    PairHousehold,
    Queue,
    RecordDelivery,
    RegisterRecipient,
    ResumeMatter,
    RetireRecipient,
    StopAwaiting,
    Withdraw,
)
from services.notifications.domain.delivering import deliver, queue
from services.notifications.domain.events import (
    AnnouncementAdvanced,
    AnnouncementBegun,
    AnnouncementEnded,
    CommandRefused,
    HouseholdLocated,
    HouseholdPaired,
    HouseholdUnpaired,
    MatterEnded,
    MatterResumed,
    NoticeAddressed,
    NoticeAwaited,
    NoticeEscalated,
    NotificationQueued,
    RecipientRegistered,
    RecipientRetired,
)
from services.notifications.domain.notification import Notification
from services.notifications.domain.policy import Policy
from services.notifications.domain.state import (
    Announcement,
    Household,
    Recipient,
    State,
    Unknown,
    household_of,
)


def decide(command: AnyCommand, state: State, policy: Policy) -> tuple[Event, ...]:
    match command:
        case RegisterRecipient():
            return _register(command, state)
        case RetireRecipient():
            return _retire(command, state)
        case LocateHousehold(village_code=village):
            return () if household_of(state).village_code == village else (HouseholdLocated(village_code=village),)
        case PairHousehold(cadre=cadre):
            if household_of(state).cadre == cadre:
                return ()
            return (HouseholdPaired(cadre=cadre) if cadre is not None else HouseholdUnpaired(),)
        case Await(notice=notice, target=target, post=post):
            nothing = command.if_passed_on or (notice.event, post) in household_of(state).awaiting
            return () if nothing else (NoticeAwaited(notice=notice, target=target, post=post),)
        case StopAwaiting(event=event, post=post):
            return (NoticeAddressed(event=event, post=post),) if (event, post) in household_of(state).awaiting else ()
        case EscalateNotice():
            return _escalate(command, household_of(state), policy)
        case EndMatter():
            return () if household_of(state).ended else (MatterEnded(),)
        case ResumeMatter():
            return (MatterResumed(),) if household_of(state).ended else ()
        case Announce(notice=notice, target=target):
            return (AnnouncementBegun(notice=notice, target=target),) if isinstance(state, Unknown) else ()
        case ContinueAnnouncement(after=after, through=through):
            if not isinstance(state, Announcement) or state.ended or state.after != after:
                return ()
            return (AnnouncementEnded() if through is None else AnnouncementAdvanced(through=through),)
        case Queue() if isinstance(state, Notification):
            return queue(command, state)
        case Queue(notice=notice, recipient=recipient, channel=channel, if_passed_on=waits):
            fresh = isinstance(state, Unknown) and not waits
            return (NotificationQueued(notice=notice, recipient=recipient, channel=channel),) if fresh else ()
        case BeginDelivery() | RecordDelivery() | Acknowledge() | Escalate() | Withdraw() if isinstance(state, Notification):
            return deliver(command, state, policy)
        case Acknowledge(id=asked, named=True, others=False):
            return (CommandRefused(command=asked, reason_code="notification.unknown", about="notification"),)
        case BeginDelivery() | RecordDelivery() | Acknowledge() | Escalate() | Withdraw():
            return ()
        case _:
            assert_never(command)


def _escalate(command: EscalateNotice, state: Household, policy: Policy) -> tuple[Event, ...]:
    """Once, and only what is to be acknowledged by whoever is told of it."""
    one, notice, since = (command.event, command.post), command.notice, command.since
    if one not in state.awaiting or one in state.escalated or notice is None or since is None:
        return ()
    if not command.to or not notice.escalates or command.at < since + timedelta(hours=policy.escalation.hours[notice.urgency]):
        return ()
    return (NoticeEscalated(event=command.event, post=command.post, level=notice.level, to=command.to),)


def _register(command: RegisterRecipient, state: State) -> tuple[Event, ...]:
    said = {name: getattr(command, name) for name in ("role", "area", "contacts", "department", "quiet", "daily")}
    return () if state == Recipient(**said) else (RecipientRegistered(**said),)


def _retire(command: RetireRecipient, state: State) -> tuple[Event, ...]:
    if not isinstance(state, Recipient):
        return (CommandRefused(command=command.id, reason_code="recipient.unknown", about="recipient"),)
    return () if state.retired else (RecipientRetired(),)
