"""The border of notifications: messages become commands, stored events become messages; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast
from uuid import UUID

from pipeline.envelope import Envelope
from pipeline.facts_lost import FactsLost
from pipeline.relay import Outgoing
from pipeline.store import Recorded
from pipeline.uuid5 import uuid5
from schemas import notifications as words
from schemas.assistance import CadreAssigned
from schemas.enrollment import HouseholdMoved, HouseholdRegistered
from services.notifications.domain import commands, events
from services.notifications.domain.commands import AnyCommand, Notice
from services.notifications.identify import Found

NOTIFICATIONS: Final = UUID("b3ad9b53-0f0c-5f4d-8a6c-0f7f0ac5d2f1")
EMAIL: Final = "email"


def notification_id(event: str, recipient: UUID, channel: str) -> UUID:
    """One intent per event, recipient and channel."""
    return uuid5(NOTIFICATIONS, f"{event}/{recipient}/{channel}")


def to_commands(envelope: Envelope, found: Found) -> Sequence[tuple[UUID, AnyCommand]]:
    asked: dict[str, Any] = {"id": envelope.id, "at": envelope.time}
    return [*_own(envelope, found, asked), *_announced(found, asked), *_addressed(found, asked)]


def _own(envelope: Envelope, found: Found, asked: dict[str, Any]) -> Sequence[tuple[UUID, AnyCommand]]:
    match envelope.data:
        case words.RegisterRecipient(recipient_id=recipient, role=role, area=area):
            return [(recipient, commands.RegisterRecipient(**asked, role=role, area=area, contacts=found.contacts))]
        case (
            HouseholdRegistered(household_id=household, village_code=village) | HouseholdMoved(household_id=household, village_code=village)
        ):
            return [(household, commands.LocateHousehold(**asked, village_code=village))]
        case CadreAssigned(household_id=household, cadre_id=cadre):
            return [(household, commands.PairHousehold(**asked, cadre=cadre))]
        case words.BeginDelivery(notification_id=notification, holder=holder, until=until):
            return [(notification, commands.BeginDelivery(**asked, holder=holder, until=until))]
        case words.RecordDelivery(notification_id=notification, holder=holder, outcome=outcome):
            return [(notification, commands.RecordDelivery(**asked, holder=holder, outcome=outcome))]
        case words.Acknowledge(notification_id=notification):
            return [(notification, commands.Acknowledge(**asked))]
        case _:
            return []


def _announced(found: Found, asked: dict[str, Any]) -> Sequence[tuple[UUID, AnyCommand]]:
    if found.notice is None:
        return []
    if found.recipient is None:
        return [(found.notice.household, commands.Await(**asked, notice=found.notice))]
    return list(_queue(found.notice, found.recipient, found, asked))


def _addressed(found: Found, asked: dict[str, Any]) -> Sequence[tuple[UUID, AnyCommand]]:
    routed: list[tuple[UUID, AnyCommand]] = []
    for notice, recipient in found.addressed:
        routed += [*_queue(notice, recipient, found, asked), (notice.household, commands.StopAwaiting(**asked, event=notice.event))]
    return routed


def _queue(notice: Notice, recipient: UUID, found: Found, asked: dict[str, Any]) -> Iterator[tuple[UUID, AnyCommand]]:
    for channel in found.channels.get(recipient, (EMAIL,)):
        queue = commands.Queue(**asked, notice=notice, recipient=recipient, channel=channel)
        yield notification_id(notice.event, recipient, channel), queue


def to_message(recorded: Recorded) -> Outgoing | None:
    """The public message of a stored event; None keeps it private."""
    if isinstance(recorded.event, FactsLost):
        return None
    same: dict[str, Any] = {"notification_id": recorded.stream}
    match cast("events.AnyEvent", recorded.event):
        case events.NotificationQueued(notice=notice, recipient=recipient, channel=channel):
            queued = words.NotificationQueued(
                **same,
                recipient_id=recipient,
                household_id=notice.household,
                kind=notice.kind,
                event_id=notice.event,
                channel=channel,
            )
            return Outgoing(queued, recipient)
        case events.NotificationSent(recipient=recipient):
            return Outgoing(words.NotificationSent(**same, recipient_id=recipient), recipient)
        case events.NotificationFailed(recipient=recipient, final=True):
            return Outgoing(words.NotificationFailed(**same, recipient_id=recipient), recipient)
        case events.NotificationUnknown(recipient=recipient):
            return Outgoing(words.NotificationUnknown(**same, recipient_id=recipient), recipient)
        case events.NotificationAcknowledged(recipient=recipient):
            return Outgoing(words.NotificationAcknowledged(**same, recipient_id=recipient), recipient)
        case _:
            return None
