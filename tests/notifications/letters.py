"""Who is told of what, and a notification step by step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec import convert

from services.notifications import packs
from services.notifications.domain import DECIDER
from services.notifications.domain import commands as ask
from services.notifications.domain import events as did
from services.notifications.domain.commands import Contact, Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.names import notification_id
from tests.specification import Specification

HOUSEHOLD, CADRE, WORKER, HOLDER, SUCCESSOR = (UUID(int=number) for number in (100, 500, 600, 700, 701))
VILLAGE: Final = "370323001001"
ADDRESS: Final = "cadre@example.org"
MAILBOX: Final = (Contact("email", UUID(int=800)),)
NOON: Final = datetime(2021, 1, 5, 4, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
UNTIL: Final = NOON + MINUTE
CLUE: Final = Notice(event="event 1", kind="clue-raised", household=HOUSEHOLD, due=date(2021, 1, 8), escalates=True)
URGENT: Final = Notice(event="event 1", kind="emergency-help-started", household=HOUSEHOLD, urgency="urgent", escalates=True)
WHO_ANSWERS: Final = Target(role="paired-cadre", level="village", instead="grid-worker")
LINE: Final = Notice(event="event 3", kind="line-published", household=None, area="370323")
CADRES: Final = Target(role="paired-cadre", level="county")
NOTIFICATION: Final = notification_id("event 1", CADRE, "email")
PILOT: Final = packs.load("example-pilot")
# Only whoever answers for the household is told, so that each test is about one.
ALONE: Final = Policy.model_validate(
    {
        **PILOT.model_dump(),
        "routes": [
            {"kind": kind, "valid_from": "2020-01-01", "to": [{"role": "paired-cadre", "level": "village", "instead": "grid-worker"}]}
            for kind in ("clue-raised", "household-exited")
        ],
    }
)
given: Final = Specification(DECIDER, PILOT).given


def asked(at: datetime = NOON) -> dict[str, Any]:
    return {"id": "message", "at": at}


def recipient(
    role: str = "paired-cadre",
    area: str = VILLAGE,
    contacts: tuple[Contact, ...] = MAILBOX,
    department: str = "",
    **wish: Any,  # noqa: ANN401
) -> ask.RegisterRecipient:
    """`wish` are his quiet hours, and whether he wants a daily digest."""
    said = {"role": role, "area": area, "contacts": contacts, "department": department, **wish}
    return convert({**asked(), **said}, ask.RegisterRecipient)


def retire() -> ask.RetireRecipient:
    return ask.RetireRecipient(**asked())


def locate(village: str = VILLAGE) -> ask.LocateHousehold:
    return ask.LocateHousehold(**asked(), village_code=village)


def pair(cadre: UUID | None = CADRE) -> ask.PairHousehold:
    return ask.PairHousehold(**asked(), cadre=cadre)


def wait(notice: Notice = CLUE, target: Target = WHO_ANSWERS, post: str = "") -> ask.Await:
    return ask.Await(**asked(), notice=notice, target=target, post=post)


def stop_waiting(event: str = "event 1", post: str = "") -> ask.StopAwaiting:
    return ask.StopAwaiting(**asked(), event=event, post=post)


def announce(notice: Notice = LINE, target: Target = CADRES) -> ask.Announce:
    return ask.Announce(**asked(), notice=notice, target=target)


def go_on(after: UUID | None = None, through: UUID | None = CADRE) -> ask.ContinueAnnouncement:
    return ask.ContinueAnnouncement(**asked(), after=after, through=through)


def queue(notice: Notice = CLUE, to: UUID = CADRE, *, if_passed_on: bool = False) -> ask.Queue:
    return ask.Queue(**asked(), notice=notice, recipient=to, channel="email", if_passed_on=if_passed_on)


def begin(  # noqa: PLR0913 - what a lease asks
    holder: UUID = HOLDER,
    until: datetime = UNTIL,
    *,
    at: datetime = NOON,
    quiet: str | None = "",
    daily: bool = False,
    digest: UUID | None = None,
    ended: bool = False,
) -> ask.BeginDelivery:
    return ask.BeginDelivery(**asked(at), holder=holder, until=until, quiet=quiet, daily=daily, digest=digest, ended=ended)


def outcome(what: str, holder: UUID = HOLDER, until: datetime | None = None) -> ask.RecordDelivery:
    return convert({**asked(), "holder": holder, "outcome": what, "until": until}, ask.RecordDelivery)


def escalate(hours: int = 48, queued_at: datetime | None = None, *, to: str = "town") -> ask.Escalate:
    return ask.Escalate(**asked(NOON + timedelta(hours=hours)), queued_at=queued_at, to=to)


def escalate_notice(hours: int = 48, notice: Notice | None = CLUE, post: str = "", *, to: str = "town") -> ask.EscalateNotice:
    """Of a notice that began to wait at noon."""
    since = NOON if notice is not None else None
    return ask.EscalateNotice(**asked(NOON + timedelta(hours=hours)), event="event 1", post=post, notice=notice, since=since, to=to)


def withdraw(*, retired: bool = True, replaced: bool = False, moved: bool = False, ended: bool = False) -> ask.Withdraw:
    return ask.Withdraw(**asked(), retired=retired, replaced=replaced, moved=moved, ended=ended)


def end_matter() -> ask.EndMatter:
    return ask.EndMatter(**asked())


def resume_matter() -> ask.ResumeMatter:
    return ask.ResumeMatter(**asked())


def acknowledge(*, named: bool = True, others: bool = False) -> ask.Acknowledge:
    return ask.Acknowledge(**asked(), named=named, others=others)


REGISTERED: Final = (did.RecipientRegistered(role="paired-cadre", area=VILLAGE, contacts=MAILBOX),)
ANSWERABLE: Final = (did.HouseholdLocated(village_code=VILLAGE), did.HouseholdPaired(cadre=CADRE))
WAITING: Final = (*ANSWERABLE, did.NoticeAwaited(notice=CLUE, target=WHO_ANSWERS))
ANNOUNCED: Final = (did.AnnouncementBegun(notice=LINE, target=CADRES),)
QUEUED: Final = (did.NotificationQueued(notice=CLUE, recipient=CADRE, channel="email"),)
LEASED: Final = did.DeliveryBegun(holder=HOLDER, until=UNTIL)
# As of before the channel said what is worth another try.
FAILED: Final = did.NotificationFailed(recipient=CADRE, final=False, at=NOON)
DEFERRED: Final = did.DeliveryDeferred(until=NOON + MINUTE)
RELEASED: Final = did.DeliveryReleased()
SENDING: Final = (*QUEUED, LEASED)
SENT: Final = (*SENDING, did.NotificationSent(recipient=CADRE, at=NOON))
UNKNOWN: Final = (*SENDING, did.NotificationUnknown(recipient=CADRE, at=NOON))
REFUSED: Final = did.NotificationFailed(recipient=CADRE, final=True, at=NOON, tries=1)
GIVEN_UP: Final = (*SENDING, REFUSED)
HURRY: Final = (did.NotificationQueued(notice=URGENT, recipient=CADRE, channel="email"),)
WITHDRAWN: Final = (*QUEUED, did.NotificationWithdrawn(recipient=CADRE, reason="recipient-retired"))
OVER: Final = (*QUEUED, did.NotificationWithdrawn(recipient=CADRE, reason="matter-ended"))
SEEN: Final = (*SENT, did.NotificationAcknowledged(recipient=CADRE))
