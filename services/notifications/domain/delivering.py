"""What follows from a command about a notification."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from msgspec.structs import replace

from pipeline.decider import Event, Events
from services.notifications.domain.commands import Acknowledge, AnyCommand, Await, BeginDelivery, Escalate, Queue, RecordDelivery, Withdraw
from services.notifications.domain.events import (
    CommandRefused,
    DeliveryBegun,
    DeliveryDeferred,
    DeliveryReleased,
    NoticeEscalated,
    NotificationAcknowledged,
    NotificationEscalated,
    NotificationFailed,
    NotificationHeld,
    NotificationRepeated,
    NotificationResumed,
    NotificationSent,
    NotificationUnknown,
    NotificationWithdrawn,
)
from services.notifications.domain.gate import held_for, wish
from services.notifications.domain.notification import MATTER_ENDED, Notification
from services.notifications.domain.policy import Policy

RETIRED: Final = "recipient-retired"
REPLACED: Final = "recipient-replaced"
MOVED: Final = "channel-changed"
PASSED_ON: Final = (NotificationEscalated, NoticeEscalated, NotificationWithdrawn)


def deliver(command: BeginDelivery | RecordDelivery | Acknowledge | Escalate | Withdraw, state: Notification, policy: Policy) -> Events:
    match command:
        case BeginDelivery():
            return _begin(command, state, policy) if state.step == "queued" else ()
        case RecordDelivery():
            return _record(command, state, policy)
        case Acknowledge():
            return _acknowledge(command, state)
        case Escalate():
            return _escalate(command, state, policy)
        case Withdraw():
            return _withdraw(command, state)
        case _:
            assert_never(command)


def _withdraw(command: Withdraw, state: Notification) -> Events:
    """Of several reasons first that which lets nobody else be told, then those that let another one."""
    told = {MATTER_ENDED: command.ended, RETIRED: command.retired, REPLACED: command.replaced, MOVED: command.moved}
    reason = next((reason for reason, so in told.items() if so), "")
    return (NotificationWithdrawn(recipient=state.recipient, reason=reason),) if reason and state.step == "queued" else ()


def queue(command: Queue, state: Notification) -> Events:
    """Who was told is not told again; what was taken back from him is his again when he is to be told of it once more.

    What is over comes back for nobody.
    """
    back = state.step == "withdrawn" and not command.if_passed_on
    return (NotificationResumed(recipient=state.recipient),) if back else ()


def hand_over(command: AnyCommand, events: Sequence[Event]) -> AnyCommand:
    """The next level is told only where something went up to it in the same message, a successor only where it was withdrawn."""
    if isinstance(command, Queue | Await) and any(isinstance(event, PASSED_ON) for event in events):
        return replace(command, if_passed_on=False)
    return command


def _acknowledge(command: Acknowledge, state: Notification) -> Events:
    if _may_have_arrived(state):
        return (NotificationAcknowledged(recipient=state.recipient),)
    if state.step == "acknowledged" or not command.named:
        return ()
    code = "notification.not-sent"
    return (CommandRefused(command=command.id, reason_code=code, about="notification", recipient=state.recipient),)


def _may_have_arrived(state: Notification) -> bool:
    """Whoever has it can say so before its outcome is known here, while it is sent once more, and when that was taken back."""
    match state.step:
        case "sending" | "sent" | "unknown":
            return True
        case "queued" | "failed" | "withdrawn" | "over":
            return state.repeated
        case "acknowledged":
            return False
        case _:
            assert_never(state.step)


def _begin(command: BeginDelivery, state: Notification, policy: Policy) -> Events:
    """Nothing leaves without a lease, and there is no other lease than this; whoever has it asks the gate once more before he sends."""
    if command.quiet is None or command.ended:
        return ()
    held = held_for(state.urgency, wish(command.quiet, policy, daily=command.daily), command.at, state.digest_at)
    if held is None:
        return (DeliveryBegun(holder=command.holder, until=command.until, digest=command.digest),)
    until, digest = held
    return (NotificationHeld(until=until, digest=digest),) if until != state.held_until or digest else ()


def _record(command: RecordDelivery, state: Notification, policy: Policy) -> Events:
    """The answer to a lease that is over ends no other one; only that it was sent counts whenever it comes, and whatever came between."""
    ours = state.step == "sending" and state.holder == command.holder and command.until in {None, state.until}
    match command.outcome:
        case "sent":
            late = state.step == "unknown" or (state.repeated and state.step not in {"sent", "acknowledged"})
            return (NotificationSent(recipient=state.recipient, at=command.at),) if ours or late else ()
        case "failed":
            return (_give_up(command.at, state),) if ours else ()
        case "deferred":
            return _defer(command.at, state, policy) if ours else ()
        case "released":
            return (DeliveryReleased(),) if ours else ()
        case "unknown":
            return _lose(command.at, state, policy) if ours else ()
        case _:
            assert_never(command.outcome)


def _defer(at: datetime, state: Notification, policy: Policy) -> Events:
    """As often as the pack has pauses, each longer than the one before."""
    if state.deferrals >= len(policy.pauses_minutes):
        return (_give_up(at, state),)
    return (DeliveryDeferred(until=_later(at, state.deferrals, policy)),)


def _later(at: datetime, tries: int, policy: Policy) -> datetime:
    """The pack's pauses grow; its last one is for all further tries."""
    pauses = policy.pauses_minutes[: tries + 1]
    return at + timedelta(minutes=pauses[-1] if pauses else 0)


def _give_up(at: datetime, state: Notification) -> Event:
    return NotificationFailed(recipient=state.recipient, final=True, at=at, tries=state.attempts + state.deferrals + 1)


def _lose(at: datetime, state: Notification, policy: Policy) -> Events:
    """Where twice is better than never it is sent again after a pause, as long as it has attempts left."""
    unknown: Event = NotificationUnknown(recipient=state.recipient, at=at)
    again = policy.send_again[state.urgency] and state.attempts + 1 < policy.attempts
    return (unknown, NotificationRepeated(until=_later(at, state.attempts, policy))) if again else (unknown,)


def _escalate(command: Escalate, state: Notification, policy: Policy) -> Events:
    """Once: whoever acknowledges it before its hours are over stops it."""
    since = _unanswered_since(command, state)
    if not command.to or not state.escalates or state.escalated or since is None:
        return ()
    due = since + timedelta(hours=policy.escalation.hours[state.urgency])
    return (NotificationEscalated(recipient=state.recipient, to=command.to),) if command.at >= due else ()


def _unanswered_since(command: Escalate, state: Notification) -> datetime | None:
    """What is urgent does not wait for a channel that is away: nobody has answered it since it was queued."""
    match state.step:
        case "sent" | "unknown" | "failed":
            return state.told_at
        case "queued":
            return command.queued_at if state.urgency == "urgent" else None
        case "sending" | "acknowledged" | "withdrawn" | "over":
            return None
        case _:
            assert_never(state.step)
