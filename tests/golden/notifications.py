"""What notifications' golden states say, written by hand."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from pipeline.decider import Event
from services.notifications.domain import commands as ask
from services.notifications.domain import events as did

HOUSEHOLD, CADRE, HOLDER = UUID("018f0000-0000-7000-8000-000000000001"), UUID(int=34), UUID(int=41)
CLUE: Final = ask.Notice(event="e9f9f3a6-21f3-5a58-9d0c-7a4a2f1f0c11", kind="clue-raised", household=HOUSEHOLD, due=date(2021, 1, 7))
EXIT: Final = ask.Notice(event="2083ae66-eea5-56bc-ad45-f7ff5f7b6499", kind="household-exited", household=HOUSEHOLD)
LINE: Final = ask.Notice(event="0b5c2f0e-5a4a-5a35-8b4e-3b1a0b0d8a12", kind="line-published", household=None, area="370323")
REFERRAL: Final = ask.Notice(
    event="5d0f5b62-7c0b-5a0c-8f0e-6a9f4f2f7b31",
    kind="referral-sent",
    household=HOUSEHOLD,
    due=date(2021, 1, 10),
    level="county",
    escalates=True,
    about=(UUID(int=97), UUID(int=98)),
)
UNTIL: Final = datetime(2021, 1, 5, 4, 1, 0, 5, tzinfo=UTC)
EXPECTED: Final[dict[str, Event]] = {
    "recipient-registered": did.RecipientRegistered(role="grid-worker", area="370323001001", address="grid@example.invalid"),
    "recipient-registered.v1-with-contacts": did.RecipientRegistered(
        role="paired-cadre", area="370323", contacts=(ask.Contact("email", UUID(int=51)), ask.Contact("wecom", UUID(int=52)))
    ),
    "recipient-registered.v1-with-digest": did.RecipientRegistered(
        role="paired-cadre", area="370323001001", contacts=(ask.Contact("email", UUID(int=51)),), quiet="22:00-07:00", daily=True
    ),
    "recipient-retired": did.RecipientRetired(),
    "household-located": did.HouseholdLocated(village_code="370323001001"),
    "household-paired": did.HouseholdPaired(cadre=CADRE),
    "household-unpaired": did.HouseholdUnpaired(),
    "notice-awaited": did.NoticeAwaited(notice=CLUE),
    "notice-escalated": did.NoticeEscalated(event=CLUE.event, post="first-secretary/370323001001/", level="village", to="town"),
    "matter-ended": did.MatterEnded(),
    "matter-resumed": did.MatterResumed(),
    "notice-addressed": did.NoticeAddressed(event=CLUE.event),
    "announcement-begun": did.AnnouncementBegun(notice=LINE, target=ask.Target(role="paired-cadre", level="county")),
    "announcement-advanced": did.AnnouncementAdvanced(through=CADRE),
    "announcement-ended": did.AnnouncementEnded(),
    "notification-queued": did.NotificationQueued(notice=EXIT, recipient=CADRE, channel="email"),
    "notification-queued.v1-about-a-measure": did.NotificationQueued(notice=REFERRAL, recipient=CADRE, channel="email"),
    "delivery-begun": did.DeliveryBegun(holder=HOLDER, until=UNTIL),
    "delivery-begun.v1-of-digest": did.DeliveryBegun(holder=HOLDER, until=UNTIL, digest=UUID(int=56)),
    "delivery-deferred": did.DeliveryDeferred(until=UNTIL),
    "delivery-released": did.DeliveryReleased(),
    "notification-sent": did.NotificationSent(recipient=CADRE),
    "notification-held": did.NotificationHeld(until=UNTIL),
    "notification-held.v1-for-digest": did.NotificationHeld(until=UNTIL, digest=True),
    "notification-repeated": did.NotificationRepeated(),
    "notification-repeated.v1-after-a-pause": did.NotificationRepeated(until=UNTIL),
    "notification-escalated": did.NotificationEscalated(recipient=CADRE, to="town"),
    "notification-failed": did.NotificationFailed(recipient=CADRE, final=True),
    "notification-failed.v1-with-tries": did.NotificationFailed(recipient=CADRE, final=True, at=UNTIL, tries=10),
    "notification-unknown": did.NotificationUnknown(recipient=CADRE),
    "notification-withdrawn": did.NotificationWithdrawn(recipient=CADRE, reason="recipient-retired"),
    "notification-resumed": did.NotificationResumed(recipient=CADRE),
    "notification-withdrawn.v1-channel-changed": did.NotificationWithdrawn(recipient=CADRE, reason="channel-changed"),
    "notification-withdrawn.v1-recipient-replaced": did.NotificationWithdrawn(recipient=CADRE, reason="recipient-replaced"),
    "notification-withdrawn.v1-matter-ended": did.NotificationWithdrawn(recipient=CADRE, reason="matter-ended"),
    "notification-acknowledged": did.NotificationAcknowledged(recipient=CADRE),
    "command-refused": did.CommandRefused(
        command="acknowledge", reason_code="notification.not-sent", about="notification", recipient=CADRE
    ),
}
