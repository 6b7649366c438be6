"""The read models of notifications, kept in the transaction of the events and rebuilt by the same code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from msgspec import json

from pipeline.projection import Statement
from pipeline.store import Recorded
from pipeline.value import Value
from services.notifications.domain import events
from services.notifications.names import USUAL

TABLES: Final = ("recipients", "answerable", "awaiting", "announcements", "outbox", "gone_up", "ended_matters")
RECIPIENT: Final = """
INSERT INTO recipients (recipient, role, area, address, contacts, department, quiet, daily, since, retired)
SELECT *, false
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::boolean[], $9::bigint[])
ON CONFLICT (recipient) DO UPDATE SET role = excluded.role, area = excluded.area, address = excluded.address,
    contacts = excluded.contacts, department = excluded.department, quiet = excluded.quiet, daily = excluded.daily,
    retired = false, since = CASE
        WHEN NOT recipients.retired
            AND (recipients.role, recipients.area, recipients.department) = (excluded.role, excluded.area, excluded.department)
        THEN recipients.since ELSE excluded.since END"""
RETIRED: Final = "UPDATE recipients SET retired = true FROM unnest($1::uuid[]) AS gone (id) WHERE recipient = gone.id"
LOCATED: Final = """
INSERT INTO answerable (household, village_code) SELECT * FROM unnest($1::uuid[], $2::text[])
ON CONFLICT (household) DO UPDATE SET village_code = excluded.village_code"""
PAIRED: Final = """
INSERT INTO answerable (household, cadre) SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT (household) DO UPDATE SET cadre = excluded.cadre"""
UNPAIRED: Final = "UPDATE answerable a SET cadre = NULL FROM unnest($1::uuid[]) AS alone (id) WHERE a.household = alone.id"
AWAITED: Final = """
INSERT INTO awaiting (stream, event, post, notice, target, position, since, about)
SELECT stream, event, post, notice, target, position, since, about::uuid[]
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[], $6::bigint[], $7::timestamptz[], $8::text[])
    AS new (stream, event, post, notice, target, position, since, about)"""
ADDRESSED: Final = """
DELETE FROM awaiting a USING unnest($1::uuid[], $2::text[], $3::text[]) AS over (stream, event, post)
WHERE a.stream = over.stream AND a.event = over.event AND a.post = over.post"""
ANNOUNCED: Final = """
INSERT INTO announcements (announcement, notice, role, area, department, position, ended)
SELECT *, false FROM unnest($1::uuid[], $2::jsonb[], $3::text[], $4::text[], $5::text[], $6::bigint[])"""
ADVANCED: Final = """
UPDATE announcements a SET after = new.through FROM unnest($1::uuid[], $2::uuid[]) AS new (id, through) WHERE a.announcement = new.id"""
ALL_TOLD: Final = "UPDATE announcements SET ended = true FROM unnest($1::uuid[]) AS done (id) WHERE announcement = done.id"
LETTER: Final = """notification, recipient, household, area, kind, due, event, urgency, level, escalates, channel,
    correlation, position, happened_at, queued_at"""
QUEUED: Final = f"""
INSERT INTO outbox ({LETTER}, about, state) SELECT {LETTER}, about::uuid[], 'queued'
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::text[], $8::text[], $9::text[],
    $10::boolean[], $11::text[], $12::text[], $13::bigint[], $14::timestamptz[], $15::timestamptz[], $16::text[])
    AS new ({LETTER}, about)"""  # noqa: S608 - our own words
BEGUN: Final = """
UPDATE outbox o SET state = 'sending', holder = new.holder, until = new.until, digest = new.digest
FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[]) AS new (notification, holder, until, digest)
WHERE o.notification = new.notification"""
WAITING: Final = """
UPDATE outbox o SET state = 'queued', holder = NULL, until = NULL, not_before = new.not_before
FROM unnest($1::uuid[], $2::timestamptz[]) AS new (notification, not_before) WHERE o.notification = new.notification"""
HELD: Final = """
UPDATE outbox o SET not_before = new.until, digest_at = CASE WHEN new.daily THEN new.until ELSE o.digest_at END
FROM unnest($1::uuid[], $2::timestamptz[], $3::boolean[]) AS new (notification, until, daily) WHERE o.notification = new.notification"""
ENDED: Final = """
UPDATE outbox o SET state = new.state, holder = NULL, until = NULL,
    told_at = coalesce(new.told_at, o.told_at), sent_at = coalesce(new.sent_at, o.sent_at), tries = coalesce(new.tries, o.tries)
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[]) AS new (notification, state, told_at, sent_at, tries)
WHERE o.notification = new.notification"""
ESCALATED: Final = "UPDATE outbox o SET escalated = true FROM unnest($1::uuid[]) AS up (id) WHERE o.notification = up.id"

GONE_UP: Final = """
INSERT INTO gone_up (event, level) SELECT event, level FROM outbox o JOIN unnest($1::uuid[]) AS up (id) ON o.notification = up.id
ON CONFLICT DO NOTHING"""

NOTICE_GONE_UP: Final = """
INSERT INTO gone_up (event, level) SELECT event, level FROM unnest($1::uuid[], $2::text[], $3::text[]) AS up (stream, event, level)
ON CONFLICT DO NOTHING"""
MATTER_ENDED: Final = "INSERT INTO ended_matters (matter) SELECT * FROM unnest($1::uuid[])"
MATTER_RESUMED: Final = "DELETE FROM ended_matters e USING unnest($1::uuid[]) AS again (id) WHERE e.matter = again.id"


def statements(recorded: Recorded) -> Iterable[Statement]:
    stream = recorded.stream
    match recorded.event:
        case events.RecipientRegistered() as new:
            yield RECIPIENT, (stream, *_registered(new), recorded.position)
        case events.RecipientRetired():
            yield RETIRED, (stream,)
        case events.HouseholdLocated(village_code=village):
            yield LOCATED, (stream, village)
        case events.HouseholdPaired(cadre=cadre):
            yield PAIRED, (stream, cadre)
        case events.HouseholdUnpaired():
            yield UNPAIRED, (stream,)
        case events.NoticeAwaited(notice=notice, target=target, post=post):
            said = (_json(notice), _json(target) if target is not None else None)
            yield AWAITED, (stream, notice.event, post, *said, recorded.position, recorded.recorded_at, _array(notice.matters))
        case events.NoticeAddressed(event=event, post=post):
            yield ADDRESSED, (stream, event, post)
        case events.NoticeEscalated(event=event, level=level):
            yield NOTICE_GONE_UP, (stream, event, level)
        case events.MatterEnded() | events.MatterResumed() as told:
            yield MATTER_ENDED if isinstance(told, events.MatterEnded) else MATTER_RESUMED, (stream,)
        case events.AnnouncementBegun(notice=n, target=target):
            yield ANNOUNCED, (stream, _json(n), target.role, n.area, target.department, recorded.position)
        case events.AnnouncementAdvanced(through=through):
            yield ADVANCED, (stream, through)
        case events.AnnouncementEnded():
            yield ALL_TOLD, (stream,)
        case events.NotificationQueued(notice=n, recipient=recipient, channel=channel):
            said = (n.household, n.area, n.kind, n.due, n.event, n.urgency, n.level, n.escalates)
            when = (recorded.metadata.correlation, recorded.position, recorded.metadata.occurred_at, recorded.recorded_at)
            yield QUEUED, (stream, recipient, *said, channel, *when, _array(n.matters))
        case events.DeliveryBegun(holder=holder, until=until, digest=digest):
            yield BEGUN, (stream, holder, until, digest)
        case events.DeliveryDeferred(until=until) | events.NotificationRepeated(until=until):
            yield WAITING, (stream, until)
        case events.NotificationHeld(until=until, digest=daily):
            yield HELD, (stream, until, daily)
        case events.DeliveryReleased() | events.NotificationResumed():
            yield WAITING, (stream, None)
        case events.NotificationSent(at=at):
            yield ENDED, (stream, "sent", at, recorded.recorded_at, None)
        case events.NotificationFailed(final=final, at=at, tries=tries):
            yield ENDED, (stream, "failed" if final else "queued", at, None, tries)
        case events.NotificationUnknown(at=at):
            yield ENDED, (stream, "unknown", at, None, None)
        case events.NotificationAcknowledged() | events.NotificationWithdrawn() as ended:
            yield ENDED, (stream, "acknowledged" if isinstance(ended, events.NotificationAcknowledged) else "withdrawn", None, None, None)
        case events.NotificationEscalated():
            yield from ((ESCALATED, (stream,)), (GONE_UP, (stream,)))
        case _:
            return


def _registered(new: events.RecipientRegistered) -> tuple[object, ...]:
    return (new.role, new.area, new.address, _entries(new), new.department, new.quiet, new.daily)


def _entries(new: events.RecipientRegistered) -> str:
    """By kind the entries of the book; an event of before it says the address itself."""
    before = {USUAL: None} if new.address else {}
    return json.encode({**before, **{contact.kind: contact.entry for contact in new.contacts}}).decode()


def _array(ids: Iterable[UUID]) -> str:
    """Arrays of several lengths are no rows of one array."""
    return f"{{{','.join(map(str, ids))}}}"


def _json(value: Value) -> str:
    return json.encode(value).decode()
