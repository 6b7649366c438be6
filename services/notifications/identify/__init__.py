"""Who must be told? A look for the whole batch at the register of recipients, then memory.

`directory` follows a batch message by message, `notices` says what of a message there is to tell, `waiting` what nobody can be told yet,
`upwards` what goes up and to whom.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import json
from msgspec.structs import replace

from pipeline.envelope import Envelope
from schemas.assistance import CadreAnswers
from schemas.enrollment import HouseholdEvent, HouseholdMoved, HouseholdRegistered
from schemas.notifications import (
    Acknowledge,
    BeginDelivery,
    BeginDigest,
    ContinueAnnouncement,
    EscalateNotice,
    EscalateNotification,
    RegisterRecipient,
    RetireRecipient,
    WithdrawNotification,
)
from services.notifications.address_book import enter
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import Heard
from services.notifications.identify.directory import DIGITS, Directory, Found
from services.notifications.identify.upwards import Upwards
from services.notifications.identify.waiting import AS_BEFORE, Waiting, at_level, personal
from services.notifications.names import USUAL, post_of

__all__ = ["Directory", "Found", "Identify"]

HOUSEHOLDS: Final = "SELECT household, village_code, cadre FROM answerable WHERE household = ANY($1::uuid[])"
AWAITING_FOR: Final = """
SELECT stream FROM awaiting JOIN answerable ON stream = household WHERE cadre = ANY($1::uuid[]) OR village_code = ANY($2)"""
AWAITING: Final = """
SELECT stream, post, notice::text, target::text FROM awaiting WHERE stream = ANY($1::uuid[]) OR (post = ANY($2) AND post <> '')
ORDER BY position"""
# Cadres are found by their pairing: there may be thousands in an area.
RECIPIENTS: Final = """
SELECT recipient, role, area, department, retired FROM recipients
WHERE recipient = ANY($1::uuid[]) OR (area = ANY($2) AND role <> 'paired-cadre') ORDER BY since"""
CHANNELS: Final = """
SELECT recipient, ARRAY(SELECT jsonb_object_keys(contacts) ORDER BY 1) FROM recipients
WHERE recipient = ANY($1::uuid[]) AND contacts - $2::text <> '{}'"""
WISHES: Final = """
SELECT notification, recipient, quiet, daily FROM outbox JOIN recipients USING (recipient)
WHERE notification = ANY($1::uuid[]) AND NOT retired"""
LEFT: Final = """
SELECT notification, recipient, role, department FROM outbox JOIN recipients USING (recipient)
WHERE notification = ANY($1::uuid[]) AND retired"""
STAYED: Final = """
SELECT notification, recipient, channel FROM outbox JOIN recipients USING (recipient)
WHERE notification = ANY($1::uuid[]) AND NOT retired"""
NOTICES: Final = """
SELECT stream, (state->'notice')::text, recorded_at FROM events
WHERE stream = ANY($1::uuid[]) AND version = 1 AND topic = 'notifications.notification-queued'"""
SAME: Final = """
SELECT asked.id, b.notification FROM unnest($1::uuid[]) AS asked (id)
JOIN outbox a ON a.notification = asked.id OR a.digest = asked.id JOIN outbox b USING (event, recipient)
WHERE b.notification <> asked.id GROUP BY asked.id, b.notification, b.position ORDER BY b.position"""
UNCLAIMED: Final = """
SELECT stream, event, post, notice::text, target::text, since FROM awaiting
JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS asked (stream, event, post) USING (stream, event, post)"""
HEARD: Final = "SELECT DISTINCT event, level, role, seen FROM heard WHERE event = ANY($1)"
GONE_UP: Final = "SELECT event, level FROM gone_up WHERE event = ANY($1)"
NEXT: Final = """
SELECT a.notice::text, array(
    SELECT recipient FROM recipients r
    WHERE r.role = a.role AND starts_with(r.area, a.area) AND r.department = a.department AND NOT r.retired
    AND ($2::uuid IS NULL OR recipient > $2) ORDER BY recipient LIMIT $3
) FROM announcements a WHERE a.announcement = $1"""


class Identify:
    """The queries of notifications, each for a whole batch."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], policy: Policy) -> None:
        self._pool, self._policy = pool, policy

    async def __call__(self, envelopes: Sequence[Envelope]) -> list[Found]:
        directory = await self._directory([envelope.data for envelope in envelopes])
        contacts = iter(await enter(self._pool, [e.data for e in envelopes if isinstance(e.data, RegisterRecipient)]))
        found = [(envelope, directory.find(envelope)) for envelope in envelopes]
        return [replace(f, contacts=next(contacts)) if isinstance(e.data, RegisterRecipient) else f for e, f in found]

    async def _directory(self, said: Sequence[Any]) -> Directory:
        directory = Directory(self._policy)
        registered = [one for one in said if isinstance(one, RegisterRecipient)]
        households = [one.household_id for one in said if isinstance(one, HouseholdEvent)]
        households += await self._look_up_notifications(directory, said)
        if registered:
            found = await self._pool.fetch(AWAITING_FOR, [r.recipient_id for r in registered], [r.area for r in registered])
            households += [row[0] for row in found]
        for household, village, cadre in await self._pool.fetch(HOUSEHOLDS, households) if households else ():
            directory.village_of |= {household: village} if village is not None else {}
            directory.cadre_of |= {household: cadre} if cadre is not None else {}
        await self._enter_recipients(directory, said)
        await self._keep_waiting(directory, households, registered)
        for one in said:
            if isinstance(one, ContinueAnnouncement):
                await self._look_ahead(directory, one.announcement_id, one.after)
        following = [recipient for part in directory.next_of.values() for _, recipient in part]
        known = [*directory.post_by, *following, *(recipient for recipient, _ in directory.stayed.values())]
        for recipient, channels in await self._pool.fetch(CHANNELS, known, USUAL) if known else ():
            directory.channels[recipient] = tuple(channels)
        return directory

    async def _look_up_notifications(self, directory: Directory, said: Sequence[Any]) -> list[UUID]:
        """Gives the households of those that may go up, or to a successor."""
        begun, seen, due, left = (
            [one.notification_id for one in said if isinstance(one, kind)]
            for kind in (BeginDelivery, Acknowledge, EscalateNotification, WithdrawNotification)
        )
        begun += [notification for one in said if isinstance(one, BeginDigest) for notification in one.notification_ids]
        for notification, recipient, quiet, daily in await self._pool.fetch(WISHES, begun) if begun else ():
            directory.recipient_of[notification], directory.wish_of[recipient] = recipient, (quiet, daily)
        for notification, other in await self._pool.fetch(SAME, seen) if seen else ():
            directory.same_as.setdefault(notification, []).append(other)
        for notification, *post in await self._pool.fetch(LEFT, left) if left else ():
            directory.left[notification] = (post[0], post[1], post[2])
        for notification, recipient, channel in await self._pool.fetch(STAYED, left) if left else ():
            directory.stayed[notification] = (recipient, channel)
        due += [*directory.left, *directory.stayed]
        for notification, notice, queued_at in await self._pool.fetch(NOTICES, due) if due else ():
            directory.notice_of[notification], directory.queued_at[notification] = json.decode(notice, type=Notice), queued_at
        notices = [
            *directory.notice_of.values(),
            *await self._unclaimed(directory, [one for one in said if isinstance(one, EscalateNotice)]),
        ]
        if due or directory.unclaimed:
            await self._look_up(directory.upwards, {notice.event for notice in notices})
        return [notice.household for notice in notices if notice.household is not None]

    async def _unclaimed(self, directory: Directory, asked: Sequence[EscalateNotice]) -> list[Notice]:
        keys = [(one.waiting_id, one.event_id, one.post) for one in asked]
        for *key, notice, target, since in await self._pool.fetch(UNCLAIMED, *zip(*keys, strict=True)) if keys else ():
            wanted = json.decode(target, type=Target) if target is not None else AS_BEFORE
            directory.unclaimed[key[0], key[1], key[2]] = at_level(json.decode(notice, type=Notice), wanted), since
        return [notice for notice, _ in directory.unclaimed.values()]

    async def _look_up(self, upwards: Upwards, events: Collection[str]) -> None:
        if not events:
            return
        for event, level, role, seen in await self._pool.fetch(HEARD, events):
            upwards.heard.setdefault(event, set()).add(Heard(level, role, seen=seen))
        upwards.gone |= {(event, level) for event, level in await self._pool.fetch(GONE_UP, events)}

    async def _enter_recipients(self, directory: Directory, said: Sequence[Any]) -> None:
        people = [*directory.cadre_of.values()]
        people += [one.cadre_id for one in said if isinstance(one, CadreAnswers) and one.cadre_id is not None]
        people += [one.recipient_id for one in said if isinstance(one, RegisterRecipient | RetireRecipient)]
        people += [person for one in said for person in getattr(one, "group", ())]
        places = {
            *directory.village_of.values(),
            *(one.village_code for one in said if isinstance(one, HouseholdRegistered | HouseholdMoved)),
        }
        places |= {str(getattr(one, "area", "")) for one in said}
        places |= {notice.area for notice in (*directory.notice_of.values(), *(one for one, _ in directory.unclaimed.values()))}
        areas = {place[:digits] for place in places for digits in DIGITS.values()}
        wanted = bool(people or areas - {""})
        for recipient, role, area, department, retired in await self._pool.fetch(RECIPIENTS, people, list(areas)) if wanted else ():
            directory.enter(recipient, "" if retired else post_of(role, area, department))

    async def _keep_waiting(self, directory: Directory, households: Sequence[UUID], registered: Sequence[RegisterRecipient]) -> None:
        posts = [post for r in registered for post in (post_of(r.role, r.area, r.department or ""), personal(r.recipient_id))]
        for stream, post, notice, target in await self._pool.fetch(AWAITING, households, posts) if households or posts else ():
            wanted = json.decode(target, type=Target) if target is not None else AS_BEFORE
            directory.keep(Waiting(stream, post, json.decode(notice, type=Notice), wanted))

    async def _look_ahead(self, directory: Directory, announcement: UUID, after: UUID | None) -> None:
        for notice, recipients in await self._pool.fetch(NEXT, announcement, after, self._policy.announced_at_once):
            directory.next_of[announcement, after] = [(json.decode(notice, type=Notice), recipient) for recipient in recipients]
