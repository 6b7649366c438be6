"""The read models of notifications, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.notifications import domain

TABLES: Final = ("recipients", "answerable", "awaiting", "outbox")
RECIPIENT: Final = """
INSERT INTO recipients (recipient, role, area, address) VALUES ($1, $2, $3, $4)
ON CONFLICT (recipient) DO UPDATE SET role = excluded.role, area = excluded.area, address = excluded.address"""
LOCATED: Final = """
INSERT INTO answerable (household, village_code) VALUES ($1, $2)
ON CONFLICT (household) DO UPDATE SET village_code = excluded.village_code"""
PAIRED: Final = """
INSERT INTO answerable (household, cadre) VALUES ($1, $2) ON CONFLICT (household) DO UPDATE SET cadre = excluded.cadre"""
AWAITED: Final = "INSERT INTO awaiting (household, event, notice, position) VALUES ($1, $2, $3::jsonb, $4)"
ADDRESSED: Final = "DELETE FROM awaiting WHERE household = $1 AND event = $2"
QUEUED: Final = """
INSERT INTO outbox (notification, recipient, household, kind, due, correlation, state, position)
VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7)"""
BEGUN: Final = "UPDATE outbox SET state = 'sending', holder = $2, until = $3 WHERE notification = $1"
WAITING: Final = "UPDATE outbox SET state = 'queued', holder = NULL, until = NULL, not_before = $2 WHERE notification = $1"
ENDED: Final = "UPDATE outbox SET state = $2, holder = NULL, until = NULL WHERE notification = $1"


def statements(recorded: Recorded) -> Iterable[Statement]:
    stream = recorded.stream
    match recorded.event:
        case domain.RecipientRegistered(role=role, area=area, address=address):
            yield RECIPIENT, (stream, role, area, address)
        case domain.HouseholdLocated(village_code=village):
            yield LOCATED, (stream, village)
        case domain.HouseholdPaired(cadre=cadre):
            yield PAIRED, (stream, cadre)
        case domain.NoticeAwaited(notice=notice):
            yield AWAITED, (stream, notice.event, notice.model_dump_json(), recorded.position)
        case domain.NoticeAddressed(event=event):
            yield ADDRESSED, (stream, event)
        case domain.NotificationQueued(notice=n, recipient=recipient):
            yield QUEUED, (stream, recipient, n.household, n.kind, n.due, recorded.metadata.correlation, recorded.position)
        case domain.DeliveryBegun(holder=holder, until=until):
            yield BEGUN, (stream, holder, until)
        case domain.DeliveryDeferred(until=until):
            yield WAITING, (stream, until)
        case domain.DeliveryReleased():
            yield WAITING, (stream, None)
        case domain.NotificationSent():
            yield ENDED, (stream, "sent")
        case domain.NotificationFailed(final=final):
            yield ENDED, (stream, "failed" if final else "queued")
        case domain.NotificationUnknown():
            yield ENDED, (stream, "unknown")
        case domain.NotificationAcknowledged():
            yield ENDED, (stream, "acknowledged")
        case _:
            return
