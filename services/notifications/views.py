"""The read models of notifications, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import json

from pipeline.projection import Statement
from pipeline.store import Recorded
from services.notifications.domain import events

TABLES: Final = ("recipients", "answerable", "awaiting", "outbox")
RECIPIENT: Final = """
INSERT INTO recipients (recipient, role, area, address, contacts)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[])
ON CONFLICT (recipient)
DO UPDATE SET role = excluded.role, area = excluded.area, address = excluded.address, contacts = excluded.contacts"""
LOCATED: Final = """
INSERT INTO answerable (household, village_code) SELECT * FROM unnest($1::uuid[], $2::text[])
ON CONFLICT (household) DO UPDATE SET village_code = excluded.village_code"""
PAIRED: Final = """
INSERT INTO answerable (household, cadre) SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT (household) DO UPDATE SET cadre = excluded.cadre"""
AWAITED: Final = """
INSERT INTO awaiting (household, event, notice, position) SELECT * FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::bigint[])"""
ADDRESSED: Final = """
DELETE FROM awaiting a USING unnest($1::uuid[], $2::text[]) AS over (household, event)
WHERE a.household = over.household AND a.event = over.event"""
QUEUED: Final = """
INSERT INTO outbox (notification, recipient, household, kind, due, correlation, position, channel, state)
SELECT *, 'queued' FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::text[], $7::bigint[], $8::text[])"""
BEGUN: Final = """
UPDATE outbox o SET state = 'sending', holder = new.holder, until = new.until
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS new (notification, holder, until) WHERE o.notification = new.notification"""
WAITING: Final = """
UPDATE outbox o SET state = 'queued', holder = NULL, until = NULL, not_before = new.not_before
FROM unnest($1::uuid[], $2::timestamptz[]) AS new (notification, not_before) WHERE o.notification = new.notification"""
ENDED: Final = """
UPDATE outbox o SET state = new.state, holder = NULL, until = NULL
FROM unnest($1::uuid[], $2::text[]) AS new (notification, state) WHERE o.notification = new.notification"""


def statements(recorded: Recorded) -> Iterable[Statement]:
    stream = recorded.stream
    match recorded.event:
        case events.RecipientRegistered(role=role, area=area, address=address, contacts=contacts):
            entries = {contact.kind: contact.entry for contact in contacts}
            yield RECIPIENT, (stream, role, area, address, json.encode(entries).decode())
        case events.HouseholdLocated(village_code=village):
            yield LOCATED, (stream, village)
        case events.HouseholdPaired(cadre=cadre):
            yield PAIRED, (stream, cadre)
        case events.NoticeAwaited(notice=notice):
            yield AWAITED, (stream, notice.event, json.encode(notice).decode(), recorded.position)
        case events.NoticeAddressed(event=event):
            yield ADDRESSED, (stream, event)
        case events.NotificationQueued(notice=n, recipient=recipient, channel=channel):
            yield QUEUED, (stream, recipient, n.household, n.kind, n.due, recorded.metadata.correlation, recorded.position, channel)
        case events.DeliveryBegun(holder=holder, until=until):
            yield BEGUN, (stream, holder, until)
        case events.DeliveryDeferred(until=until):
            yield WAITING, (stream, until)
        case events.DeliveryReleased():
            yield WAITING, (stream, None)
        case events.NotificationSent():
            yield ENDED, (stream, "sent")
        case events.NotificationFailed(final=final):
            yield ENDED, (stream, "failed" if final else "queued")
        case events.NotificationUnknown():
            yield ENDED, (stream, "unknown")
        case events.NotificationAcknowledged():
            yield ENDED, (stream, "acknowledged")
        case _:
            return
