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
from services.notifications.domain.commands import Contact, Notice
from services.notifications.translate import notification_id
from tests.specification import Specification

HOUSEHOLD, CADRE, WORKER, HOLDER, SUCCESSOR = (UUID(int=number) for number in (100, 500, 600, 700, 701))
VILLAGE: Final = "370323001001"
ADDRESS: Final = "cadre@example.org"
MAILBOX: Final = (Contact("email", UUID(int=800)),)
NOON: Final = datetime(2021, 1, 5, 4, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
UNTIL: Final = NOON + MINUTE
CLUE: Final = Notice(event="event 1", kind="clue-raised", household=HOUSEHOLD, due=date(2021, 1, 8))
NOTIFICATION: Final = notification_id("event 1", CADRE, "email")
PILOT: Final = packs.load("example-pilot")
given: Final = Specification(DECIDER, PILOT).given


def asked(at: datetime = NOON) -> dict[str, Any]:
    return {"id": "message", "at": at}


def recipient(role: str = "paired-cadre", area: str = VILLAGE, contacts: tuple[Contact, ...] = MAILBOX) -> ask.RegisterRecipient:
    return ask.RegisterRecipient(**asked(), role=role, area=area, contacts=contacts)


def locate(village: str = VILLAGE) -> ask.LocateHousehold:
    return ask.LocateHousehold(**asked(), village_code=village)


def pair(cadre: UUID = CADRE) -> ask.PairHousehold:
    return ask.PairHousehold(**asked(), cadre=cadre)


def wait(notice: Notice = CLUE) -> ask.Await:
    return ask.Await(**asked(), notice=notice)


def stop_waiting(event: str = "event 1") -> ask.StopAwaiting:
    return ask.StopAwaiting(**asked(), event=event)


def queue(notice: Notice = CLUE, to: UUID = CADRE) -> ask.Queue:
    return ask.Queue(**asked(), notice=notice, recipient=to, channel="email")


def begin(holder: UUID = HOLDER, until: datetime = UNTIL) -> ask.BeginDelivery:
    return ask.BeginDelivery(**asked(), holder=holder, until=until)


def outcome(what: str, holder: UUID = HOLDER) -> ask.RecordDelivery:
    return convert({**asked(), "holder": holder, "outcome": what}, ask.RecordDelivery)


def acknowledge() -> ask.Acknowledge:
    return ask.Acknowledge(**asked())


REGISTERED: Final = (did.RecipientRegistered(role="paired-cadre", area=VILLAGE, contacts=MAILBOX),)
ANSWERABLE: Final = (did.HouseholdLocated(village_code=VILLAGE), did.HouseholdPaired(cadre=CADRE))
WAITING: Final = (*ANSWERABLE, did.NoticeAwaited(notice=CLUE))
QUEUED: Final = (did.NotificationQueued(notice=CLUE, recipient=CADRE, channel="email"),)
LEASED: Final = did.DeliveryBegun(holder=HOLDER, until=UNTIL)
FAILED: Final = did.NotificationFailed(recipient=CADRE, final=False)
DEFERRED: Final = did.DeliveryDeferred(until=NOON + MINUTE)
RELEASED: Final = did.DeliveryReleased()
SENDING: Final = (*QUEUED, LEASED)
SENT: Final = (*SENDING, did.NotificationSent(recipient=CADRE))
UNKNOWN: Final = (*SENDING, did.NotificationUnknown(recipient=CADRE))
GIVEN_UP: Final = (*QUEUED, *(LEASED, FAILED) * 4, LEASED, did.NotificationFailed(recipient=CADRE, final=True))
SEEN: Final = (*SENT, did.NotificationAcknowledged(recipient=CADRE))
