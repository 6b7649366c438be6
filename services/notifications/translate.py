"""The border of notifications: messages become commands, stored events become messages; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, assert_never, cast
from uuid import UUID

from pipeline.envelope import Envelope
from pipeline.facts_lost import FactsLost
from pipeline.relay import Outgoing
from pipeline.store import Recorded
from schemas import notifications as words
from schemas.assistance import CadreAnswers
from schemas.enrollment import HouseholdMoved, HouseholdRegistered
from services.notifications.domain import commands, events
from services.notifications.domain.commands import AnyCommand, Contact
from services.notifications.identify.directory import Found
from services.notifications.matters import ended, resumed
from services.notifications.names import USUAL, announcement_id, notification_id
from services.notifications.refusals import text_of
from services.refused_command import with_again

# What they lead to is told only where the notification went up, or was taken back.
PASSED_ON: Final = (words.EscalateNotification, words.EscalateNotice, words.WithdrawNotification)


def to_commands(envelope: Envelope, found: Found) -> Sequence[tuple[UUID, AnyCommand]]:
    asked: dict[str, Any] = {"id": envelope.id, "at": envelope.time}
    return [*_own(envelope, found, asked), *_told(found, asked, passed_on=isinstance(envelope.data, PASSED_ON))]


def _own(envelope: Envelope, found: Found, asked: dict[str, Any]) -> Sequence[tuple[UUID, AnyCommand]]:
    match envelope.data:
        case words.RegisterRecipient(recipient_id=recipient):
            return [(recipient, _registration(envelope.data, found.contacts, asked))]
        case words.RetireRecipient(recipient_id=recipient):
            return [(recipient, commands.RetireRecipient(**asked))]
        case words.ContinueAnnouncement(announcement_id=announcement, after=after):
            return [(announcement, commands.ContinueAnnouncement(**asked, after=after, through=found.through))]
        case (
            HouseholdRegistered(household_id=household, village_code=village) | HouseholdMoved(household_id=household, village_code=village)
        ):
            return [(household, commands.LocateHousehold(**asked, village_code=village))]
        case CadreAnswers(household_id=household, cadre_id=cadre):
            return [(household, commands.PairHousehold(**asked, cadre=cadre))]
        case words.BeginDelivery(notification_id=notification, holder=holder, until=until):
            wish: dict[str, Any] = {"quiet": found.quiet, "daily": found.daily, "ended": notification in found.ended}
            return [(notification, commands.BeginDelivery(**asked, **wish, holder=holder, until=until))]
        case words.BeginDigest(notification_ids=listed, holder=holder, until=until):
            wish = {"quiet": found.quiet, "daily": found.daily, "digest": envelope.data.digest_id}
            lease: dict[str, Any] = {**asked, **wish, "holder": holder, "until": until}
            return [(one, commands.BeginDelivery(**lease, ended=one in found.ended)) for one in dict.fromkeys(listed)]
        case words.RecordDelivery(notification_id=notification, holder=holder, outcome=outcome, until=until):
            return [(notification, commands.RecordDelivery(**asked, holder=holder, outcome=outcome, until=until))]
        case words.RecordDigest(notification_ids=listed, holder=holder, outcome=outcome, until=until):
            became = commands.RecordDelivery(**asked, holder=holder, outcome=outcome, until=until)
            return [(one, became) for one in dict.fromkeys(listed)]
        case words.Acknowledge(notification_id=notification):
            beside = commands.Acknowledge(**asked, named=False)
            seen = (notification, commands.Acknowledge(**asked, others=bool(found.same)))
            return [seen, *((one, beside) for one in found.same)]
        case words.WithdrawNotification(notification_id=notification):
            why: dict[str, Any] = {"retired": found.retired, "replaced": found.replaced, "moved": found.moved}
            return [(notification, commands.Withdraw(**asked, **why, ended=notification in found.ended))]
        case words.EscalateNotice(waiting_id=waiting, event_id=event, post=post):
            known: dict[str, Any] = {"notice": found.awaited, "since": found.queued_at, "to": found.up}
            return [(waiting, commands.EscalateNotice(**asked, event=event, post=post, **known))]
        case words.EscalateNotification(notification_id=notification):
            return [(notification, commands.Escalate(**asked, queued_at=found.queued_at, to=found.up))]
        case _:
            return _matters(envelope, asked)


def _matters(envelope: Envelope, asked: dict[str, Any]) -> Sequence[tuple[UUID, AnyCommand]]:
    over, again = ended(envelope.data), resumed(envelope.data)
    begins = [(again, commands.ResumeMatter(**asked))] if again is not None else []
    return [(over, commands.EndMatter(**asked))] if over is not None else begins


def _registration(said: words.RegisterRecipient, contacts: tuple[Contact, ...], asked: dict[str, Any]) -> commands.RegisterRecipient:
    department = said.department or ""
    wish: dict[str, Any] = {"quiet": said.quiet_hours or "", "daily": bool(said.daily_digest)}
    return commands.RegisterRecipient(**asked, role=said.role, area=said.area, contacts=contacts, department=department, **wish)


def _told(found: Found, asked: dict[str, Any], *, passed_on: bool) -> Sequence[tuple[UUID, AnyCommand]]:
    """Whoever is known gets his intent, whoever is not is waited for, and what waited waits no more; what is `passed_on` only if it was."""
    routed: list[tuple[UUID, AnyCommand]] = []
    for notice, recipient in found.told:
        for channel in found.channels.get(recipient, (USUAL,)):
            intent = notification_id(notice.event, recipient, channel)
            routed.append((intent, commands.Queue(**asked, notice=notice, recipient=recipient, channel=channel, if_passed_on=passed_on)))
    for one in found.waiting:
        waits = commands.Await(**asked, notice=one.notice, target=one.target, post=one.post, if_passed_on=passed_on)
        routed.append((one.stream, waits))
    routed += [(one.stream, commands.StopAwaiting(**asked, event=one.notice.event, post=one.post)) for one in found.over]
    for notice, target in found.announced:
        announcement = announcement_id(notice.event, target.role, target.department)
        routed.append((announcement, commands.Announce(**asked, notice=notice, target=target)))
    return routed


def to_message(recorded: Recorded) -> Outgoing | None:
    """The public message of a stored event; None keeps it private."""
    if isinstance(recorded.event, FactsLost):
        return None
    same: dict[str, Any] = {"notification_id": recorded.stream}
    event = cast("events.AnyEvent", recorded.event)
    match event:
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
        case events.NotificationWithdrawn(recipient=recipient, reason=reason):
            return Outgoing(words.NotificationWithdrawn(**same, recipient_id=recipient, reason=reason), recipient)
        case events.NotificationAcknowledged(recipient=recipient):
            return Outgoing(words.NotificationAcknowledged(**same, recipient_id=recipient), recipient)
        case events.NotificationEscalated(recipient=recipient, to=level):
            return Outgoing(words.NotificationEscalated(**same, recipient_id=recipient, to=level), recipient)
        case events.CommandRefused():
            return Outgoing(_refused(event, recorded.stream), event.recipient or recorded.stream)
        case (
            events.RecipientRegistered()
            | events.RecipientRetired()
            | events.HouseholdLocated()
            | events.HouseholdPaired()
            | events.HouseholdUnpaired()
            | events.NoticeAwaited()
            | events.NoticeAddressed()
            | events.NoticeEscalated()
            | events.MatterEnded()
            | events.MatterResumed()
            | events.AnnouncementBegun()
            | events.AnnouncementAdvanced()
            | events.AnnouncementEnded()
            | events.DeliveryBegun()
            | events.DeliveryDeferred()
            | events.DeliveryReleased()
            | events.NotificationFailed()
            | events.NotificationHeld()
            | events.NotificationRepeated()
            | events.NotificationResumed()
        ):
            return None
        case _:
            assert_never(event)


def _refused(event: events.CommandRefused, stream: UUID) -> words.CommandRefused:
    text, remedy = text_of(event.reason_code)
    whose = (None, stream) if event.about == "recipient" else (stream, event.recipient)
    said: dict[str, Any] = {"command_id": event.command, "reason_code": event.reason_code, "text": text, "remedy": with_again(remedy)}
    return words.CommandRefused(**said, notification_id=whose[0], recipient_id=whose[1])
