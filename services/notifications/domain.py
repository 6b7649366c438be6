"""Recipients, the households they answer for, and one notification from the intent to its known outcome."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Literal, TypeAlias, assert_never, cast
from uuid import UUID

from msgspec.structs import replace
from pydantic import BaseModel

from pipeline.decider import Decider, Event
from pipeline.value import Value


class Notice(Value, frozen=True):
    """What there is to say; `event` is the id of the message that says it, `due` the last day to act."""

    event: str
    kind: str
    household: UUID
    due: date | None = None


# --- Commands ---


class Command(Value, frozen=True, kw_only=True):
    """`id` names the message that asked, `at` the UTC instant of asking."""

    id: str
    at: datetime


class RegisterRecipient(Command, frozen=True, kw_only=True):
    role: str
    area: str
    address: str


class LocateHousehold(Command, frozen=True, kw_only=True):
    village_code: str


class PairHousehold(Command, frozen=True, kw_only=True):
    cadre: UUID


class Await(Command, frozen=True, kw_only=True):
    """Nobody who answers for the household is known yet."""

    notice: Notice


class StopAwaiting(Command, frozen=True, kw_only=True):
    event: str


class Queue(Command, frozen=True, kw_only=True):
    notice: Notice
    recipient: UUID
    channel: str


class BeginDelivery(Command, frozen=True, kw_only=True):
    holder: UUID
    until: datetime


class RecordDelivery(Command, frozen=True, kw_only=True):
    holder: UUID
    outcome: Literal["sent", "failed", "deferred", "released", "unknown"]


class Acknowledge(Command, frozen=True, kw_only=True):
    pass


AnyCommand: TypeAlias = (
    RegisterRecipient | LocateHousehold | PairHousehold | Await | StopAwaiting | Queue | BeginDelivery | RecordDelivery | Acknowledge
)

# --- Events ---


class RecipientRegistered(Event, frozen=True):
    TOPIC: ClassVar = "notifications.recipient-registered"
    role: str
    area: str
    address: str


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
    """The mail server asks for another try, which shall not be before `until`."""

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

# --- State ---


class Unknown(Value, frozen=True):
    """Nothing happened in this stream yet."""


class Recipient(Value, frozen=True):
    role: str
    area: str
    address: str


class Household(Value, frozen=True):
    village_code: str | None = None
    cadre: UUID | None = None
    awaiting: frozenset[str] = frozenset()


class Notification(Value, frozen=True):
    recipient: UUID
    step: Literal["queued", "sending", "sent", "failed", "unknown", "acknowledged"] = "queued"
    holder: UUID | None = None
    attempts: int = 0
    deferrals: int = 0


State: TypeAlias = Unknown | Recipient | Household | Notification


def evolve(state: State, event: Event) -> State:
    stored = cast("AnyEvent", event)
    match stored:
        case RecipientRegistered(role=role, area=area, address=address):
            return Recipient(role, area, address)
        case HouseholdLocated(village_code=village):
            return replace(_household(state), village_code=village)
        case HouseholdPaired(cadre=cadre):
            return replace(_household(state), cadre=cadre)
        case NoticeAwaited(notice=notice):
            return replace(_household(state), awaiting=_household(state).awaiting | {notice.event})
        case NoticeAddressed(event=addressed):
            return replace(_household(state), awaiting=_household(state).awaiting - {addressed})
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


def _household(state: State) -> Household:
    return state if isinstance(state, Household) else Household()


def _ended(state: State, step: Literal["queued", "sent", "failed", "unknown", "acknowledged"]) -> State:
    if not isinstance(state, Notification):
        return state
    return replace(state, step=step, holder=None, attempts=state.attempts + (step in {"queued", "failed"}))


# --- Rules ---


class Policy(BaseModel, frozen=True):
    """`attempts` refusals for good at most, `pauses_minutes` after refusals for now, `lease_seconds` until silence counts as unknown."""

    digest: str
    attempts: int
    pauses_minutes: tuple[int, ...]
    lease_seconds: int
    subjects: dict[str, str]


def decide(command: AnyCommand, state: State, policy: Policy) -> tuple[Event, ...]:
    match command:
        case RegisterRecipient(role=role, area=area, address=address):
            same = state == Recipient(role, area, address)
            return () if same else (RecipientRegistered(role=role, area=area, address=address),)
        case LocateHousehold(village_code=village):
            return () if _household(state).village_code == village else (HouseholdLocated(village_code=village),)
        case PairHousehold(cadre=cadre):
            return () if _household(state).cadre == cadre else (HouseholdPaired(cadre=cadre),)
        case Await(notice=notice):
            return () if notice.event in _household(state).awaiting else (NoticeAwaited(notice=notice),)
        case StopAwaiting(event=event):
            return (NoticeAddressed(event=event),) if event in _household(state).awaiting else ()
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


DECIDER: Final[Decider[AnyCommand, State, Policy]] = Decider(decide, evolve, Unknown())
