"""The notifications, and the notices nobody came for, that a batch names: whose they are, what they say and what goes with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from msgspec import json

from schemas.notifications import Acknowledge, BeginDelivery, BeginDigest, EscalateNotice, EscalateNotification, WithdrawNotification
from services.notifications.domain.commands import Notice, Target
from services.notifications.domain.policy import Policy
from services.notifications.domain.routing import told_by_post
from services.notifications.identify.waiting import AS_BEFORE, at_level
from services.notifications.posts import REPLACED

WISHES: Final = f"""
SELECT notification, recipient, quiet, daily FROM outbox o JOIN recipients r USING (recipient)
WHERE notification = ANY($1::uuid[]) AND NOT retired AND NOT {REPLACED}"""  # noqa: S608 - our own words
LEFT: Final = f"""
SELECT notification, retired, recipient, role, department FROM outbox o JOIN recipients r USING (recipient)
WHERE notification = ANY($1::uuid[]) AND (retired OR {REPLACED})"""  # noqa: S608 - our own words
STAYED: Final = f"""
SELECT notification, recipient, channel FROM outbox o JOIN recipients r USING (recipient)
WHERE notification = ANY($1::uuid[]) AND NOT retired AND NOT {REPLACED}"""  # noqa: S608 - our own words
NOTICES: Final = """
SELECT stream, (state->'notice')::text, recorded_at FROM events
WHERE stream = ANY($1::uuid[]) AND topic = 'notifications.notification-queued'"""
SAME: Final = """
SELECT asked.id, b.notification FROM unnest($1::uuid[]) AS asked (id)
JOIN outbox a ON a.notification = asked.id OR a.digest = asked.id JOIN outbox b USING (event, recipient)
WHERE b.notification <> asked.id GROUP BY asked.id, b.notification, b.position ORDER BY b.position"""
ENDED: Final = "ARRAY(SELECT matter FROM ended_matters WHERE matter = ANY(about))"
MATTERS: Final = f"""
SELECT notification, about, {ENDED} FROM outbox WHERE notification = ANY($1::uuid[]) AND about <> '{{}}'"""  # noqa: S608 - our own words
UNCLAIMED: Final = f"""
SELECT stream, event, post, notice::text, target::text, since, {ENDED} FROM awaiting
JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS asked (stream, event, post) USING (stream, event, post)"""  # noqa: S608 - our own words


@dataclass
class Letters:
    """By notification, but the wishes of recipients, and what is `unclaimed` by its stream, event and post.

    `wish_of` are quiet hours and whether he wants a digest, `same_as` what else he was told of the event or is in the digest. `left` says
    whose they were who retired or was `replaced`, in which role of which department, `stayed` by which channel they wait for all others.
    `matters_of` is what those are about that are to leave or to be taken back, and `ended` what of that, or of what may go up, is over.
    """

    recipient_of: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    wish_of: dict[UUID, tuple[str, bool]] = field(default_factory=dict[UUID, tuple[str, bool]])
    same_as: dict[UUID, list[UUID]] = field(default_factory=dict[UUID, list[UUID]])
    left: dict[UUID, tuple[UUID, str, str]] = field(default_factory=dict[UUID, tuple[UUID, str, str]])
    replaced: set[UUID] = field(default_factory=set[UUID])
    stayed: dict[UUID, tuple[UUID, str]] = field(default_factory=dict[UUID, tuple[UUID, str]])
    matters_of: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict[UUID, tuple[UUID, ...]])
    ended: set[UUID] = field(default_factory=set[UUID])
    notice_of: dict[UUID, Notice] = field(default_factory=dict[UUID, Notice])
    queued_at: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    unclaimed: dict[tuple[UUID, str, str], tuple[Notice, datetime]] = field(
        default_factory=dict["tuple[UUID, str, str]", "tuple[Notice, datetime]"]
    )

    @property
    def notices(self) -> list[Notice]:
        """All that may go up, or to a successor."""
        return [*self.notice_of.values(), *(notice for notice, _ in self.unclaimed.values())]

    def over(self, notifications: Sequence[UUID]) -> tuple[UUID, ...]:
        """Those of them that are about something that has ended."""
        return tuple(one for one in notifications if not self.ended.isdisjoint(self.matters_of.get(one, ())))


async def read(pool: asyncpg.Pool[asyncpg.Record], said: Sequence[Any], policy: Policy) -> Letters:
    """Of these messages; most of a batch ask for nothing."""
    letters, posts = Letters(), told_by_post(policy)
    begun, seen, due, withdrawn = (
        [one.notification_id for one in said if isinstance(one, kind)]
        for kind in (BeginDelivery, Acknowledge, EscalateNotification, WithdrawNotification)
    )
    begun += [notification for one in said if isinstance(one, BeginDigest) for notification in one.notification_ids]
    for notification, recipient, quiet, daily in await pool.fetch(WISHES, begun, posts) if begun else ():
        letters.recipient_of[notification], letters.wish_of[recipient] = recipient, (quiet, daily)
    for notification, other in await pool.fetch(SAME, seen) if seen else ():
        letters.same_as.setdefault(notification, []).append(other)
    for notification, retired, *post in await pool.fetch(LEFT, withdrawn, posts) if withdrawn else ():
        letters.left[notification] = (post[0], post[1], post[2])
        letters.replaced.update(() if retired else (notification,))
    for notification, recipient, channel in await pool.fetch(STAYED, withdrawn, posts) if withdrawn else ():
        letters.stayed[notification] = (recipient, channel)
    for notification, matters, ended in await pool.fetch(MATTERS, [*begun, *withdrawn, *due]) if begun or withdrawn or due else ():
        letters.matters_of[notification] = tuple(matters)
        letters.ended.update(ended)
    due += [*letters.left, *letters.stayed]
    for notification, notice, queued_at in await pool.fetch(NOTICES, due) if due else ():
        letters.notice_of[notification], letters.queued_at[notification] = json.decode(notice, type=Notice), queued_at
    await _read_unclaimed(pool, letters, [one for one in said if isinstance(one, EscalateNotice)])
    return letters


async def _read_unclaimed(pool: asyncpg.Pool[asyncpg.Record], letters: Letters, asked: Sequence[EscalateNotice]) -> None:
    keys = [(one.waiting_id, one.event_id, one.post) for one in asked]
    for *key, notice, target, since, ended in await pool.fetch(UNCLAIMED, *zip(*keys, strict=True)) if keys else ():
        wanted = json.decode(target, type=Target) if target is not None else AS_BEFORE
        letters.unclaimed[key[0], key[1], key[2]] = at_level(json.decode(notice, type=Notice), wanted), since
        letters.ended.update(ended)
